"""The panel's first page: how the shop does, what runs, what needs a hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty.check_books import books_are_off
from loyalty.models import EarningRule
from panel.bar_chart import BarChart, Point, bar_chart
from panel.dashboard.compare import Comparison, compare
from panel.guard import PanelRequest
from reports.queries.campaigns import list_campaigns
from reports.queries.discount_share import discount_share
from reports.queries.points import points_outstanding
from reports.queries.sales import WeekSales, repeat_share, weekly_sales
from reports.queries.signs_of_life import signs_of_life
from reports.queries.silence import count_silent
from shop.clock import store_moment
from shop.models import ApiKey, Order, Store
from shop.show_day import show_short_day
from shop.show_money import show_money
from shop.store_admin import is_allowed

WEEKS = 12
YEAR = timedelta(days=365)
RUNNING_MAX = 8


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do before the figures say anything; `route` is the page to do it on."""

    title: str
    why: str
    route: str
    is_done: bool


def fill_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's callback for the start page: adds the figures to its context."""
    panel_request = cast(PanelRequest, request)
    store = cast(Store | None, panel_request.store)
    if store is None:
        return {**context, "title": _("Make your first store"), "store": None}
    at = timezone.now()
    now = store_moment(store, at)
    return {
        **context,
        "title": _("How %(store)s is doing") % {"store": store.name},
        "store": store,
        "life": signs_of_life(store, at=at),
        "may_start": is_allowed(panel_request.role, "panel:win_back", writing=True),
        **_figures(store, at=now),
    }


def _figures(store: Store, *, at: datetime) -> dict[str, Any]:
    weeks = weekly_sales(store, weeks=WEEKS, until=at)
    campaigns = list_campaigns(store)
    has_orders = Order.objects.filter(store=store).exists()
    return {
        "has_orders": has_orders,
        "steps": _first_steps(store, has_orders=has_orders, has_campaign=bool(campaigns)),
        "this_week": weeks[-1],
        "revenue": compare(weeks[-1].revenue, weeks[-2].revenue),
        "orders": compare(weeks[-1].orders, weeks[-2].orders),
        "average": _average(weeks),
        "repeat": repeat_share(store, since=at - YEAR, until=at),
        "silence": count_silent(store, days=store.silent_after_days, at=at),
        "points": points_outstanding(store, at=at),
        "discounted": discount_share(store, until=at),
        "books_are_off": books_are_off(store),
        "chart": _chart(store, weeks),
        "weeks": tuple(reversed(weeks)),
        "running": [row for row in campaigns if row.status == "running"][:RUNNING_MAX],
    }


def _average(weeks: tuple[WeekSales, ...]) -> Comparison:
    """Revenue per order, this week against the one before; rounded down to whole minor units."""
    now, before = weeks[-1], weeks[-2]
    return compare(
        now.revenue // now.orders if now.orders else 0,
        before.revenue // before.orders if before.orders else 0,
    )


def _chart(store: Store, weeks: tuple[WeekSales, ...]) -> BarChart:
    language = get_language() or "en"
    points = [
        Point(
            label=show_short_day(timezone.localtime(week.since).date(), language=language),
            value=week.revenue,
            text=show_money(week.revenue, store.currency, language=language, is_rounded=True),
        )
        for week in weeks
    ]
    best = max(points, key=lambda point: point.value)
    summary = _("The best seven days began on %(day)s with %(revenue)s; the last seven brought %(last)s.")
    return bar_chart(
        points,
        title=_("Revenue by seven days, the last 12 weeks"),
        summary=summary % {"day": best.label, "revenue": best.text, "last": points[-1].text},
        strong_last=True,
    )


def _first_steps(store: Store, *, has_orders: bool, has_campaign: bool) -> list[Step]:
    """What a new shop does first, in this order; empty once all is done. Two small queries."""
    steps = [
        Step(
            _("Import your orders"),
            _("A CSV of order lines is enough. Everything else here is worked out from them."),
            "panel:imports",
            has_orders,
        ),
        Step(
            _("Set up an earning rule"),
            _("For example 1 point for every £1. Past orders earn too, from the day the rule starts."),
            "panel:earning",
            EarningRule.objects.filter(store=store).exists(),
        ),
        Step(
            _("Make an API key"),
            _("Your storefront asks with it what a cart costs, and reports its orders."),
            "admin:shop_apikey_changelist",
            ApiKey.objects.filter(store=store, revoked_at__isnull=True).exists(),
        ),
        Step(
            _("Start a win-back"),
            _("Customers who have gone silent get one friendly mail with a coupon of their own."),
            "panel:win_back",
            has_campaign,
        ),
    ]
    return [] if all(step.is_done for step in steps) else steps
