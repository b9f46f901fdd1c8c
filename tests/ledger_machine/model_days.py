"""The model's own calendar: local days, months, and when points and tiers end by the handbook's words."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.ledger_machine.terms import Terms

DAY = timedelta(days=1)


def day_of(at: datetime, terms: Terms) -> date:
    return at.astimezone(ZoneInfo(terms.zone)).date()


def day_begins(day: date, terms: Terms) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(terms.zone)).astimezone(UTC)


def day_is_over(day: date, terms: Terms) -> datetime:
    """A date means the whole of that local day."""
    return day_begins(day + DAY, terms)


def months_later(day: date, months: int) -> date:
    """ "n months" from the 31st lands on the last day of a short month."""
    number = day.year * 12 + day.month - 1 + months
    for last in (day.day, 30, 29, 28):
        try:
            return date(number // 12, number % 12 + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def period_of(day: date, period: str) -> tuple[int, int]:
    """The calendar period that a day lies in."""
    return (day.year, 0) if period == "year" else (day.year, (day.month - 1) // 3)


def last_day_of_period(day: date, period: str) -> date:
    first_month, months = (1, 12) if period == "year" else ((day.month - 1) // 3 * 3 + 1, 3)
    return months_later(date(day.year, first_month, 1), months) - DAY


def points_are_over(active_at: datetime, terms: Terms, *, life_days: int) -> datetime:
    """The end of a local day: so many days after they became active, or with the calendar period and its grace."""
    day = day_of(active_at, terms)
    if terms.expiry == "rolling":
        return day_is_over(day + life_days * DAY, terms)
    if terms.expiry == "sliding":
        return day_is_over(day + terms.slide_days * DAY, terms)
    return day_is_over(last_day_of_period(day, terms.expiry) + terms.grace_days * DAY, terms)
