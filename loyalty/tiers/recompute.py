"""Bring stored tiers to where the facts put them, and write down each step that leads there.

Recomputed from all facts every time, so facts may come in any order and any number of times, and a job that is late, or
runs twice, writes what an ideal one would have written.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection

from loyalty.models import TierChange, TierStatus
from loyalty.tiers.outlook import next_rung
from loyalty.tiers.read_facts import read_facts
from loyalty.tiers.read_ladders import Ladders, read_ladders
from loyalty.tiers.standing import Facts, Stand, Standing, replay
from shop.models import Activity, Store
from shop.record import record_many

CORRECTED, WITHDRAWN = TierChange.Cause.CORRECTED.value, TierChange.Cause.WITHDRAWN.value
INSTANT = timedelta(microseconds=1)
# One statement for all: a CASE of a few hundred branches for each column took most of a recomputation's time.
KEEP = """
UPDATE loyalty_tierstatus AS kept SET
    tier_id = new.tier_id, since_at = new.since_at, until_at = new.until_at, review_at = new.review_at,
    changes = new.changes, next_tier_id = new.next_tier_id, next_from = new.next_from, missing = new.missing,
    checked_at = new.checked_at
FROM unnest(
    %(id)s::bigint[], %(tier_id)s::bigint[], %(since_at)s::timestamptz[], %(until_at)s::timestamptz[],
    %(review_at)s::timestamptz[], %(changes)s::int[], %(next_tier_id)s::bigint[], %(next_from)s::bigint[],
    %(missing)s::bigint[], %(checked_at)s::timestamptz[]
) AS new (id, tier_id, since_at, until_at, review_at, changes, next_tier_id, next_from, missing, checked_at)
WHERE kept.id = new.id
"""
COLUMNS = (
    "id",
    "tier_id",
    "since_at",
    "until_at",
    "review_at",
    "changes",
    "next_tier_id",
    "next_from",
    "missing",
    "checked_at",
)


def recompute(store: Store, customer_ids: Collection[int], *, at: datetime, at_recorded: datetime) -> int:
    """Recompute these customers of `store` as of `at`, its own moment; returns how many steps were written.

    The caller owns the transaction and gives a bounded number of customers: seven statements, however many.
    """
    assert connection.in_atomic_block, "a tier and its history are one transaction"
    ids = sorted(set(customer_ids))
    ladders = read_ladders(store.pk)
    if not ids or not ladders.versions:
        return 0
    kept = _lock(store, ids)
    last = _last_changes(ids)
    facts = read_facts(store, ids, ladders=ladders)
    changes: list[TierChange] = []
    for customer_id in ids:
        status = kept[customer_id]
        moment = max(at, status.checked_at or at)
        seen_at = status.checked_at
        for stand in unwritten(facts[customer_id], last.get(customer_id), at=moment, seen_at=seen_at):
            changes.append(_change(status, stand, ladders, at_recorded=at_recorded))
        _settle(status, replay(facts[customer_id], until=moment), ladders, at=moment)
    _write(store, list(kept.values()), changes)
    return len(changes)


def unwritten(
    facts: Facts, last: Stand | None, *, at: datetime, seen_at: datetime | None = None
) -> Iterator[Stand]:
    """The steps that lead from the last one written to where the customer stands at `at`; `seen_at` is when somebody
    looked before, None where nobody has.

    What a refund withdrew is written at the moment of the refund, so the time before it is replayed without it.
    """
    cuts = {when for rows in facts.counted.values() for one in rows for when, _ in one.cuts if when <= at}
    for cut in sorted(when for when in cuts if seen_at is None or when > seen_at):
        before = replay(facts, until=cut - INSTANT, known_at=cut - INSTANT)
        for stand in _following(before, last, seen_at=seen_at) or ():
            yield stand
            last = stand
        if changed := _difference(replay(facts, until=cut), last, at=cut, cause=WITHDRAWN):
            yield changed
            last = changed
        seen_at = cut
    standing = replay(facts, until=at)
    following = _following(standing, last, seen_at=seen_at)
    if following is not None:
        yield from following
    elif changed := _difference(standing, last, at=at, cause=CORRECTED):
        yield changed


def _following(standing: Standing, last: Stand | None, *, seen_at: datetime | None) -> list[Stand] | None:
    """The steps after what was seen; None where facts that came late put the customer elsewhere by then."""
    if seen_at is None:
        return list(standing.stands)
    if not _same(standing.at(seen_at), last):
        return None
    return [stand for stand in standing.stands if stand.at > seen_at]


def _difference(standing: Standing, last: Stand | None, *, at: datetime, cause: str) -> Stand | None:
    now = standing.stands[-1] if standing.stands else None
    if _same(now, last):
        return None
    if cause == CORRECTED and now is not None and (last is None or now.at > last.at):
        return now  # told a little late, but behind all that was written
    return replace(now, at=at, cause=cause) if now else Stand(at, None, None, cause, standing.score)


def _same(one: Stand | None, other: Stand | None) -> bool:
    none = (None, None)
    return ((one.tier, one.until) if one else none) == ((other.tier, other.until) if other else none)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A stored tier that the facts do not bear out."""

    customer_id: int
    expected: int | None
    found: int | None


def wrong_tiers(store: Store, customer_ids: Collection[int]) -> list[Wrong]:
    """Those of the customers whose stored tier differs from the one that the facts give as of its last check."""
    ladders = read_ladders(store.pk)
    rows = TierStatus.objects.filter(customer_id__in=customer_ids, checked_at__isnull=False)
    statuses = {row.customer_id: row for row in rows}
    facts = read_facts(store, list(statuses), ladders=ladders)
    found = []
    for customer_id, status in sorted(statuses.items()):
        assert status.checked_at is not None, "only those that were looked at"
        standing = replay(facts[customer_id], until=status.checked_at)
        now = standing.stands[-1] if standing.stands else None
        expected = (now.tier, now.until) if now else (None, None)
        if expected != (status.tier_id, status.until_at):
            found.append(Wrong(customer_id, expected[0], status.tier_id))
    return found


def _lock(store: Store, ids: list[int]) -> dict[int, TierStatus]:
    """A row for each, so that two who recompute the same customer wait for one another; by ascending customer."""
    fresh = [TierStatus(store=store, customer_id=customer_id) for customer_id in ids]
    TierStatus.objects.bulk_create(fresh, ignore_conflicts=True)
    rows = TierStatus.objects.filter(customer_id__in=ids).order_by("customer_id")
    return {row.customer_id: row for row in rows.select_for_update(no_key=True)}


def _last_changes(ids: list[int]) -> dict[int, Stand]:
    rows = TierChange.objects.filter(customer_id__in=ids).order_by("customer_id", "-number")
    return {
        row.customer_id: Stand(row.at, row.tier_id, row.until_at, row.cause, row.score)
        for row in rows.distinct("customer_id")
    }


def _change(status: TierStatus, stand: Stand, ladders: Ladders, *, at_recorded: datetime) -> TierChange:
    """The row of one step. Counts up the status and moves it, so that the next step goes on from there."""
    ladder = ladders.at(stand.at)
    is_up = ladder is not None and ladder.rank(stand.tier) > ladder.rank(status.tier_id)
    status.changes += 1
    change = TierChange(
        store_id=status.store_id,
        customer_id=status.customer_id,
        number=status.changes,
        before_id=status.tier_id,
        tier_id=stand.tier,
        is_up=is_up,
        at=stand.at,
        until_at=stand.until,
        cause=stand.cause,
        score=stand.score,
        order_id=stand.order,
        grant_id=stand.grant,
        recorded_at=at_recorded,
    )
    if status.tier_id != stand.tier:
        status.since_at = stand.at if stand.tier else None
    status.tier_id, status.until_at = stand.tier, stand.until
    return change


def _settle(status: TierStatus, standing: Standing, ladders: Ladders, *, at: datetime) -> None:
    status.review_at, status.checked_at = standing.review_at, at
    ladder = ladders.at(at)
    rung = next_rung(ladder, tier=status.tier_id, score=standing.score) if ladder else None
    status.next_tier_id = rung.tier if rung else None
    status.next_from = rung.threshold if rung else 0
    status.missing = rung.threshold - standing.score if rung else 0


def _write(store: Store, statuses: list[TierStatus], changes: list[TierChange]) -> None:
    TierChange.objects.bulk_create(changes)
    with connection.cursor() as cursor:
        cursor.execute(KEEP, {name: [getattr(status, name) for status in statuses] for name in COLUMNS})
    moved = [change for change in changes if change.tier_id != change.before_id]
    if moved:
        record_many([_activity(store, change) for change in moved])


def _activity(store: Store, change: TierChange) -> Activity:
    return Activity(
        store=store,
        kind="tier.changed",
        customer_id=change.customer_id,
        subject=f"tier:{change.tier_id or 0}",
        data={"number": change.number, "is_up": change.is_up, "cause": change.cause},
        at=change.at,
    )
