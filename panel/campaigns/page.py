"""What campaigns brought: all side by side, and one in full."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coupons.models import CouponCampaign
from loyalty.say_rule import say_rule
from panel.bar_chart import BarChart, Point, bar_chart
from panel.campaigns.say_reason import say_states
from panel.guard import PanelRequest
from panel.page import show_page
from reports.queries.campaign import CampaignReport, campaign_report
from reports.queries.campaigns import list_campaigns
from shop.clock import store_moment
from shop.models import Store
from shop.show_day import show_short_day
from shop.show_money import show_money
from shop.store_admin import is_allowed
from triggers.models import Step


def show_campaigns(request: PanelRequest) -> HttpResponse:
    """The list; running ones first."""
    return show_page(
        request,
        "panel/campaigns/list.html",
        title=_("See what your campaigns bring"),
        store=request.store,
        rows=list_campaigns(request.store),
        may_start=is_allowed(request.role, "panel:win_back", writing=True),
        may_give=is_allowed(request.role, "panel:coupons_new", writing=True),
    )


def show_campaign(request: PanelRequest, code: str) -> HttpResponse:
    """One campaign over its whole life, with a chart by week and the table behind it."""
    store = request.store
    campaign = get_campaign(store, code)
    until = store_moment(store, timezone.now())
    report = campaign_report(store, campaign, since=campaign.created_at, until=until)
    version = campaign.offer.versions.order_by("-number").first()
    return show_page(
        request,
        "panel/campaigns/page.html",
        title=campaign.name,
        store=store,
        campaign=campaign,
        report=report,
        rule=say_rule(version.document, store, language=get_language() or "en") if version else "",
        steps=Step.objects.filter(trigger__campaign=campaign).select_related("trigger").order_by("id"),
        states=say_states(report.states),
        chart=_chart(store, report),
        may_issue=is_allowed(request.role, "panel:campaign_codes"),
        may_pause=is_allowed(request.role, "panel:campaign_pause", writing=True),
        may_download=is_allowed(request.role, "panel:campaign_csv"),
    )


def get_campaign(store: Store, code: str) -> CouponCampaign:
    """Of this store only; Http404 else."""
    return get_object_or_404(CouponCampaign.objects.select_related("offer"), store=store, code=code)


def _chart(store: Store, report: CampaignReport) -> BarChart:
    language = get_language() or "en"
    points = [
        Point(
            label=show_short_day(week.starts_on, language=language),
            value=week.revenue,
            text=show_money(week.revenue, store.currency, language=language, is_rounded=True),
        )
        for week in report.weeks
    ]
    total = show_money(report.revenue, store.currency, language=language, is_rounded=True)
    summary = _("%(total)s in all since the start.") % {"total": total}
    return bar_chart(points, title=_("Revenue with its coupons, by week"), summary=summary)
