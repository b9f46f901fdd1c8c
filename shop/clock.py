"""A store's time and days. Callers pass the moment in; nothing here reads the clock."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shop.models import Customer, Store
from shop.time_zones import is_time_zone


def store_moment(store: Store, at: datetime) -> datetime:
    """The moment by the store's own clock: a sandbox's may run ahead."""
    return at + timedelta(seconds=store.clock_shift_seconds)


def zone_of(store: Store, customer: Customer) -> ZoneInfo:
    """The customer's time zone; the store's where it is unknown, or where nobody knows a zone of that name."""
    return ZoneInfo(customer.time_zone if is_time_zone(customer.time_zone) else store.time_zone)


def local_date(store: Store, at: datetime) -> date:
    """The date on the wall of the shop."""
    return at.astimezone(ZoneInfo(store.time_zone)).date()


def start_of_day(store: Store, on: date) -> datetime:
    """The first moment of the store's local day, in UTC."""
    return datetime.combine(on, time.min, tzinfo=ZoneInfo(store.time_zone)).astimezone(ZoneInfo("UTC"))


def end_of_day(store: Store, on: date) -> datetime:
    """The moment the store's local day has ended: the first one of the next day, in UTC (windows are half-open)."""
    return start_of_day(store, on + timedelta(days=1))


def last_day_of(store: Store, ends_at: datetime) -> date:
    """The store's local day that something half-open which ends at `ends_at` is last good on."""
    return local_date(store, ends_at - timedelta(microseconds=1))
