"""Not at night, and not too often: by the store's settings, or by the usual ones where it has set none."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shop.models import Store

QUIET_FROM, QUIET_UNTIL = time(21), time(9)
MAILS_MAX, MAILS_MAX_DAYS = 2, 7


@dataclass(frozen=True, slots=True)
class Pace:
    """Quiet from one time of the customer's day to another (equal: never); at most `mails_max` within `days`, None:
    any number."""

    quiet_from: time
    quiet_until: time
    mails_max: int | None
    days: int


def pace_of(store: Store, *, is_usual: bool) -> Pace:
    """`is_usual`: whether the usual settings hold where the store has set none."""
    usual_from, usual_until = (QUIET_FROM, QUIET_UNTIL) if is_usual else (time(0), time(0))
    return Pace(
        quiet_from=usual_from if store.quiet_from is None else store.quiet_from,
        quiet_until=usual_until if store.quiet_until is None else store.quiet_until,
        mails_max=(MAILS_MAX if is_usual else None) if store.mails_max is None else store.mails_max,
        days=store.mails_max_days or MAILS_MAX_DAYS,
    )


def quiet_ends_at(pace: Pace, zone: ZoneInfo, *, at: datetime) -> datetime | None:
    """When the quiet hours that hold at `at` are over; None outside of them.

    By the wall clock, so that an hour which the clocks skip or repeat lengthens no night twice.
    """
    here = at.astimezone(zone)
    if not _is_within(here.time(), pace):
        return None
    day = here.date()
    if here.time() >= pace.quiet_until:
        day += timedelta(days=1)
    over_at = datetime.combine(day, pace.quiet_until, tzinfo=zone)
    # In the hour that comes twice the first one of that name may be behind us: then it is the second.
    return over_at.replace(fold=int(over_at <= at)).astimezone(UTC)


def _is_within(now: time, pace: Pace) -> bool:
    begins, ends = pace.quiet_from, pace.quiet_until
    return begins <= now < ends if begins <= ends else now >= begins or now < ends
