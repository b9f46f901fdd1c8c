"""The expiry of 100,000 portions among millions, in batches as the job does it, against one statement for them all.

On a database of its own. TRANSFERS=… movements are made first; of ten, six and a half open a portion. Both ends are
asserted to write the same rows. The single statement holds its locks to its end; a batch of the job lets go after a
tenth of a second.
"""

import os
import resource
import statistics
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from bench.figures import Figure
from bench.fill_ledger import large_ledger
from loyalty.expire import expire_due
from loyalty.models import Account, Lot
from loyalty.transfer_accounts import programme_account
from loyalty.verify import verify_ledger
from shop.models import Store

TRANSFERS = int(os.environ.get("TRANSFERS") or 15_400_000)  # open 10,010,000 portions
DUE = 100_000
IDLE_TICKS = 20
LONG_AGO = timedelta(days=1000)

# The fastest that we know: everything in one pass, one lock, one sum for each account.
ALL_AT_ONCE = """
WITH due AS MATERIALIZED (
    SELECT id, account_id, "left" - held AS points, ends_at FROM loyalty_lot
    WHERE "left" > 0 AND "left" > held AND ends_at <= %(at)s
), posted AS (
    INSERT INTO loyalty_transfer (
        store_id, kind, asset, source_id, target_id, amount, key, input_hash, effective_at, recorded_at
    )
    SELECT %(store)s, 'expiry', 'points', account_id, %(expired)s, points, 'lot:' || id || ':expiry',
        sha256(convert_to('expiry|' || account_id || '|' || id || '|' || points, 'UTF8')), ends_at, %(recorded)s
    FROM due
    RETURNING id, amount, key
), used AS (
    INSERT INTO loyalty_lotuse (transfer_id, lot_id, amount, returned)
    SELECT posted.id, due.id, posted.amount, 0 FROM posted JOIN due ON posted.key = 'lot:' || due.id || ':expiry'
), emptied AS (
    UPDATE loyalty_lot SET "left" = held FROM due WHERE loyalty_lot.id = due.id
), debited AS (
    UPDATE loyalty_account SET balance = balance - sums.points
    FROM (SELECT account_id, sum(points)::bigint AS points FROM due GROUP BY account_id) sums
    WHERE loyalty_account.id = sums.account_id
)
SELECT count(*) FROM posted
"""
WRITTEN = """
SELECT count(*), sum(amount), md5(string_agg(key || '|' || source_id || '|' || amount || '|' || effective_at, ';'
    ORDER BY key))
FROM loyalty_transfer WHERE store_id = %(store)s AND kind = 'expiry' AND recorded_at = %(recorded)s
    AND key LIKE 'lot:%%'
"""


def run(*, seed: int) -> list[Figure]:
    """Each run on one database ends the next 100,000. The job goes first or second by the seed."""
    store = large_ledger(transfers=TRANSFERS)
    lots = Lot.objects.filter(account__store=store).count()
    at = _when_so_many_are_due(store)
    idle = statistics.median(_idle_seconds(at=at - LONG_AGO) for _ in range(IDLE_TICKS))
    single, wanted = _all_at_once(store, at=at)
    batches = _in_batches(at=at)
    assert _written(store, at=at) == wanted, "both write the same rows"
    assert verify_ledger(store) == [], "and the books add up"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return [
        Figure(
            f"expire_{wanted.number}_of_{lots}_portions",
            wanted.number / batches.seconds,
            "portions/s",
            samples=wanted.number,
            baseline=wanted.number / single,
            goal=">= 0.5",
            goal_on="ratio",
        ),
        Figure("expire_longest_batch", batches.longest * 1000, "ms", samples=batches.number, goal="<= 100"),
        Figure("expire_idle_tick", idle * 1000, "ms", samples=IDLE_TICKS, goal="<= 5"),
        Figure("expire_idle_tick_after_a_sweep", batches.first_idle * 1000, "ms", goal="<= 5"),
        Figure("expire_peak_memory", memory, "MB"),
    ]


@dataclass(frozen=True, slots=True)
class Written:
    """How many movements of how many points, and a digest of them all."""

    number: int
    points: int
    digest: str


@dataclass(frozen=True, slots=True)
class Batches:
    """Seconds in all, of the longest one, and of the first tick that finds nothing."""

    seconds: float
    longest: float
    first_idle: float
    number: int


def _when_so_many_are_due(store: Store) -> datetime:
    """The end of the last of the next portions to end. Several may end with it."""
    ends = Lot.objects.filter(account__store=store, left__gt=F("held")).order_by("ends_at")
    return ends.values_list("ends_at", flat=True)[DUE - 1]


def _idle_seconds(*, at: datetime) -> float:
    started = time.monotonic()
    assert expire_due(at=at) == 0, "nothing is due"
    return time.monotonic() - started


def _all_at_once(store: Store, *, at: datetime) -> tuple[float, Written]:
    """Seconds and rows of the one statement, which is then taken back; what it leaves behind is cleared away."""
    expired = programme_account(store, Account.Kind.EXPIRED)
    values: dict[str, int | datetime] = {"store": store.pk, "expired": expired.pk, "at": at, "recorded": at}
    with transaction.atomic(), connection.cursor() as cursor:
        started = time.monotonic()
        cursor.execute(ALL_AT_ONCE, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a commit would check these now
        seconds = time.monotonic() - started
        written = _written(store, at=at)
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        for table in ("loyalty_transfer", "loyalty_lot", "loyalty_lotuse", "loyalty_account"):
            cursor.execute(f"VACUUM {table}")
    return seconds, written


def _in_batches(*, at: datetime) -> Batches:
    """As the job does it, each batch in a transaction of its own that ends with its locks."""
    took: list[float] = []
    while True:
        started = time.monotonic()
        done = expire_due(at=at)
        took.append(time.monotonic() - started)
        if not done:
            return Batches(sum(took[:-1]), max(took[:-1]), took[-1], len(took) - 1)


def _written(store: Store, *, at: datetime) -> Written:
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, {"store": store.pk, "recorded": at})
        return Written(*cursor.fetchone())
