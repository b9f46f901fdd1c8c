"""What a rule may still give a customer: its cap in a period, and the time it rests after it has given something.

The limits stand in the WHERE and in a constraint. The caller owns the transaction.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from loyalty.earning_terms import EarningTerms
from loyalty.models import EarningCount

# The period under which a rule notes when it gave something last.
LAST = "last"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose points, and when they were earned; `on` is that moment's day in the store."""

    store_id: int
    customer_id: int
    on: date
    at: datetime


def take_from_cap(terms: EarningTerms, whose: Whose, *, points: int) -> int:
    """Of `points` as many as the cap of the day's period has left; they are taken. Without a cap: all of them."""
    assert connection.in_atomic_block, "what is taken belongs to the transaction of what it is taken for"
    cap = terms.cap_points
    if cap is None or not points:
        return points
    count = _count(terms, terms.period_of(whose.on), whose, last_at=whose.at, points_max=cap)
    taken = min(points, max(0, cap - count.points))
    if not taken:
        return 0
    fits = EarningCount.objects.filter(pk=count.pk, points__lte=cap - taken)
    changed = fits.update(
        points=F("points") + taken,
        points_max=cap,
        last_at=Greatest(F("last_at"), whose.at),
    )
    return taken if changed else 0


def rest_is_over(terms: EarningTerms, whose: Whose) -> bool:
    """Whether the rule may give something at that moment; from then on it rests again. One that never rests: yes."""
    assert connection.in_atomic_block, "what is taken belongs to the transaction of what it is taken for"
    if terms.cooldown_days is None:
        return True
    since = whose.at - timedelta(days=terms.cooldown_days)
    count = _count(terms, LAST, whose, last_at=since, points_max=None)
    rested = EarningCount.objects.filter(pk=count.pk, last_at__lte=since)
    return rested.update(last_at=whose.at) == 1


def _count(
    terms: EarningTerms, period: str, whose: Whose, *, last_at: datetime, points_max: int | None
) -> EarningCount:
    """The row, made where it is missing, locked."""
    mine = EarningCount.objects.filter(customer_id=whose.customer_id, code=terms.code, period=period)
    found = mine.select_for_update().first()
    if found is None:
        fresh = EarningCount(
            store_id=whose.store_id,
            customer_id=whose.customer_id,
            code=terms.code,
            period=period,
            points_max=points_max,
            last_at=last_at,
        )
        EarningCount.objects.bulk_create([fresh], ignore_conflicts=True)
        found = mine.select_for_update().get()
    return found
