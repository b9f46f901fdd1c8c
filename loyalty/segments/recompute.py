"""Bring who is in a segment to what its rule says, and write down who entered and who left.

Whoever is in already stays untouched, so a repeat writes nothing; two at once wait at the segment's row, and even past
it the unique pair of segment and customer lets a customer enter once.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import F

from loyalty.models import Segment, SegmentDay
from loyalty.segments.document import SegmentInvalid, parse_segment
from loyalty.segments.match import match
from shop.clock import local_date, start_of_day, store_moment
from shop.models import Store
from shop.record import record_for_customers

log = logging.getLogger(__name__)

NIGHT = timedelta(hours=3)
POSTPONED = timedelta(hours=1)
DAYS_KEPT = 400

CHANGE = """
WITH __person__, wanted AS MATERIALIZED (__query__),
gone AS (
    DELETE FROM loyalty_segmentmember member WHERE member.segment_id = %(segment)s __some__
        AND NOT EXISTS (SELECT FROM wanted WHERE wanted.id = member.customer_id)
    RETURNING member.customer_id),
fresh AS (
    INSERT INTO loyalty_segmentmember (store_id, segment_id, customer_id, since_at)
    SELECT %(store)s, %(segment)s, wanted.id, %(at)s FROM wanted
    WHERE NOT EXISTS (SELECT FROM loyalty_segmentmember member
        WHERE member.segment_id = %(segment)s AND member.customer_id = wanted.id)
    ORDER BY wanted.id
    ON CONFLICT (segment_id, customer_id) DO NOTHING
    RETURNING customer_id)
SELECT coalesce((SELECT array_agg(customer_id) FROM fresh), '{}'),
    coalesce((SELECT array_agg(customer_id) FROM gone), '{}')
"""
SOME = "AND member.customer_id = ANY(%(customers)s)"

DAY = """
INSERT INTO loyalty_segmentday AS kept (store_id, segment_id, day, size, entered, "left")
VALUES (%(store)s, %(segment)s, %(day)s, %(size)s, %(entered)s, %(left)s)
ON CONFLICT (segment_id, day) DO UPDATE SET size = EXCLUDED.size,
    entered = kept.entered + EXCLUDED.entered, "left" = kept."left" + EXCLUDED."left"
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """How many customers entered, and how many left."""

    entered: int = 0
    left: int = 0


def recompute(segment: Segment, *, at: datetime, customers: Collection[int] | None = None) -> Moved:
    """All customers of the store, or only `customers`, by the rule as of `at`, the store's own moment.

    The caller owns the transaction. Nobody is in an archived segment. Raises SegmentInvalid.
    """
    assert connection.in_atomic_block, "members and the record of their coming and going are one transaction"
    # Facts are read only when whoever was here before has written: a later look never undoes what it has not seen.
    segment = Segment.objects.select_for_update(no_key=True).select_related(None).get(pk=segment.pk)
    if segment.archived_at is not None:
        return Moved()
    store = Store.objects.get(pk=segment.store_id)
    document = parse_segment(segment.document)
    if customers is not None and document.compares:
        return Moved()  # one customer's facts move others: by night
    found = match(store, document, at=at, segment=segment.pk, customers=customers)
    statement = (
        CHANGE.replace("__person__", found.person)
        .replace("__query__", found.query)
        .replace("__some__", "" if customers is None else SOME)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {**found.values, "segment": segment.pk})
        entered, left = cursor.fetchone()
    return _note(segment, store, entered, left, at=at, is_whole=customers is None)


@transaction.atomic
def recompute_due(*, at: datetime) -> int:
    """One segment whose time has come; 1, or 0 if none has. `at` is the clock. Safe to run many times at once."""
    with connection.cursor() as cursor:
        cursor.execute(FIND_DUE, {"at": at})
        row = cursor.fetchone()
    if row is None:
        return 0
    segment = Segment.objects.select_related("store").get(pk=row[0])
    try:
        with transaction.atomic():
            recompute(segment, at=store_moment(segment.store, at))
    except (SegmentInvalid, DatabaseError):
        # One that fails must not keep the others from their time.
        log.exception("segment %s could not be recomputed", segment.pk)
        later = store_moment(segment.store, at) + POSTPONED
        Segment.objects.filter(pk=segment.pk).update(due_at=later)
    return 1


def next_night(store: Store, *, at: datetime) -> datetime:
    """Three hours after the next local midnight."""
    return start_of_day(store, local_date(store, at) + timedelta(days=1)) + NIGHT


# An import tells of orders without a word for each; whoever was counted before it ended is counted again.
FIND_DUE = """
SELECT segment.id FROM loyalty_segment segment JOIN shop_store store ON store.id = segment.store_id
WHERE segment.due_at IS NOT NULL AND (
    segment.due_at <= %(at)s + make_interval(secs => store.clock_shift_seconds)
    OR EXISTS (SELECT FROM shop_job job WHERE job.store_id = segment.store_id AND job.kind = 'import_orders'
        AND job.status = 'done'
        AND job.beat_at + make_interval(secs => store.clock_shift_seconds) > segment.recomputed_at))
ORDER BY segment.due_at, segment.id LIMIT 1
FOR NO KEY UPDATE OF segment SKIP LOCKED
"""


def _note(
    segment: Segment, store: Store, entered: list[int], left: list[int], *, at: datetime, is_whole: bool
) -> Moved:
    subject, data = f"segment:{segment.code}", {"segment": segment.code}
    for kind, ids in (("segment.entered", entered), ("segment.left", left)):
        record_for_customers(kind, store=store, customers=ids, at=at, subject=subject, data=data)
    moved = Moved(len(entered), len(left))
    size = segment.size + moved.entered - moved.left
    changes = {"size": F("size") + moved.entered - moved.left}
    if is_whole:
        Segment.objects.filter(pk=segment.pk).update(
            **changes, recomputed_at=at, due_at=next_night(store, at=at)
        )
        oldest = local_date(store, at) - timedelta(days=DAYS_KEPT)
        SegmentDay.objects.filter(segment=segment, day__lt=oldest).delete()
    elif entered or left:
        Segment.objects.filter(pk=segment.pk).update(**changes)
    if is_whole or entered or left:
        _note_day(segment, moved, size=size, at=at, store=store)
    return moved


def _note_day(segment: Segment, moved: Moved, *, size: int, at: datetime, store: Store) -> None:
    values: dict[str, Any] = {
        "store": store.pk,
        "segment": segment.pk,
        "day": local_date(store, at),
        "size": size,
        "entered": moved.entered,
        "left": moved.left,
    }
    with connection.cursor() as cursor:
        cursor.execute(DAY, values)
