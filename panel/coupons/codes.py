"""A campaign's codes: how many there are, and issuing more, with progress."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, F, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from coupons.bulk_issue import COUNT_MAX, KIND, start_issue
from coupons.issue import IssueFault, IssueRefused, issue_named
from coupons.models import Coupon, CouponCampaign
from panel.campaigns.page import get_campaign
from panel.guard import PanelRequest
from panel.page import show_page
from shop.clock import store_moment
from shop.find_customer import find_customer
from shop.models import Job
from shop.store_admin import is_allowed, sees_people

JOBS_MAX = 5
FAULTS: dict[IssueFault, str | Promise] = {
    IssueFault.OFFER_NOT_RUNNING: gettext_lazy("The campaign is paused. Resume it, then issue again."),
    IssueFault.OFFER_ENDED: gettext_lazy("The campaign has ended; a code would be of no use."),
    IssueFault.OFFER_WITHOUT_CODE: gettext_lazy("Its offer applies without a code."),
}


class CountForm(forms.Form):
    count = forms.IntegerField(
        label=gettext_lazy("How many codes"),
        min_value=1,
        max_value=COUNT_MAX,
        help_text=gettext_lazy("For example 500. A thousand take a few seconds; you may leave the page."),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "number", "inputmode": "numeric", "min": 1}),
    )


class HolderForm(forms.Form):
    ref = forms.CharField(
        label=gettext_lazy("Customer number"),
        max_length=64,
        help_text=gettext_lazy("Who gets the code, for example 17850. One code per customer and day."),
        widget=UnfoldAdminTextInputWidget(),
    )


def show_codes(request: PanelRequest, code: str) -> HttpResponse:
    """GET shows numbers and progress (the page renews itself while a job runs); POST issues."""
    campaign = get_campaign(request.store, code)
    campaign.store = request.store
    is_named = campaign.kind == CouponCampaign.Kind.NAMED
    posted = request.POST if request.method == "POST" else None
    form: CountForm | HolderForm = HolderForm(posted) if is_named else CountForm(posted)
    if posted is not None and form.is_valid() and (answer := _issue(request, campaign, form)) is not None:
        return answer
    jobs = Job.objects.filter(store=request.store, kind=KIND, params__campaign=campaign.pk).order_by("-id")
    shown = list(jobs[:JOBS_MAX])
    return show_page(
        request,
        "panel/coupons/codes.html",
        title=_("Codes of “%(name)s”") % {"name": campaign.name},
        campaign=campaign,
        counts=_counts(campaign, request),
        form=form,
        is_named=is_named,
        public=Coupon.objects.filter(campaign=campaign, uses_max=None).first(),
        jobs=[(job, _percent(job)) for job in shown],
        is_working=any(job.status in (Job.Status.QUEUED, Job.Status.RUNNING) for job in shown),
        may_download=is_allowed(request.role, "panel:campaign_codes_csv"),
        sees_code=sees_people(request),
        status=400 if form.errors else 200,
    )


def _issue(
    request: PanelRequest, campaign: CouponCampaign, form: CountForm | HolderForm
) -> HttpResponse | None:
    """What was asked for; None where it cannot be done, which the form then says."""
    at = store_moment(request.store, timezone.now())
    try:
        with transaction.atomic():
            if isinstance(form, CountForm):
                start_issue(campaign, count=form.cleaned_data["count"], by=request.user, at=at)
            else:
                holder = find_customer(request.store, form.cleaned_data["ref"])
                if holder is None:
                    form.add_error("ref", _("There is no customer with this number."))
                    return None
                coupon = issue_named(campaign, holder, issue_key=f"panel:{holder.pk}:{at:%Y-%m-%d}", at=at)
                messages.success(request, _("Issued: %(code)s") % {"code": _shown(coupon, request)})
    except IssueRefused as refused:
        form.add_error(None, str(FAULTS.get(refused.code, refused.code.value)))
        return None
    return HttpResponseRedirect(reverse("panel:campaign_codes", args=[campaign.code]))


def _shown(coupon: Coupon, request: PanelRequest) -> str:
    """A code is money: who may not see people may not see it either."""
    return coupon.code if sees_people(request) else "•••"


def _counts(campaign: CouponCampaign, request: PanelRequest) -> dict[str, Any]:
    now = store_moment(request.store, timezone.now())
    is_open = Q(ends_at__gt=now) & (Q(uses_max=None) | Q(uses_max__gt=F("used") + F("held")))
    return Coupon.objects.filter(campaign=campaign).aggregate(
        issued=Count("id"),
        open=Count("id", filter=is_open),
        used=Count("id", filter=Q(used__gt=0)),
        held=Count("id", filter=Q(held__gt=0)),
        void=Count("id", filter=Q(revocation__isnull=False)),
    )


def _percent(job: Job) -> int:
    return 100 if job.status == Job.Status.DONE else job.done_count * 100 // max(job.total_count or 1, 1)
