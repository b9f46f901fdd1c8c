"""Coupon campaigns and what they brought."""

from datetime import date
from typing import Annotated, ClassVar

from django.http import Http404
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from coupons.models import CouponCampaign
from reports.queries.campaign import CampaignReport, campaign_report
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import Moment, Out, refuse_moment
from storefront.api.pages import Page, read_page, take_page
from storefront.api.view import ApiView

TAG = "Campaigns"


class CampaignOut(Out, frozen=True, kw_only=True):
    code: str
    name: str
    kind: Annotated[str, Meta(description="named: only its holder may use it; gift: whoever brings it.")]
    offer: str
    status: Annotated[str, Meta(description="Of its offer: draft, running, paused or archived.")]
    valid_days: int
    created_at: Moment


class CampaignPageOut(Out, frozen=True, kw_only=True):
    items: list[CampaignOut]
    next: str | None


class PeriodPage(Page, frozen=True, kw_only=True):
    """The period of a report."""

    since: (
        Annotated[Moment, Meta(description="From here on; left out: from the campaign's beginning.")] | None
    ) = None
    until: Annotated[Moment, Meta(description="Up to here, not included; left out: now.")] | None = None


class MessageStateOut(Out, frozen=True, kw_only=True):
    status: str
    reason: str
    count: int


class WeekOut(Out, frozen=True, kw_only=True):
    """Monday to Sunday by the store's calendar; money in the smallest unit."""

    starts_on: date
    sent: int
    redeemed: int
    orders: int
    revenue: int
    discount: int


class CampaignReportOut(Out, frozen=True, kw_only=True):
    """Within [since, until). `revenue` is what customers paid for orders with the campaign's coupons, after
    discounts and
    refunds; `discount` is what the coupons took off. Money in the smallest unit."""

    campaign: str
    currency: str
    since: Moment
    until: Moment
    messages: int
    sent: int
    waiting: int
    issued: int
    redeemed: int
    orders: int
    buyers: int
    revenue: int
    discount: int
    cost: Annotated[int, Meta(description="Of the goods, net of tax; null: unknown.")] | None
    margin: (
        Annotated[int, Meta(description="Goods without tax and discount, less their cost; null: unknown.")]
        | None
    )
    cost_known_bp: Annotated[
        int, Meta(description="Of which share of the goods the cost is known; cost and margin are of these.")
    ]
    redeemed_share_bp: int
    discount_share_bp: int
    states: list[MessageStateOut]
    weeks: list[WeekOut]


class CampaignsView(ApiView):
    scope: ClassVar = {"GET": "campaigns:read"}

    @operation(
        "list_campaigns",
        tag=TAG,
        summary="All coupon campaigns, newest first",
        page=Page,
        answers={200: (CampaignPageOut, "One page.")},
    )
    def get(self, request: Request) -> Response:
        rows = CouponCampaign.objects.filter(store=self.store).select_related("offer")
        page = read_page(request, Page)
        found, following = take_page(rows, keys={"id": int}, page=page, newest_first=True)
        return Response(CampaignPageOut(items=[_show(one) for one in found], next=following))


class CampaignReportView(ApiView):
    scope: ClassVar = {"GET": "campaigns:read"}

    @operation(
        "get_campaign_report",
        tag=TAG,
        summary="What a campaign brought",
        path={"code": "The campaign's code."},
        page=PeriodPage,
        answers={200: (CampaignReportOut, "The figures of the period.")},
    )
    def get(self, request: Request, code: str) -> Response:
        period = read_page(request, PeriodPage)
        campaign = CouponCampaign.objects.filter(store=self.store, code=code).first()
        if campaign is None:
            raise Http404
        refuse_moment(period.since, attr="since", at=self.at)
        since, until = period.since or campaign.created_at, min(period.until or self.at, self.at)
        if since > until:
            raise Problem(400, Fault("out_of_order", _("The period ends before it begins."), "until"))
        return Response(_report(campaign_report(self.store, campaign, since=since, until=until)))


def _show(campaign: CouponCampaign) -> CampaignOut:
    return CampaignOut(
        code=campaign.code,
        name=campaign.name,
        kind=campaign.kind,
        offer=campaign.offer.code,
        status=campaign.offer.status,
        valid_days=campaign.valid_days,
        created_at=campaign.created_at,
    )


def _report(report: CampaignReport) -> CampaignReportOut:
    plain = ("states", "weeks")
    values = {
        name: getattr(report, name) for name in CampaignReportOut.__struct_fields__ if name not in plain
    }
    return CampaignReportOut(
        **values,
        states=[
            MessageStateOut(status=one.status, reason=one.reason, count=one.count) for one in report.states
        ],
        weeks=[
            WeekOut(**{name: getattr(one, name) for name in WeekOut.__struct_fields__})
            for one in report.weeks
        ],
    )
