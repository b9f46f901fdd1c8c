"""Segments: the list with sizes and trends, and one segment with some of who is in it and where it is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty.models import Offer, Segment, SegmentDay, SegmentMember
from loyalty.segments.document import parse_segment
from loyalty.segments.queries import TREND_DAYS, segments_of, trends
from loyalty.segments.used_by import offers_with
from panel.bar_chart import BarChart, Point, bar_chart
from panel.customers.mask import Shown, show_person
from panel.guard import PanelRequest
from panel.page import show_page
from panel.segments.known import read_known, say
from panel.segments.ready import missing_ready
from panel.segments.triggers_with import triggers_with
from shop.clock import store_moment
from shop.models import Customer, Store
from shop.show_day import show_day
from shop.show_money import show_count
from shop.store_admin import is_allowed, sees_people

SAMPLE_MAX = 20
# A curve of the size is drawn in a box of this many units.
WIDTH, HEIGHT = 120, 28
SHORTEST = 2  # days that make a curve


@dataclass(frozen=True, slots=True)
class Row:
    """`change` since 30 days ago, None where it is younger; `curve` are the points of its picture."""

    segment: Segment
    said: str
    change: int | None
    curve: str


def show_segments(request: PanelRequest) -> HttpResponse:
    store, at = request.store, _now(request.store)
    segments = list(segments_of(store))
    found = trends(segments, store, at=at)
    known, language = read_known(store), get_language() or store.language
    return show_page(
        request,
        "panel/segments/list.html",
        title=_("Groups of customers that keep themselves up to date"),
        rows=[
            Row(one, say(one.document, known, language=language), *_trend(found.get(one.pk, [])))
            for one in segments
        ],
        customers=Customer.objects.filter(store=store, erased_at=None, merged_into=None).count(),
        has_ready=bool(missing_ready(segments)),
        may_edit=is_allowed(request.role, "panel:segment_new", writing=True),
        may_set_limits=is_allowed(request.role, "panel:segment_limits", writing=True),
    )


def show_segment(request: PanelRequest, code: str) -> HttpResponse:
    store, at = request.store, _now(request.store)
    segment = get_object_or_404(Segment, store=store, code=code)
    language = get_language() or store.language
    may_edit = is_allowed(request.role, "panel:segment_edit", writing=True)
    sizes = trends([segment], store, at=at).get(segment.pk, [])
    return show_page(
        request,
        "panel/segments/page.html",
        title=segment.name,
        store=store,
        segment=segment,
        said=say(segment.document, read_known(store), language=language),
        customers=Customer.objects.filter(store=store, erased_at=None, merged_into=None).count(),
        chart=_chart(sizes, language=language) if sizes else None,
        days=_days(segment),
        # An analyst sees how many, not who.
        members=_sample(request, segment) if may_edit else None,
        has_list=parse_segment(segment.document).has_list,
        listed=segment.listed.count(),
        offers=_used(segment),
        triggers=triggers_with(segment),
        may_edit=may_edit and segment.archived_at is None,
        may_export=is_allowed(request.role, "panel:segment_members_csv"),
        may_write_triggers=is_allowed(request.role, "admin:triggers_trigger_changelist"),
    )


def _trend(sizes: Sequence[tuple[date, int]]) -> tuple[int | None, str]:
    if len(sizes) < SHORTEST:
        return None, ""
    tallest = max(size for _day, size in sizes) or 1
    points = [
        f"{place * WIDTH // (len(sizes) - 1)},{HEIGHT - size * HEIGHT // tallest}"
        for place, (_day, size) in enumerate(sizes)
    ]
    change = sizes[-1][1] - sizes[0][1] if len(sizes) == TREND_DAYS else None
    return change, " ".join(points)


def _chart(sizes: Sequence[tuple[date, int]], *, language: str) -> BarChart:
    points = [Point(f"{day:%d.%m.}", size, show_count(size, language=language)) for day, size in sizes]
    values = {
        "day": show_day(sizes[0][0], language=language),
        "before": show_count(sizes[0][1], language=language),
        "now": show_count(sizes[-1][1], language=language),
    }
    summary = _("%(before)s customers on %(day)s, %(now)s now.") % values
    return bar_chart(points, title=_("Customers in it, last 30 days"), summary=summary)


def _days(segment: Segment) -> list[SegmentDay]:
    return list(segment.days.order_by("-day")[:SAMPLE_MAX])


def _sample(request: PanelRequest, segment: Segment) -> list[tuple[SegmentMember, Shown]]:
    """Those who came last."""
    rows = segment.members.select_related("customer__person").order_by("-since_at", "-id")[:SAMPLE_MAX]
    is_open = sees_people(request)
    return [(row, show_person(getattr(row.customer, "person", None), is_open=is_open)) for row in rows]


def _used(segment: Segment) -> list[Any]:
    states = dict(Offer.Status.choices)
    return [(offer, states[Offer.Status(offer.status)]) for offer in offers_with(segment)]


def _now(store: Store) -> datetime:
    return store_moment(store, timezone.now())
