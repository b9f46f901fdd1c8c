"""What the points that customers hold are: where they came from, how old they are, when they end, how many will never
be used. As of any moment, from the ledger itself, so it equals the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.db import connection

from reports.queries.breakage import AGES, Breakage, breakage_of
from shop.models import Store

By = Literal["effective", "recorded"]
CLOCKS: Mapping[str, str] = {"effective": "effective_at", "recorded": "recorded_at"}


@dataclass(frozen=True, slots=True)
class Flows:
    """Points since the beginning: issued by orders and occasions, corrected by hand (less what was taken), given back
    by refunds; spent, expired, taken back by refunds (debts repaid among them)."""

    issued: int
    adjusted: int
    returned: int
    spent: int
    expired: int
    taken_back: int

    @property
    def outstanding(self) -> int:
        return self.issued + self.adjusted + self.returned - self.spent - self.expired - self.taken_back


@dataclass(frozen=True, slots=True)
class AgeBucket:
    """Spendable points whose portions became spendable so many days ago; `days_max` None: and more."""

    days_min: int
    days_max: int | None
    points: int
    breakage: Breakage


@dataclass(frozen=True, slots=True)
class EndMonth:
    """Points, pending ones included, that end within the month, by the store's calendar."""

    starts_on: date
    points: int


@dataclass(frozen=True, slots=True)
class Liability:
    """As of `at`. `flows.outstanding` = pending + active + ended; `ended` have no time left and are not booked as
    expired yet, or a cart holds them. `owed` is what customers owe. `point_value` in minor units."""

    at: datetime
    by: str
    flows: Flows
    pending: int
    active: int
    ended: int
    owed: int
    holders: int
    ages: tuple[AgeBucket, ...]
    months: tuple[EndMonth, ...]
    pending_breakage: Breakage
    point_value: int

    @property
    def outstanding(self) -> int:
        return self.flows.outstanding

    @property
    def expected_breakage(self) -> int | None:
        """Points that will never be used, if the past repeats itself; None while it can not be told."""
        parts = [*(bucket.breakage for bucket in self.ages), self.pending_breakage]
        known = [part.points for part in parts if part.points is not None]
        return None if len(known) < len(parts) else sum(known) + self.ended


# The few accounts that are not customers': told by their keys, movements need no look at the accounts of both ends.
PROGRAMME = """ARRAY(
    SELECT id FROM loyalty_account WHERE store_id = %(store)s AND asset = 'points' AND kind <> 'customer'
)"""
COMES, GOES = f"target_id <> ALL({PROGRAMME})", f"source_id <> ALL({PROGRAMME})"
FLOWS = f"""
SELECT
    coalesce(sum(amount) FILTER (WHERE kind = 'accrual' AND {COMES}), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE kind = 'adjustment' AND {COMES}), 0)::bigint
        - coalesce(sum(amount) FILTER (WHERE kind = 'adjustment' AND {GOES}), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE kind = 'reversal' AND {COMES}), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE kind = 'redemption'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE kind = 'expiry'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE kind = 'reversal' AND {GOES}), 0)::bigint
FROM loyalty_transfer
WHERE store_id = %(store)s AND asset = 'points' AND {{clock}} <= %(at)s
"""  # noqa: S608  names of our own only
# Each portion as it was then: what it was opened with, less what had been taken from it by then.
PORTIONS = """
WITH used AS (
    SELECT use.lot_id, sum(use.amount)::bigint AS amount
    FROM loyalty_lotuse use JOIN loyalty_transfer taken ON taken.id = use.transfer_id
    WHERE taken.store_id = %(store)s AND taken.asset = 'points' AND taken.{clock} <= %(at)s
    GROUP BY use.lot_id
), open AS MATERIALIZED (
    SELECT lot.account_id, lot.active_at, lot.ends_at, lot.amount - coalesce(used.amount, 0) AS points
    FROM loyalty_lot lot
    JOIN loyalty_transfer earned ON earned.id = lot.transfer_id
    LEFT JOIN used ON used.lot_id = lot.id
    WHERE earned.store_id = %(store)s AND earned.asset = 'points' AND earned.{clock} <= %(at)s
        AND lot.amount > coalesce(used.amount, 0)
)
SELECT 'age', CASE WHEN ends_at <= %(at)s THEN -2 WHEN active_at > %(at)s THEN -1
        ELSE (
            SELECT max(days) FROM unnest(%(ages)s::int[]) AS days
            WHERE active_at <= %(at)s - make_interval(days => days)
        )
    END, NULL::date, sum(points)::bigint
FROM open GROUP BY 2
UNION ALL
SELECT 'month', NULL, date_trunc('month', (ends_at - interval '1 microsecond') AT TIME ZONE %(zone)s)::date,
    sum(points)::bigint
FROM open WHERE ends_at > %(at)s GROUP BY 3
UNION ALL
SELECT 'holders', NULL, NULL, count(DISTINCT account_id) FROM open
"""
# Debts repay themselves by movements of their own.
OWED = """
SELECT (SELECT coalesce(sum(amount), 0) FROM loyalty_debt WHERE store_id = %(store)s AND at <= %(at)s)::bigint
    - (SELECT coalesce(sum(amount), 0) FROM loyalty_transfer
        WHERE store_id = %(store)s AND kind = 'reversal' AND key LIKE 'debt:%%' AND {clock} <= %(at)s)::bigint
"""


def liability(store: Store, *, at: datetime, by: By = "effective") -> Liability:
    """Four queries over the whole ledger.

    `by` effective: what was true at `at`, however late it was noticed. By recorded: what the books said then, as their
    seals have it. Ends of portions are today's, where purchases have moved them since.
    """
    values = {"store": store.pk, "at": at, "ages": list(AGES), "zone": store.time_zone}
    (flows,) = _rows(FLOWS, by, values)
    ages: dict[int, int] = {}
    months: list[EndMonth] = []
    holders = 0
    for what, age, month, points in _rows(PORTIONS, by, values):
        if what == "age":
            ages[age] = points
        elif what == "month":
            months.append(EndMonth(month, points))
        else:
            holders = points
    ((owed,),) = _rows(OWED, by, values)
    rates = breakage_of(store, at=at)
    return Liability(
        at=at,
        by=by,
        flows=Flows(*flows),
        pending=ages.get(-1, 0),
        active=sum(points for age, points in ages.items() if age >= 0),
        ended=ages.get(-2, 0),
        owed=owed,
        holders=holders,
        ages=tuple(
            AgeBucket(low, high, ages.get(low, 0), rates[low].of(ages.get(low, 0)))
            for low, high in zip(AGES, [*(days - 1 for days in AGES[1:]), None], strict=True)
        ),
        months=tuple(sorted(months, key=lambda month: month.starts_on)),
        pending_breakage=rates[0].of(ages.get(-1, 0)),
        point_value=store.points_value,
    )


def _rows(statement: str, by: By, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """`statement` by one of the two clocks."""
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{clock}", CLOCKS[by]), values)
        return list(cursor.fetchall())
