"""The calendar on the wall, worked out by looking at it: the oracle of days and months. Knows zoneinfo alone.

Nothing of the product is used here, and no arithmetic of offsets: a day begins at the first moment that shows its date,
or a later one where the place has skipped it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
# Clocks differ from UTC by less; and none was ever put back so far that a day began twice further apart.
AHEAD_MAX, BACK_MAX = timedelta(hours=27), timedelta(hours=3)


def date_on(zone: str, at: datetime) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


@cache
def first_moment(zone: str, day: date) -> datetime:
    """Of the local day, in UTC. By looking at the clock, hour by hour and then minute by minute."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - AHEAD_MAX
    while date_on(zone, at) < day:
        at += HOUR
    # Where the clocks are put back over midnight, that hour may be the second time: look at some before it.
    at -= BACK_MAX
    while date_on(zone, at) < day:
        at += MINUTE
    return at


def end_of(zone: str, day: date) -> datetime:
    return first_moment(zone, day + DAY)


def months_later(day: date, months: int) -> date:
    """The same day of the month, or the last one of a short month: back from the 31st until the date is there."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    for back in range(4):
        try:
            return date(year, month, day.day - back)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def period_of(day: date, months: int) -> tuple[int, int]:
    """Which year and part of it a day belongs to."""
    return day.year, (day.month - 1) // months


def last_of_period(day: date, months: int) -> date:
    last = day
    while period_of(last + DAY, months) == period_of(day, months):
        last += DAY
    return last


def days_between(first: date, last: date) -> Iterator[date]:
    """`last` is not one of them."""
    while first < last:
        yield first
        first += DAY


@cache
def odd_days(zone: str, first: date, last: date) -> tuple[date, ...]:
    """Days of the span that have not got 24 hours."""
    noons = {day: _shown_at_noon(zone, day) for day in days_between(first - DAY, last + 2 * DAY)}
    near = [day for day in days_between(first, last) if len({noons[day + n * DAY] for n in (-1, 0, 1)}) > 1]
    return tuple(day for day in near if end_of(zone, day) - first_moment(zone, day) != DAY)


def _shown_at_noon(zone: str, day: date) -> timedelta:
    """How far the clock on the wall is ahead of UTC's noon: only to know where to look."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return noon.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC) - noon


@cache
def rich_days(zone: str, first: date, last: date) -> tuple[date, ...]:
    """Days on which the clocks change or that the place skips, with their neighbours; ends of months; 29 February."""
    found = {day + n * DAY for day in odd_days(zone, first, last) for n in (-1, 0, 1)}
    for day in days_between(first, last):
        if (day + DAY).day == 1 or (day.month, day.day) in {(2, 28), (2, 29)}:
            found |= {day, day + DAY}
    return tuple(sorted(day for day in found if first <= day < last))
