"""Recurring days of offers, resolved to moments: each store has its own zone, paydays and holidays.

A window is [start, end) in epoch seconds. Windows of one schedule do not touch each other and ascend.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.document.bounds import DAY_MINUTES
from loyalty.document.terms import Holidays, LastWeekend, Paydays, Recurring, Weekly
from shop.countries import public_holidays
from shop.models import Store

Windows = tuple[tuple[int, int], ...]

SUNDAY = 7
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StoreCalendar:
    """What of a store decides when its recurring days are. `country` is empty where no holidays count."""

    time_zone: str
    paydays: tuple[int, ...] = ()
    country: str = ""


def calendar_of(store: Store) -> StoreCalendar:
    """The store's own."""
    return StoreCalendar(store.time_zone, tuple(store.paydays), store.country)


def windows(recurring: Recurring, calendar: StoreCalendar, *, since: datetime, until: datetime) -> Windows:
    """The windows that have a moment in [since, until), whole ones; of past and of future alike."""
    zone = ZoneInfo(calendar.time_zone)
    # Days on both sides of the period are looked at, since the store's days are not those of UTC.
    first, last = since.astimezone(zone).date() - ONE_DAY, until.astimezone(zone).date() + ONE_DAY
    days = DAYS[type(recurring)](recurring, calendar, first, last)
    from_minute, to_minute = _hours(recurring)
    found = ((wall_time(day, from_minute, zone), _end(day, to_minute, zone)) for day in sorted(set(days)))
    low, high = int(since.timestamp()), int(until.timestamp())
    return tuple(window for window in _merged(found) if window[0] < high and low < window[1])


def within(outer: Windows | None, inner: tuple[int, int]) -> Windows:
    """The parts of one window that lie in the others; None is "always"."""
    if outer is None:
        return (inner,)
    parts = ((max(start, inner[0]), min(end, inner[1])) for start, end in outer)
    return tuple(part for part in parts if part[0] < part[1])


def wall_time(day: date, minute: int, zone: ZoneInfo, *, last: bool = False) -> int:
    """The first moment, in epoch seconds, at which the clocks of `zone` show this minute of the day or a later one.

    A time that a spring change leaves out begins with the change. Of one that an autumn change shows twice it is the
    first; with `last` the second.
    """
    wanted = datetime.combine(day, time.min) + timedelta(minutes=minute)
    early, late = (wanted.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if late >= early:
        return int((late if last else early).timestamp())
    # The clocks skip it: `late` is before the change and `early` after it.
    low, high = int(late.timestamp()), int(early.timestamp())
    while low < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, tz=zone).replace(tzinfo=None) >= wanted:
            high = middle
        else:
            low = middle + 1
    return low


def _hours(recurring: Recurring) -> tuple[int, int]:
    return (recurring.from_minute, recurring.to_minute) if isinstance(recurring, Weekly) else (0, DAY_MINUTES)


def _end(day: date, minute: int, zone: ZoneInfo) -> int:
    """A day ends where the next one begins; hours end when the clocks show them for the last time."""
    if minute == DAY_MINUTES:
        return wall_time(day + ONE_DAY, 0, zone)
    return wall_time(day, minute, zone, last=True)


def _merged(found: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ascending windows, those that touch made one; empty ones, which a clock change has swallowed, left out."""
    start = end = None
    for low, high in found:
        if low >= high:
            continue
        if end is not None and low <= end:
            end = max(end, high)
            continue
        if start is not None and end is not None:
            yield start, end
        start, end = low, high
    if start is not None and end is not None:
        yield start, end


def _each_day(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    """Year and month of every month that has a day in the period."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return (divmod(first.year * 12 + first.month - 1 + n, 12) for n in range(count + 1))


def _weekdays(recurring: Weekly, _: StoreCalendar, first: date, last: date) -> Iterator[date]:
    return (day for day in _each_day(first, last) if day.isoweekday() in recurring.weekdays)


def _last_weekends(_: LastWeekend, __: StoreCalendar, first: date, last: date) -> Iterator[date]:
    """The last Sunday of the month and the Saturday before it, which is always of the same month."""
    # A month later too: a weekend is one window, even if the period ends between its days.
    for year, month in _months(first - ONE_DAY, last + ONE_DAY):
        end = date(year, month + 1, monthrange(year, month + 1)[1])
        sunday = end - timedelta(days=end.isoweekday() % SUNDAY)
        yield from (sunday - ONE_DAY, sunday)


def _paydays(_: Paydays, calendar: StoreCalendar, first: date, last: date) -> Iterator[date]:
    """A payday that the month lacks is its last day."""
    for year, month in _months(first, last):
        length = monthrange(year, month + 1)[1]
        yield from (date(year, month + 1, min(day, length)) for day in calendar.paydays)


def _holidays(recurring: Holidays, calendar: StoreCalendar, first: date, last: date) -> Iterator[date]:
    """Whole windows around holidays of which any day is in the period."""
    before, after = timedelta(days=recurring.days_before), timedelta(days=recurring.days_after)
    wanted = {name.casefold() for name in recurring.names}
    for year in range((first - after).year, (last + before).year + 1):
        for day, names in public_holidays(calendar.country, year).items():
            if not wanted or any(name.casefold() in wanted for name in names):
                yield from _each_day(day - before, day + after)


DAYS: Mapping[type[Any], Callable[[Any, StoreCalendar, date, date], Iterator[date]]] = {
    Weekly: _weekdays,
    LastWeekend: _last_weekends,
    Paydays: _paydays,
    Holidays: _holidays,
}
