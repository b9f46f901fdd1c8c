"""The segments of a store of 100,000 customers and 1,000,000 order lines: all eighteen rules, in six segments.

What it takes to bring their members up to date, when all of them enter and in a night in which nobody moves; and how
long whoever builds one in the panel waits for the number beside it. Both beside one statement a segment that is written
by hand for the same members, at the same moments.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from bench.figures import Figure
from bench.segmenting.by_hand import BY_HAND, DOCUMENTS, KINDS
from bench.segmenting.fill import CUSTOMERS, LINES_PER_ORDER, ORDERS, UNTIL, fill_store
from loyalty.models import Segment, SegmentListed, SegmentMember
from loyalty.segments.match import RULES
from loyalty.segments.recompute import Moved, recompute
from panel.segments.count import count_now
from shop.models import Customer, Store

ROUNDS = 5
LISTED = 1_000
# What the panel waits at most, and how much longer than by hand it may take.
WAIT_SECONDS, RATIO_GOAL = 2, 2


def run(*, seed: int) -> list[Figure]:
    """The store is the same for every seed."""
    assert len(KINDS) == len(RULES) + 1, "all rules of this floor, and the cards'"
    store = fill_store()
    segments = [_open(store, code) for code in DOCUMENTS]
    entering = sum([_seconds(_bring_up, one) for one in segments])
    for segment in segments:
        assert _members(segment) == _by_hand(segment), segment.code
    nights, counts, hands = _in_turn(segments)
    lines = ORDERS * LINES_PER_ORDER
    whole = sum(hands.values())
    slowest = max(counts, key=lambda code: counts[code])
    return [
        Figure("segments_all_enter", entering, "s", samples=sum(map(_size, segments)), baseline=whole),
        _figure("segments_nobody_moves", sum(nights.values()), whole, goal=f"<= {RATIO_GOAL}"),
        _figure("segments_counted", sum(counts.values()), whole, goal=f"<= {RATIO_GOAL}"),
        Figure("segments_slowest_count", counts[slowest], "s", samples=ROUNDS, goal=f"<= {WAIT_SECONDS}"),
        Figure(
            "segments_lines_per_second",
            lines * len(segments) / sum(nights.values()),
            "lines/s",
            samples=lines,
        ),
        *[_figure(f"segment_{code}", nights[code], hands[code]) for code in nights],
    ]


def _figure(name: str, seconds: float, by_hand: float, *, goal: str | None = None) -> Figure:
    return Figure(name, seconds, "s", samples=ROUNDS, baseline=by_hand, goal=goal, goal_on="ratio")


def _in_turn(segments: list[Segment]) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Medians by segment: a night in which nobody moves, the panel's count, the statement by hand."""
    works: list[Callable[[Segment], object]] = [_stay, _count, _by_hand]
    times: list[dict[str, list[float]]] = [{one.code: [] for one in segments} for _ in works]
    for _ in range(ROUNDS):
        for segment in segments:
            for found, work in zip(times, works, strict=True):
                found[segment.code].append(_seconds(work, segment))
    nights, counts, hands = [
        {code: statistics.median(took) for code, took in found.items()} for found in times
    ]
    return nights, counts, hands


def _open(store: Store, code: str) -> Segment:
    segment = Segment.objects.create(
        store=store, code=code, name=code, document=DOCUMENTS[code], changed_at=UNTIL, due_at=UNTIL
    )
    if code == "brought":
        some = Customer.objects.filter(store=store).order_by("id").values_list("id", flat=True)[:LISTED]
        SegmentListed.objects.bulk_create(
            [SegmentListed(store=store, segment=segment, customer_id=customer) for customer in some]
        )
    return segment


def _bring_up(segment: Segment) -> Moved:
    with transaction.atomic():
        return recompute(segment, at=UNTIL)


def _stay(segment: Segment) -> None:
    assert _bring_up(segment) == Moved()


def _count(segment: Segment) -> None:
    """As the panel counts for whoever builds the segment, who is told no number where it takes too long."""
    counted = count_now(segment.store, segment.document, segment=segment.pk, at=UNTIL)
    assert counted is not None
    assert counted.customers == CUSTOMERS
    assert counted.size in (None, _size(segment)), f"{segment.code}: {counted.size}"


def _by_hand(segment: Segment) -> set[int]:
    values: dict[str, Any] = {"store": segment.store_id, "at": UNTIL, "segment": segment.pk}
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND[segment.code], values)
        return {customer for (customer,) in cursor.fetchall()}


def _members(segment: Segment) -> set[int]:
    return set(SegmentMember.objects.filter(segment=segment).values_list("customer_id", flat=True))


def _size(segment: Segment) -> int:
    return Segment.objects.get(pk=segment.pk).size


def _seconds(work: Callable[[Segment], object], segment: Segment) -> float:
    started = time.monotonic()
    work(segment)
    return time.monotonic() - started
