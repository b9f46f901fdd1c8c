"""Holds whose time is over: found and ended by a job, and at once where somebody is refused what they still keep."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import connection
from django.utils import timezone

from checkout.end_hold import end_hold
from checkout.models import Quote
from checkout.priced_cart import PricedCart
from checkout.transaction import atomic_with_retry
from pricing.refusals import PointsLimit, Refusal
from shop.models import Store

Result = TypeVar("Result")

BATCH = 100
# Nobody waits at a checkout for longer than this many holds take to be ended.
BATCH_AT_ONCE = 20

# Quotes that somebody else works on are passed over; a sandbox goes by its own clock.
CLAIM = """
SELECT quote.id FROM shop_store store
JOIN checkout_quote quote ON quote.store_id = store.id AND quote.status = 'held'
    AND quote.ends_at <= %(at)s + make_interval(secs => store.clock_shift_seconds)
WHERE %(store)s::bigint IS NULL OR store.id = %(store)s
ORDER BY quote.ends_at LIMIT 1
FOR NO KEY UPDATE OF quote SKIP LOCKED
"""


class HoldsLapsed(Exception):
    """Something is refused that holds whose time is over may still keep. End those, then try once more."""


class RightLost(Exception):
    """Somebody else has taken since the order was priced what it counts on. Try once more, ready to lose."""


def let_lapse(*, at: datetime) -> int:
    """One batch; returns how many holds have ended. `at` is the clock; each store adds its own shift.

    Each in a transaction of its own, so that no two ever wait for one another in a circle.
    """
    return _end_due(None, at=at, limit=BATCH)


def again_without_lapsed(store: Store, act: Callable[[bool], Result]) -> Result:
    """`act(False)`; where it raises HoldsLapsed, the store's lapsed holds are ended and it is `act(True)`, and so it is
    where it raises RightLost.

    For edges, outside of any transaction: ending holds takes locks in their own order.
    """
    try:
        return act(False)
    except HoldsLapsed:
        _end_due(store, at=timezone.now(), limit=BATCH_AT_ONCE)
        return act(True)
    except RightLost:
        return act(True)


def is_refused_by_lapsed(priced: PricedCart) -> bool:
    """Whether a limit stands against this cart that the end of lapsed holds may lift."""
    if not priced.facts.has_lapsed:
        return False
    gone = (Refusal.USED_UP, Refusal.USED_UP_TODAY, Refusal.BUDGET_SPENT)
    is_short = priced.quote.points_limited_by is PointsLimit.NOT_ENOUGH_POINTS
    is_poor = priced.quote.payable > 0 and any(one.is_held_by_others for one in priced.balances)
    return is_short or is_poor or any(each.refusal in gone for each in priced.quote.refused)


def _end_due(store: Store | None, *, at: datetime, limit: int) -> int:
    done = 0
    while done < limit and atomic_with_retry(lambda: _end_one(store, at=at)):
        done += 1
    return done


def _end_one(store: Store | None, *, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"at": at, "store": None if store is None else store.pk})
        row = cursor.fetchone()
    if row is None:
        return False
    quote = Quote.objects.select_related("store").get(pk=row[0])
    end_hold(quote, Quote.Status.LAPSED, at=quote.ends_at, at_recorded=at)
    return True
