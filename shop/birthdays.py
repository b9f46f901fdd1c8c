"""How far a day is from somebody's birthday. One on 29 February is kept on 28 February in common years."""

from calendar import isleap
from datetime import date


def birthday_offset_days(birth_on: date | None, *, today: date) -> int | None:
    """Days from the nearest birthday to today: -3 is three days before it, 0 the day itself. None: unknown."""
    if birth_on is None:
        return None
    kept = (_kept_in(year, birth_on) for year in (today.year - 1, today.year, today.year + 1))
    return min(((today - day).days for day in kept), key=abs)


def _kept_in(year: int, birth_on: date) -> date:
    if (birth_on.month, birth_on.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return birth_on.replace(year=year)


def births_kept_on(day: date) -> tuple[str, ...]:
    """The births, as "MMDD", whose birthday is kept on this day."""
    mine = day.strftime("%m%d")
    return (mine, "0229") if mine == "0228" and not isleap(day.year) else (mine,)
