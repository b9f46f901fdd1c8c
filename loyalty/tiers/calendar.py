"""Where the windows of a ladder begin and end: at the first moments of the store's local days."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ROLLING, YEAR, QUARTER = "rolling", "year", "quarter"
# A tier of a rolling window is kept this long; one of a calendar period to the period's end.
KEPT_MONTHS = 12
YEAR_MONTHS = 12
PERIOD_MONTHS = {YEAR: YEAR_MONTHS, QUARTER: 3}
INSTANT = timedelta(microseconds=1)


def window_start(period: str, months: int | None, *, zone: ZoneInfo, at: datetime) -> datetime:
    """The first moment that still counts at `at`. Of a rolling window: that of the first day whose day `months` later
    is not over, so that the day on which a tier was reached no longer counts when it ends."""
    today = at.astimezone(zone).date()
    if period == ROLLING:
        assert months is not None, "a rolling window has a length"
        first = add_months(today, -months)
        if add_months(first, months) < today:
            first += timedelta(days=1)
        return day_start(first, zone)
    return day_start(_period_start(today, PERIOD_MONTHS[period]), zone)


def kept_until(period: str, *, zone: ZoneInfo, at: datetime) -> datetime:
    """The end of a tier reached at `at`: the end of that local day twelve months later, or of the calendar period."""
    today = at.astimezone(zone).date()
    if period == ROLLING:
        return day_start(add_months(today, KEPT_MONTHS) + timedelta(days=1), zone)
    length = PERIOD_MONTHS[period]
    return day_start(add_months(_period_start(today, length), length), zone)


def after_grace(until: datetime, days: int, *, zone: ZoneInfo) -> datetime:
    """The end of the local day `days` after the last one that the tier was kept for."""
    last_day = (until - INSTANT).astimezone(zone).date()
    return day_start(last_day + timedelta(days=days + 1), zone)


def add_months(day: date, months: int) -> date:
    """The same day `months` later; a day that the month lacks is its last one."""
    years, month = divmod(day.month - 1 + months, YEAR_MONTHS)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of the local day, in UTC: where the clocks skip midnight, that of the change."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _period_start(day: date, length: int) -> date:
    return date(day.year, (day.month - 1) // length * length + 1, 1)
