"""When jobs come by: in an ideal run, exactly when something is due; in others late, twice, at once, or not at all."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

# What moves points and tiers, in the order of the list of jobs; and what finds messages.
FACT_JOBS = ("earn", "events", "acquirer", "rewards", "tiers", "stamps")
TIME_JOBS = ("birthdays", "tier_ends", "lapse", "expire", "gift_ends")
OTHER_JOBS = ("occasions",)
ALL_JOBS = FACT_JOBS + TIME_JOBS + OTHER_JOBS

HOUR, TWO_DAYS = timedelta(hours=1), timedelta(days=2)
OFF_HOURS_MAX = 3


@dataclass(frozen=True, slots=True)
class Bell:
    """`off`: how wrong the clock of the host is that answers it; `at_once`: two hosts do, one in reverse order."""

    at: datetime
    jobs: tuple[str, ...]
    off: timedelta = timedelta(0)
    at_once: bool = False


def disturbed_bells(begins: datetime, ends: datetime, *, seed: int, at_once: bool) -> Iterator[Bell]:
    """Ascending: hours apart, each job only now and then, some twice, in any order; every tenth time none for two days,
    after which all come at once. The last one finds everything."""
    dice, at = random.Random(seed), begins
    while True:
        was_away = dice.random() < 0.1
        at += TWO_DAYS if was_away else dice.random() * 40 * HOUR
        if at >= ends:
            break
        jobs = [name for name in ALL_JOBS if was_away or dice.random() < 0.7]
        dice.shuffle(jobs)
        if dice.random() < 0.3:
            jobs += dice.sample(jobs, len(jobs) // 2)
        off = dice.choice((0, 0, dice.uniform(-1, 1))) * OFF_HOURS_MAX * HOUR
        yield Bell(at, tuple(jobs), off, at_once=at_once and dice.random() < 0.25)
    yield Bell(ends, ALL_JOBS)
    yield Bell(ends, ALL_JOBS)


NEXT_DUE = """
SELECT at, job FROM (
    SELECT min(lot.ends_at) AS at, 'expire' AS job
    FROM loyalty_lot lot JOIN loyalty_account account ON account.id = lot.account_id
    WHERE account.store_id = ANY(%(stores)s) AND lot."left" > 0 AND lot.ends_at > %(after)s
    UNION ALL
    SELECT min(lot.active_at), ''
    FROM loyalty_lot lot JOIN loyalty_account account ON account.id = lot.account_id
    WHERE account.store_id = ANY(%(stores)s) AND lot."left" > 0 AND lot.active_at > %(after)s
    UNION ALL
    SELECT min(review_at), 'tier_ends' FROM loyalty_tierstatus
    WHERE store_id = ANY(%(stores)s) AND review_at > %(after)s
    UNION ALL
    SELECT min(ends_at), 'gift_ends' FROM coupons_giftbalance
    WHERE store_id = ANY(%(stores)s) AND lapsed_at IS NULL AND ends_at > %(after)s
    UNION ALL
    SELECT min(ends_at), '' FROM clubcards_membership
    WHERE store_id = ANY(%(stores)s) AND ends_at > %(after)s
) AS due WHERE at IS NOT NULL ORDER BY at
"""
WAITING = """
SELECT DISTINCT consumer FROM shop_outbox WHERE store_id = ANY(%(stores)s) AND due_at <= %(at)s
"""
# Which job serves whom.
SERVE = {
    "loyalty.earn": "earn",
    "loyalty.events": "events",
    "loyalty.tiers": "tiers",
    "checkout.stamps": "stamps",
    "checkout.acquirer": "acquirer",
}


def next_due(stores: list[int], *, after: datetime) -> Bell | None:
    """When time alone changes something next, by the database's own word, and the jobs that are due then."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_DUE, {"stores": stores, "after": after})
        rows: list[tuple[datetime, str]] = cursor.fetchall()
    if not rows:
        return None
    first = rows[0][0]
    return Bell(first, tuple(sorted({job for at, job in rows if at == first and job})))


def jobs_waited_for(stores: list[int], *, at: datetime) -> tuple[str, ...]:
    """Those that facts wait for, in the order of the list of jobs."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"stores": stores, "at": at})
        wanted = {SERVE.get(consumer) for (consumer,) in cursor.fetchall()}
    return tuple(job for job in FACT_JOBS if job in wanted)
