"""Give points of one customer to another, as the store allows it."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from loyalty.hand_on import MoveFault, MoveRefused, hand_on
from loyalty.points_limits import limits_of
from loyalty.queries import points_of
from panel.customers.mask import Shown, show_person
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import store_moment
from shop.find_customer import find_customer
from shop.models import Customer
from shop.store_admin import is_allowed, sees_people

TOKEN_LENGTH = 22
SAID = {
    MoveFault.NOT_ALLOWED: gettext_lazy(
        "Customers keep their points here. Limits of points can change that."
    ),
    MoveFault.NOT_A_MEMBER: gettext_lazy("Both must have joined the programme."),
    MoveFault.TO_ONESELF: gettext_lazy("This is the customer who gives them. Choose another one."),
    MoveFault.TOO_MANY_AT_ONCE: gettext_lazy("This is more than may be given at once."),
    MoveFault.TOO_MANY_THIS_MONTH: gettext_lazy(
        "With these the customer would give more than a month allows."
    ),
    MoveFault.NOT_ENOUGH: gettext_lazy("The customer does not have so many points to spend now."),
    MoveFault.REF_TAKEN: gettext_lazy(
        "This form was sent before with other content. Look at the customer's page."
    ),
}
OF_TARGET = {MoveFault.TO_ONESELF, MoveFault.NOT_A_MEMBER}


class MoveForm(forms.Form):
    """To whom, and how many."""

    to = forms.CharField(
        label=gettext_lazy("To customer"),
        max_length=64,
        help_text=gettext_lazy("The number of the customer who gets them, for example 17850."),
        widget=UnfoldAdminTextInputWidget(),
    )
    points = forms.IntegerField(
        label=gettext_lazy("Points"),
        min_value=1,
        max_value=1_000_000_000,
        help_text=gettext_lazy("For example 200. Those that end first move, and end when they would have."),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )
    token = forms.CharField(max_length=40, widget=forms.HiddenInput())


def move_points(request: PanelRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, store=request.store, pk=pk)
    customer.store = request.store
    form = MoveForm(request.POST or None, initial={"token": get_random_string(TOKEN_LENGTH)})
    target = _target(request, form) if request.method == "POST" and form.is_valid() else None
    is_sure = "confirm" in request.POST
    is_possible = target is not None and _move(request, form, customer, target, is_sure=is_sure)
    if is_possible and is_sure:
        messages.success(request, _("The points have moved."))
        return HttpResponseRedirect(reverse("panel:customer", args=[customer.pk]))
    return show_page(
        request,
        "panel/ledger/move.html",
        title=_("Give points of customer %(ref)s to another") % {"ref": customer.ref},
        customer=customer,
        form=form,
        # Nobody takes them back, so both people and the number are seen once more before they go.
        looked_at=_sides(request, customer, target) if target is not None and is_possible else None,
        may_set_limits=is_allowed(request.role, "admin:loyalty_pointslimits_changelist"),
        limits=limits_of(request.store),
        points=points_of(customer, at=store_moment(request.store, timezone.now())),
        status=400 if form.errors else 200,
    )


def _target(request: PanelRequest, form: MoveForm) -> Customer | None:
    found = find_customer(request.store, form.cleaned_data["to"])
    if found is None:
        form.add_error("to", _("There is no customer with this number."))
    return found


def _sides(request: PanelRequest, giver: Customer, target: Customer) -> list[tuple[Customer, Shown]]:
    is_open = sees_people(request)
    return [(one, show_person(getattr(one, "person", None), is_open=is_open)) for one in (giver, target)]


def _move(
    request: PanelRequest, form: MoveForm, customer: Customer, target: Customer, *, is_sure: bool
) -> bool:
    """Whether it may be. Without `is_sure` it is tried and taken back, so that a refusal is said at once."""
    given = form.cleaned_data
    now = timezone.now()
    at = store_moment(request.store, now)
    ref = f"panel:{given['token']}"
    try:
        with transaction.atomic():
            hand_on(customer, target, given["points"], ref=ref, at=at, at_recorded=now, by=request.user)
            transaction.set_rollback(not is_sure)
    except MoveRefused as refused:
        form.add_error("to" if refused.code in OF_TARGET else "points", str(SAID[refused.code]))
        return False
    return True
