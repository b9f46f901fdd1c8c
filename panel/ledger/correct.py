"""Give a customer points or take some, with the reason; and say yes or no to what others asked for."""

from datetime import date, datetime, timedelta

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
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from loyalty.adjust import (
    POINTS_MAX,
    SUBJECT,
    AdjustFault,
    AdjustmentRefused,
    Hand,
    Wish,
    adjust,
    decide,
    waiting_approvals,
)
from loyalty.models import Adjustment
from loyalty.points_limits import left_today
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import end_of_day, local_date, store_moment
from shop.models import Approval, Customer, Store
from shop.store_admin import is_allowed

LIFE = timedelta(days=365)
LIFE_MAX = timedelta(days=3650)
TOKEN_LENGTH = 22
SAID = {
    AdjustFault.REASON_MISSING: gettext_lazy("Say why, in five letters or more."),
    AdjustFault.POINTS_OUT_OF_RANGE: gettext_lazy("Give or take 1 point or more."),
    AdjustFault.ENDS_IN_PAST: gettext_lazy(
        "The day on which these points end is over. Ask for a new correction."
    ),
    AdjustFault.NOT_ENOUGH: gettext_lazy("The customer does not have so many points to spend now."),
    AdjustFault.KEY_TAKEN: gettext_lazy(
        "This form was sent before with other content. Look at the customer's page."
    ),
    AdjustFault.DECIDED_BEFORE: gettext_lazy("Somebody has decided this already."),
    AdjustFault.ASKED_BY_YOU: gettext_lazy("You asked for this yourself; somebody else must decide."),
}


class CorrectForm(forms.Form):
    """How many points, in which direction, why."""

    way = forms.ChoiceField(
        label=gettext_lazy("Give or take"),
        choices=[("give", gettext_lazy("give points")), ("take", gettext_lazy("take points"))],
        help_text=gettext_lazy("Points taken are the spendable ones that end first."),
        widget=UnfoldAdminSelectWidget(),
    )
    points = forms.IntegerField(
        label=gettext_lazy("Points"),
        min_value=1,
        max_value=POINTS_MAX,
        help_text=gettext_lazy("For example 200."),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day of points given"),
        required=False,
        help_text=gettext_lazy("They can be spent to the end of this day. Empty: for a year."),
        input_formats=["%Y-%m-%d"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=5,
        max_length=240,
        help_text=gettext_lazy(
            "For the books, for example “parcel came a week late”. No names, no addresses."
        ),
        widget=UnfoldAdminTextInputWidget(),
    )
    token = forms.CharField(max_length=40, widget=forms.HiddenInput())


def correct_points(request: PanelRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, store=request.store, pk=pk)
    customer.store = request.store
    hand = _hand(request)
    form = CorrectForm(request.POST or None, initial={"token": get_random_string(TOKEN_LENGTH)})
    if request.method == "POST" and form.is_valid() and _correct(request, form, customer, hand):
        return HttpResponseRedirect(reverse("panel:customer", args=[customer.pk]))
    return show_page(
        request,
        "panel/ledger/correct.html",
        title=_("Correct the points of customer %(ref)s") % {"ref": customer.ref},
        customer=customer,
        form=form,
        left=left_today(request.store, request.user, role=request.role, at=hand.at),
        status=400 if form.errors else 200,
    )


def show_corrections(request: PanelRequest) -> HttpResponse:
    """Those that wait for a second person, and the newest of all."""
    newest = Adjustment.objects.filter(store=request.store).select_related("customer", "created_by")
    return show_page(
        request,
        "panel/ledger/corrections.html",
        title=_("Corrections that wait for a second person"),
        waiting=waiting_approvals(request.store),
        newest=_with_state(request.store, list(newest.order_by("-id")[:NEWEST])),
        may_decide=is_allowed(request.role, "panel:correction_decide", writing=True),
        me=request.user,
    )


NEWEST = 30


@require_POST
def decide_correction(request: PanelRequest, pk: int) -> HttpResponse:
    """POST `answer=yes` moves the points, anything else refuses them."""
    asked = Approval.objects.filter(store=request.store, subject__startswith=f"{SUBJECT}:")
    approval = get_object_or_404(asked, pk=pk)
    number = approval.subject.removeprefix(f"{SUBJECT}:")
    get_object_or_404(Adjustment, store=request.store, pk=number if number.isdecimal() else 0)
    is_given = request.POST.get("answer") == "yes"
    try:
        with transaction.atomic():
            decide(approval, is_given=is_given, hand=_hand(request))
    except AdjustmentRefused as refused:
        messages.error(request, str(SAID[refused.code]))
    else:
        messages.success(request, _("The points have moved.") if is_given else _("Refused; nothing moved."))
    return HttpResponseRedirect(reverse("panel:corrections"))


def _correct(request: PanelRequest, form: CorrectForm, customer: Customer, hand: Hand) -> bool:
    given = form.cleaned_data
    ends_at = _end(request.store, given["last_day"], at=hand.at) if given["way"] == "give" else None
    wish = Wish(given["way"], given["points"], given["reason"], ends_at)
    if ends_at is not None and ends_at > hand.at + LIFE_MAX:
        form.add_error("last_day", _("Points live for ten years at most. Choose an earlier day."))
        return False
    try:
        with transaction.atomic():
            done = adjust(customer, wish, key=f"panel:{given['token']}", hand=hand)
    except AdjustmentRefused as refused:
        field = {"reason_missing": "reason", "ends_in_past": "last_day"}.get(refused.code.value, "points")
        form.add_error(field, str(SAID[refused.code]))
        return False
    said = _("This is more than you may correct today. It waits now for a second person.")
    messages.success(request, said if done.waits else _("The points have moved."))
    return True


def _end(store: Store, last_day: date | None, *, at: datetime) -> datetime:
    return end_of_day(store, last_day or local_date(store, at) + LIFE)


def _hand(request: PanelRequest) -> Hand:
    now = timezone.now()
    return Hand(request.user, request.role, store_moment(request.store, now), now)


def _with_state(store: Store, rows: list[Adjustment]) -> list[tuple[Adjustment, Approval | None]]:
    """Each with the second person's decision, where one was needed."""
    subjects = [f"{SUBJECT}:{row.pk}" for row in rows]
    found = Approval.objects.filter(store=store, subject__in=subjects).select_related("decided_by")
    by_subject = {approval.subject: approval for approval in found}
    return [(row, by_subject.get(subject)) for row, subject in zip(rows, subjects, strict=True)]
