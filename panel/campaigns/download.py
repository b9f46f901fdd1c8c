"""A campaign's weeks as a CSV for a spreadsheet."""

import csv

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from panel.campaigns.page import get_campaign
from panel.guard import PanelRequest
from reports.queries.campaign import campaign_report
from shop.clock import store_moment


@require_GET
def download_campaign(request: PanelRequest, code: str) -> HttpResponse:
    """One row per week, then the totals; money in the currency's smallest unit, so that no spreadsheet rounds it."""
    store = request.store
    campaign = get_campaign(store, code)
    until = store_moment(store, timezone.now())
    report = campaign_report(store, campaign, since=campaign.created_at, until=until)
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{campaign.code}-weeks.csv"'},
    )
    writer = csv.writer(response)
    unit = _("smallest unit of %(currency)s") % {"currency": store.currency}
    head = [_("week from"), _("sent"), _("redeemed"), _("orders")]
    writer.writerow([*head, f"{_('revenue')} ({unit})", f"{_('discount')} ({unit})"])
    for week in report.weeks:
        writer.writerow(
            [week.starts_on.isoformat(), week.sent, week.redeemed, week.orders, week.revenue, week.discount]
        )
    writer.writerow([])
    for label, amount in (
        (_("revenue"), report.revenue),
        (_("discount"), report.discount),
        (_("cost of goods"), report.cost),
        (_("margin"), report.margin),
    ):
        writer.writerow([f"{label} ({unit})", _("unknown") if amount is None else amount])
    writer.writerow([_("share of goods with known cost, in hundredths of a percent"), report.cost_known_bp])
    return response
