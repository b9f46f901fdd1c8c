"""Reads of segments: which there are, who is in one, in which ones somebody is."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from loyalty.models import Segment, SegmentDay, SegmentMember
from shop.clock import local_date
from shop.models import Customer, Store

TREND_DAYS = 30


def segments_of(store: Store) -> QuerySet[Segment]:
    """Those that are not archived, by name."""
    return Segment.objects.filter(store=store, archived_at=None).order_by("name", "id")


def codes_of(customer: Customer) -> list[str]:
    """Of the segments that the customer is in now. One query."""
    mine = SegmentMember.objects.filter(customer=customer)
    return list(mine.order_by("segment__code").values_list("segment__code", flat=True))


def trends(segments: Iterable[Segment], store: Store, *, at: datetime) -> dict[int, list[tuple[date, int]]]:
    """By segment: the last size of each of the last 30 local days, today last, from its first day on. A day nothing was
    written on has the size of the day before. One query."""
    today = local_date(store, at)
    days = [today - timedelta(days=back) for back in range(TREND_DAYS - 1, -1, -1)]
    rows = SegmentDay.objects.filter(
        segment__in=list(segments), day__gte=days[0] - timedelta(days=TREND_DAYS)
    )
    sizes: dict[int, dict[date, int]] = {}
    for segment, day, size in rows.order_by("day").values_list("segment_id", "day", "size"):
        sizes.setdefault(segment, {})[day] = size
    return {segment: _filled(found, days) for segment, found in sizes.items()}


def _filled(sizes: dict[date, int], days: list[date]) -> list[tuple[date, int]]:
    earlier = [size for day, size in sorted(sizes.items()) if day < days[0]]
    last = earlier[-1] if earlier else None
    found = []
    for day in days:
        last = sizes.get(day, last)
        if last is not None:
            found.append((day, last))
    return found
