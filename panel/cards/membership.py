"""Give a customer a card, and end one. GET says what will happen; POST does it."""

from datetime import date, datetime

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from clubcards.end import end
from clubcards.errors import CardFault, CardRefused
from clubcards.give import give
from clubcards.models import CardPlan, Membership
from clubcards.numbers import show_number
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import end_of_day, store_moment
from shop.models import Customer, Store

YEAR_MAX = 2200
SAID = {
    CardFault.ALREADY_HELD: gettext_lazy(
        "The customer holds this card, until another day. End it first, then give it."
    ),
    CardFault.ENDS_IN_PAST: gettext_lazy("This day is over. Choose one to come."),
    CardFault.PLAN_CLOSED: gettext_lazy("This card is not in use at the moment. Choose another one."),
}


class GiveForm(forms.Form):
    """Which card, and until when."""

    plan = forms.ModelChoiceField(
        CardPlan.objects.none(),
        label=gettext_lazy("Card"),
        empty_label=None,
        help_text=gettext_lazy("Only cards that are in use stand here."),
        widget=UnfoldAdminSelectWidget(),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy(
            "The card works to the end of this day, for example 31 December. Empty: until you end it."
        ),
        input_formats=["%Y-%m-%d"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )

    def __init__(self, *args: object, store: Store, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        plan = self.fields["plan"]
        assert isinstance(plan, forms.ModelChoiceField)
        plan.queryset = CardPlan.objects.filter(store=store, is_active=True).order_by("id")

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        if day is not None and day.year > YEAR_MAX:
            raise forms.ValidationError(_("This is too far away. Leave it empty for a card without an end."))
        return day


def give_card(request: PanelRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, store=request.store, pk=pk)
    form = GiveForm(request.POST or None, store=request.store)
    if request.method == "POST" and form.is_valid() and _give(request, form, customer):
        return _back(customer)
    return show_page(
        request,
        "panel/cards/give.html",
        title=_("Give customer %(ref)s a card") % {"ref": customer.ref},
        customer=customer,
        form=form,
        has_plans=form.fields["plan"].queryset.exists(),  # type: ignore[attr-defined]
        status=400 if form.errors else 200,
    )


def end_card(request: PanelRequest, pk: int) -> HttpResponse:
    cards = Membership.objects.select_related("plan", "customer", "store")
    card = get_object_or_404(cards, store=request.store, pk=pk)
    if request.method != "POST":
        return show_page(
            request,
            "panel/cards/end.html",
            title=_("End the card “%(name)s” of customer %(ref)s?")
            % {"name": card.plan.name, "ref": card.customer.ref},
            card=card,
            number=show_number(card.number),
        )
    with transaction.atomic():
        has_ended = end(card, at=_now(request.store), by=request.user)
    messages.success(request, _("The card has ended.") if has_ended else _("The card had ended before."))
    return _back(card.customer)


def _give(request: PanelRequest, form: GiveForm, customer: Customer) -> bool:
    plan, last_day = form.cleaned_data["plan"], form.cleaned_data["last_day"]
    ends_at = end_of_day(request.store, last_day) if last_day else None
    try:
        with transaction.atomic():
            given = give(plan, customer, at=_now(request.store), ends_at=ends_at, by=request.user)
    except CardRefused as refused:
        form.add_error("last_day", str(SAID.get(refused.code, refused.code.value)))
        return False
    said = _("The card is given. Send the customer the link to it: it opens on every phone.")
    messages.success(request, said if given.created else _("The customer holds this card already."))
    return True


def _now(store: Store) -> datetime:
    return store_moment(store, timezone.now())


def _back(customer: Customer) -> HttpResponse:
    return HttpResponseRedirect(reverse("panel:customer", args=[customer.pk]))
