"""What points the shop owes its customers: as of a day, by age and end, and what will never be used. CSV and JSON."""

import csv
from collections.abc import Iterator
from datetime import date, datetime

import msgspec
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from panel.bar_chart import BarChart, Point, bar_chart
from panel.guard import PanelRequest
from panel.page import show_page
from reports.queries.liability import By, EndMonth, Liability, liability
from shop.clock import end_of_day, local_date, store_moment
from shop.models import Store
from shop.show_money import show_count

MONTHS_SHOWN = 24


@require_GET
def show_liability(request: PanelRequest) -> HttpResponse:
    """`?on=2026-05-31` asks for the end of that day, `by=recorded` for what the books said then."""
    on, by = _asked(request)
    found = _read(request.store, on, by)
    months = found.months[:MONTHS_SHOWN]
    return show_page(
        request,
        "panel/ledger/liability.html",
        title=_("What points you owe"),
        store=request.store,
        found=found,
        on=on or local_date(request.store, found.at),
        today=local_date(request.store, store_moment(request.store, timezone.now())),
        is_now=on is None,
        by=by,
        worth=found.outstanding * found.point_value,
        chart=_chart(months) if months else None,
        months=months,
        later=sum(month.points for month in found.months[MONTHS_SHOWN:]),
        is_small=any(bucket.breakage.is_small for bucket in found.ages) or found.pending_breakage.is_small,
    )


@require_GET
def download_liability(request: PanelRequest) -> HttpResponse:
    on, by = _asked(request)
    found = _read(request.store, on, by)
    name = f"points-{(on or local_date(request.store, found.at)).isoformat()}.csv"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    csv.writer(response).writerows(_table(found))
    return response


@require_GET
def json_liability(request: PanelRequest) -> HttpResponse:
    on, by = _asked(request)
    found = _read(request.store, on, by)
    plain = msgspec.to_builtins(found)
    return JsonResponse(
        {**plain, "outstanding": found.outstanding, "expected_breakage": found.expected_breakage}
    )


def _asked(request: PanelRequest) -> tuple[date | None, By]:
    """A day that is no day, or one to come, means now."""
    by: By = "recorded" if request.GET.get("by") == "recorded" else "effective"
    try:
        on = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None, by
    today = local_date(request.store, store_moment(request.store, timezone.now()))
    return (on if date(1990, 1, 1) <= on < today else None), by


def _read(store: Store, on: date | None, by: By) -> Liability:
    return liability(store, at=_moment(store, on), by=by)


def _moment(store: Store, on: date | None) -> datetime:
    return store_moment(store, timezone.now()) if on is None else end_of_day(store, on)


def _chart(months: tuple[EndMonth, ...]) -> BarChart:
    language = get_language() or "en"
    points = [
        Point(
            label=month.starts_on.strftime("%m/%y"),
            value=month.points,
            text=show_count(month.points, language=language),
        )
        for month in months
    ]
    most = max(points, key=lambda point: point.value)
    summary = _("Most points end in %(month)s: %(points)s.") % {"month": most.label, "points": most.text}
    return bar_chart(points, title=_("Points by the month in which they end"), summary=summary)


def _table(found: Liability) -> Iterator[list[object]]:
    """Points; the worth of one in the currency's smallest unit."""
    yield [_("points owed to customers as of"), found.at.isoformat()]
    yield [_("by"), found.by]
    flows = found.flows
    for label, points in (
        (_("issued"), flows.issued),
        (_("corrected by hand"), flows.adjusted),
        (_("given back"), flows.returned),
        (_("spent"), -flows.spent),
        (_("expired"), -flows.expired),
        (_("taken back"), -flows.taken_back),
        (_("outstanding"), found.outstanding),
        (_("of these pending"), found.pending),
        (_("of these spendable"), found.active),
        (_("of these ended, not booked yet"), found.ended),
        (_("owed by customers"), found.owed),
        (_("worth of a point, smallest unit"), found.point_value),
        (_("expected never to be used"), _or_unknown(found.expected_breakage)),
    ):
        yield [label, points]
    yield []
    yield [_("spendable for days, from"), _("to"), _("points"), _("expected never to be used")]
    for bucket in found.ages:
        yield [bucket.days_min, bucket.days_max or "", bucket.points, _or_unknown(bucket.breakage.points)]
    yield []
    yield [_("ends in month"), _("points")]
    for month in found.months:
        yield [month.starts_on.isoformat(), month.points]


def _or_unknown(points: int | None) -> int | str:
    return _("unknown") if points is None else points
