"""One case: both sides beside each other, why it waits, and a person's decision with a reason."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from checkout.transaction import atomic_with_retry
from loyalty.models import ReferralReward, ReviewCase
from loyalty.referrals.review import REASON_MAX, ReviewFault, ReviewRefused, decide_case
from panel.customers.mask import Shown, show_person
from panel.guard import PanelRequest
from panel.page import show_page
from panel.referrals.say_signal import say_signals
from shop.clock import store_moment
from shop.models import Customer, Order
from shop.store_admin import sees_people

ORDERS_SHOWN = 5
APPROVE, REJECT = "approve", "reject"


class DecisionForm(forms.Form):
    """Why. Which way, says the button."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=REASON_MAX,
        help_text=gettext_lazy(
            "Your colleagues read it later, for example: mother and daughter, I called them."
        ),
        widget=UnfoldAdminTextInputWidget(),
    )


def review_case(request: PanelRequest, pk: int) -> HttpResponse:
    """GET shows both sides; POST approves or rejects, once."""
    found = ReviewCase.objects.select_related("order__customer__person")
    case = get_object_or_404(found, store=request.store, pk=pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decide(request, case, form):
        return HttpResponseRedirect(reverse("panel:referrals"))
    return _show(request, case, form)


def _decide(request: PanelRequest, case: ReviewCase, form: DecisionForm) -> bool:
    store, now = request.store, timezone.now()
    is_approved = request.POST.get("decision") == APPROVE
    try:
        atomic_with_retry(
            lambda: decide_case(
                store,
                case.pk,
                is_approved=is_approved,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=store_moment(store, now),
                at_recorded=now,
            )
        )
    except ReviewRefused as refused:
        if refused.code is ReviewFault.DECIDED:
            messages.error(request, _("A colleague has decided this case in the meantime."))
            return True
        form.add_error("reason", _("Say why: a reason is kept with every decision."))
        return False
    said = _("Approved: the reward is given.") if is_approved else _("Rejected: nothing is given.")
    messages.success(request, said)
    return True


def _show(request: PanelRequest, case: ReviewCase, form: DecisionForm) -> HttpResponse:
    rewards = ReferralReward.objects.filter(order=case.order).select_related("customer__person")
    is_open = sees_people(request)
    decision = case.decisions.select_related("by").first()
    with transaction.atomic():
        sides = [_side(case.order.customer, is_open=is_open)]
        sides += [_side(reward.customer, is_open=is_open) for reward in rewards.order_by("level")]
    return show_page(
        request,
        "panel/referrals/review.html",
        title=_("Are these two people?"),
        store=request.store,
        case=case,
        reasons=say_signals(case.signals),
        friend=sides[0],
        earners=list(zip(rewards.order_by("level"), sides[1:], strict=True)),
        decision=decision,
        form=form,
        status=400 if form.errors else 200,
    )


def _side(customer: Customer | None, *, is_open: bool) -> tuple[Customer | None, Shown, list[Order]]:
    """Who, and their newest orders; a guest has left nothing."""
    if customer is None:
        return None, show_person(None, is_open=is_open), []
    orders = Order.objects.filter(customer=customer).order_by("-placed_at", "-id")[:ORDERS_SHOWN]
    return customer, show_person(getattr(customer, "person", None), is_open=is_open), list(orders)
