"""When points end: by the store's policy, always with the end of one of its local days."""

from datetime import date, datetime, timedelta

from shop.clock import end_of_day, local_date
from shop.models import Store

Expiry = Store.Expiry


def points_end(store: Store, *, active_at: datetime, life_days: int) -> datetime:
    """The end of points that become spendable at `active_at`; `life_days` are those of the rule that gave them.

    Rolling: so many days later. With the calendar: the year or quarter that they become spendable in, and the days of
    grace. Sliding: the store's days later, and purchases move that. Never before `active_at`.
    """
    on = local_date(store, active_at)
    return end_of_day(store, _last_day(store, on, life_days=life_days))


def end_after_purchase(store: Store, *, bought_at: datetime) -> datetime:
    """To where a purchase moves the end of what can be spent then, where the store's policy is sliding."""
    return end_of_day(store, local_date(store, bought_at) + timedelta(days=store.points_slide_days))


def _last_day(store: Store, on: date, *, life_days: int) -> date:
    if store.points_expiry == Expiry.SLIDING:
        return on + timedelta(days=store.points_slide_days)
    if store.points_expiry in (Expiry.YEAR, Expiry.QUARTER):
        months = 12 if store.points_expiry == Expiry.YEAR else 3
        return _last_of_period(on, months) + timedelta(days=store.points_grace_days)
    return on + timedelta(days=life_days)


def _last_of_period(on: date, months: int) -> date:
    """Of the year, or of the quarter."""
    last = (on.month - 1) // months * months + months
    first_after = date(on.year + last // 12, last % 12 + 1, 1)
    return first_after - timedelta(days=1)
