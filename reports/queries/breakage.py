"""How many points are never used: what became of portions whose time is over.

IFRS 15 (B44 to B47) has a shop expect the rights that customers will not use, and asks for history to judge by. Here,
for points of an age: of the portions that ended in the last three years, what expired, divided by what was still there
when they had that age. So a point that has survived long is more likely to expire than a fresh one (a share conditional
on survival, as Kaplan and Meier estimate it, 1958).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from pricing.allocate import allocate
from shop.models import Store

AGES = (0, 90, 180, 365)  # days since a portion became spendable, where a bucket begins
FEW_PORTIONS = 100


@dataclass(frozen=True, slots=True)
class Breakage:
    """Points that are expected never to be used; None: no portion of this age has come to its end yet. `is_small`: the
    history is of fewer than a hundred portions, and chance plays a part."""

    points: int | None
    is_small: bool


@dataclass(frozen=True, slots=True)
class History:
    """Of portions that had come to this age: how many there were, what was left of them then, and what expired."""

    portions: int = 0
    left: int = 0
    expired: int = 0

    def of(self, points: int) -> Breakage:
        """The share of `points`, rounded half up."""
        if not points:
            return Breakage(0, is_small=False)
        if not self.left:
            return Breakage(None, is_small=True)
        share = allocate(points, [self.expired, self.left - self.expired])[0]
        return Breakage(share, is_small=self.portions < FEW_PORTIONS)


# What went to another customer, who is one person or was given it, is judged there and not here.
ENDED = """
WITH ended AS (
    SELECT lot.id, lot.amount, lot.active_at, lot.ends_at
    FROM loyalty_lot lot JOIN loyalty_transfer earned ON earned.id = lot.transfer_id
    WHERE earned.store_id = %(store)s AND earned.asset = 'points'
        AND lot.ends_at <= %(at)s AND lot.ends_at > %(at)s - interval '3 years'
), uses AS (
    SELECT ended.id AS lot_id, use.amount, taken.kind, taken.effective_at
    FROM ended
    JOIN loyalty_lotuse use ON use.lot_id = ended.id
    JOIN loyalty_transfer taken ON taken.id = use.transfer_id
    WHERE taken.effective_at <= %(at)s
), seen AS (
    SELECT ended.id, age.days,
        ended.amount - coalesce(sum(uses.amount) FILTER (
            WHERE uses.effective_at < ended.active_at + make_interval(days => age.days)
                OR uses.kind IN ('move', 'merge')
        ), 0)::bigint AS left_then,
        coalesce(sum(uses.amount) FILTER (WHERE uses.kind = 'expiry'), 0)::bigint AS expired
    FROM ended
    JOIN unnest(%(ages)s::int[]) AS age (days) ON ended.active_at + make_interval(days => age.days) < ended.ends_at
    LEFT JOIN uses ON uses.lot_id = ended.id
    GROUP BY ended.id, ended.amount, ended.active_at, age.days
)
SELECT days, count(*) FILTER (WHERE left_then > 0), sum(left_then)::bigint, sum(expired)::bigint FROM seen GROUP BY days
"""


def breakage_of(store: Store, *, at: datetime) -> Mapping[int, History]:
    """The history for each of AGES, as it was known at `at`. One query."""
    with connection.cursor() as cursor:
        cursor.execute(ENDED, {"store": store.pk, "at": at, "ages": list(AGES)})
        found = {days: History(*figures) for days, *figures in cursor.fetchall()}
    return {days: found.get(days, History()) for days in AGES}
