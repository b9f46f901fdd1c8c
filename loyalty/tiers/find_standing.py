"""Where one customer stands, exactly, whatever the jobs have come to; and how the store's ladder is peopled."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from loyalty.models import Tier
from loyalty.tiers.count import scores
from loyalty.tiers.outlook import Outlook, outlook
from loyalty.tiers.read_facts import read_facts
from loyalty.tiers.read_ladders import Ladders, TierNames, read_ladders
from loyalty.tiers.standing import GRANTED, Facts, Ladder, Stand, replay, score_before
from shop.models import Customer, Store


@dataclass(frozen=True, slots=True)
class StepOf:
    """One step of the ladder: what it asks for, and the store's own words for what it gives."""

    names: TierNames
    threshold: int
    benefits: str


@dataclass(frozen=True, slots=True)
class TierOf:
    """`to_keep` is what is missing, by now, for the tier to be kept at `until`; 0 where nothing is, or it was given."""

    outlook: Outlook
    since: datetime | None
    until: datetime | None
    is_given: bool
    to_keep: int
    steps: tuple[StepOf, ...]


def tier_of(customer: Customer, *, at: datetime) -> TierOf | None:
    """None where the store has no tiers. Four queries."""
    ladders = read_ladders(customer.store_id)
    ladder = ladders.at(at)
    if ladder is None:
        return None
    facts = read_facts(customer.store, [customer.pk], ladders=ladders)[customer.pk]
    standing = replay(facts, until=at)
    now = standing.stands[-1] if standing.stands else None
    tier = now.tier if now else None
    code = None if tier is None else ladders.name_of(tier).code
    seen = outlook(ladders, code=code, score=standing.score, at=at)
    assert seen is not None, "there is a ladder"
    is_given = now is not None and now.cause == GRANTED
    return TierOf(
        outlook=seen,
        since=standing.since if tier is not None else None,
        until=now.until if now else None,
        is_given=is_given,
        to_keep=0 if now is None or is_given else _to_keep(facts, ladder, now, at=at),
        steps=_steps(ladders, ladder),
    )


def _to_keep(facts: Facts, ladder: Ladder, now: Stand, *, at: datetime) -> int:
    threshold = next((rung.threshold for rung in ladder.rungs if rung.tier == now.tier), 0)
    if not threshold or now.until is None:
        return 0
    # In the days of grace the end is behind us: what the window holds now decides.
    return max(threshold - score_before(facts, max(now.until, at), known_at=at), 0)


def _steps(ladders: Ladders, ladder: Ladder) -> tuple[StepOf, ...]:
    said = dict(
        Tier.objects.filter(pk__in=[rung.tier for rung in ladder.rungs]).values_list("pk", "benefits")
    )
    return tuple(StepOf(ladders.name_of(rung.tier), rung.threshold, said[rung.tier]) for rung in ladder.rungs)


PEOPLE = """
SELECT width_bucket(score, %(thresholds)s::bigint[]) AS step, count(*)
FROM (__scores__) AS reached GROUP BY step
"""


def people_by_tier(store: Store) -> dict[int | None, int]:
    """How many customers stand on each tier; None: on none of those whom anything was ever looked at for. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tier_id, count(*) FROM loyalty_tierstatus WHERE store_id = %s GROUP BY tier_id",
            [store.pk],
        )
        return dict(cursor.fetchall())


def people_by_threshold(
    store: Store, *, measure: str, since: datetime, at: datetime, thresholds: list[int]
) -> list[int]:
    """How many customers of `store` would stand on each step of a ladder that counts [since, at]; `thresholds`
    ascend. One query over all that counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            PEOPLE.replace("__scores__", scores(measure)),
            {"store": store.pk, "since": since, "at": at, "thresholds": thresholds},
        )
        reached = dict(cursor.fetchall())
    return [reached.get(place, 0) for place in range(1, len(thresholds) + 1)]
