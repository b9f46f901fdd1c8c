"""Give a customer a tier by hand until a day, or take back what was given."""

from datetime import date

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from loyalty.models import Tier, TierRules
from loyalty.tiers.grant import end_grant, grant_tier
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import end_of_day, local_date, store_moment
from shop.models import Customer, Store

YEAR_MAX = 2200


class GiveForm(forms.Form):
    """Which tier, until when, and why."""

    tier = forms.ModelChoiceField(
        Tier.objects.none(),
        label=gettext_lazy("Tier"),
        empty_label=None,
        help_text=gettext_lazy(
            "The customer stands at least here; what is earned meanwhile counts as always."
        ),
        widget=UnfoldAdminSelectWidget(),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("The tier is kept to the end of this day, for example 31 December."),
        input_formats=["%Y-%m-%d"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Colleagues read it, for example Late delivery in May."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, *args: object, store: Store, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.today = today
        tier = self.fields["tier"]
        assert isinstance(tier, forms.ModelChoiceField)
        rules = TierRules.objects.filter(store=store).order_by("number").last()
        tier.queryset = Tier.objects.filter(steps__rules=rules).order_by("steps__threshold")

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if not self.today <= day or day.year > YEAR_MAX:
            raise forms.ValidationError(_("Choose a day from today on."))
        return day


def give_tier(request: PanelRequest, pk: int) -> HttpResponse:
    store = request.store
    customer = get_object_or_404(Customer.objects.select_related("store"), store=store, pk=pk)
    now = timezone.now()
    at = store_moment(store, now)
    form = GiveForm(request.POST or None, store=store, today=local_date(store, at))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            grant_tier(
                customer,
                form.cleaned_data["tier"],
                until=end_of_day(store, form.cleaned_data["last_day"]),
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=at,
                at_recorded=now,
            )
        messages.success(request, _("The tier is given. Prices follow at once."))
        return _back(customer)
    return show_page(
        request,
        "panel/tiers/give.html",
        title=_("Give customer %(ref)s a tier") % {"ref": customer.ref},
        customer=customer,
        form=form,
        has_tiers=form.fields["tier"].queryset.exists(),  # type: ignore[attr-defined]
        status=400 if form.errors else 200,
    )


@require_POST
def take_back_tier(request: PanelRequest, pk: int) -> HttpResponse:
    """What was given by hand ends now; what was earned stays."""
    customer = get_object_or_404(Customer.objects.select_related("store"), store=request.store, pk=pk)
    now = timezone.now()
    with transaction.atomic():
        end_grant(
            customer,
            reason=_("Taken back"),
            by=request.user,
            at=store_moment(request.store, now),
            at_recorded=now,
        )
    messages.success(request, _("What was given by hand has ended."))
    return _back(customer)


def _back(customer: Customer) -> HttpResponse:
    return HttpResponseRedirect(reverse("panel:customer", args=[customer.pk]))
