"""Recurring days as moments: in the store's zone, over clock changes, leap days and short months."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from loyalty.document.terms import Holidays, LastWeekend, Paydays, Recurring, Weekly
from loyalty.schedule import StoreCalendar, wall_time, windows, within
from shop.countries import is_country, public_holidays

LONDON, MOSCOW, AUCKLAND = "Europe/London", "Europe/Moscow", "Pacific/Auckland"
FRIDAYS = Weekly(weekdays=(5,))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shown(
    recurring: Recurring,
    since: str,
    until: str,
    *,
    zone: str = LONDON,
    paydays: tuple[int, ...] = (),
    country: str = "",
) -> list[str]:
    """The windows as the clocks of the zone show them: "Fri 27 00:00 - Sat 28 00:00"."""
    calendar = StoreCalendar(zone, paydays, country)
    found = windows(recurring, calendar, since=moment(since), until=moment(until))
    return [" - ".join(_wall(end, zone) for end in window) for window in found]


def _wall(at: int, zone: str) -> str:
    return f"{datetime.fromtimestamp(at, tz=ZoneInfo(zone)):%a %d %H:%M}"


@pytest.mark.parametrize(
    ("zone", "starts_at"),
    [(LONDON, "2026-05-07T23:00"), (MOSCOW, "2026-05-07T21:00"), (AUCKLAND, "2026-05-07T12:00")],
)
def test_a_friday_is_the_stores_own_friday(zone: str, starts_at: str) -> None:
    found = windows(FRIDAYS, StoreCalendar(zone), since=moment("2026-05-04"), until=moment("2026-05-10"))
    start = int(moment(starts_at).timestamp())
    assert found == ((start, start + 86_400),)


def test_every_friday_of_a_month_is_a_window() -> None:
    assert shown(FRIDAYS, "2026-05-01", "2026-06-01") == [
        f"Fri {day:02} 00:00 - Sat {day + 1:02} 00:00" for day in (1, 8, 15, 22, 29)
    ]


def test_days_in_a_row_are_one_window() -> None:
    weekend = Weekly(weekdays=(6, 7))
    assert shown(weekend, "2026-05-04", "2026-05-11") == ["Sat 09 00:00 - Mon 11 00:00"]


def test_hours_of_days_in_a_row_are_windows_of_their_own() -> None:
    evenings = Weekly(weekdays=(4, 5), from_minute=18 * 60, to_minute=21 * 60)
    assert shown(evenings, "2026-05-04", "2026-05-11") == [
        "Thu 07 18:00 - Thu 07 21:00",
        "Fri 08 18:00 - Fri 08 21:00",
    ]


def test_a_window_that_has_just_ended_is_left_out_and_one_that_is_running_is_whole() -> None:
    assert shown(FRIDAYS, "2026-05-08T23:00", "2026-05-14T23:00") == []
    assert shown(FRIDAYS, "2026-05-08T22:59", "2026-05-14T23:01") == [
        "Fri 08 00:00 - Sat 09 00:00",
        "Fri 15 00:00 - Sat 16 00:00",
    ]


def test_the_sunday_of_the_spring_change_has_23_hours_and_that_of_autumn_25() -> None:
    sundays = Weekly(weekdays=(7,))
    calendar = StoreCalendar(LONDON)
    ((start, end),) = windows(sundays, calendar, since=moment("2026-03-29"), until=moment("2026-03-29T12:00"))
    assert end - start == 23 * 3600
    ((start, end),) = windows(sundays, calendar, since=moment("2026-10-25"), until=moment("2026-10-25T12:00"))
    assert end - start == 25 * 3600


def test_hours_that_the_spring_change_leaves_out_begin_with_the_change() -> None:
    night = Weekly(weekdays=(7,), from_minute=90, to_minute=300)
    assert shown(night, "2026-03-28", "2026-03-30") == ["Sun 29 02:00 - Sun 29 05:00"]


def test_hours_that_lie_wholly_in_the_missing_hour_do_not_come() -> None:
    gone = Weekly(weekdays=(7,), from_minute=65, to_minute=115)
    assert shown(gone, "2026-03-28", "2026-03-30") == []
    assert len(shown(gone, "2026-03-21", "2026-04-06")) == 2


def test_hours_that_autumn_shows_twice_run_from_the_first_to_the_second_time() -> None:
    night = Weekly(weekdays=(7,), from_minute=60, to_minute=90)
    calendar = StoreCalendar(LONDON)
    ((start, end),) = windows(night, calendar, since=moment("2026-10-24"), until=moment("2026-10-26"))
    assert (start, end) == (
        moment("2026-10-25T00:00").timestamp(),
        moment("2026-10-25T01:30").timestamp(),
    )


def test_a_day_whose_midnight_is_left_out_begins_when_the_clocks_have_changed() -> None:
    """Santiago goes from 23:59:59 on Saturday to 01:00 on Sunday."""
    start = wall_time(datetime(2026, 9, 6, tzinfo=UTC).date(), 0, ZoneInfo("America/Santiago"))
    assert _wall(start, "America/Santiago") == "Sun 06 01:00"


def test_a_day_that_a_zone_leaves_out_has_no_window() -> None:
    """Samoa had no 30 December 2011, a Friday."""
    assert shown(FRIDAYS, "2011-12-26", "2012-01-01", zone="Pacific/Apia") == []


@pytest.mark.parametrize(
    ("month", "weekend"),
    [
        (5, "Sat 30 00:00 - Mon 01 00:00"),
        (1, "Sat 24 00:00 - Mon 26 00:00"),  # the 31st is a Saturday: its Sunday is February's
        (2, "Sat 21 00:00 - Mon 23 00:00"),
    ],
)
def test_the_last_weekend_lies_wholly_in_its_month(month: int, weekend: str) -> None:
    assert shown(LastWeekend(), f"2026-{month:02}-10", f"2026-{month + 1:02}-03") == [weekend]


def test_the_last_weekend_of_a_leap_february_may_end_on_the_29th() -> None:
    assert shown(LastWeekend(), "2032-02-10", "2032-03-03") == ["Sat 28 00:00 - Mon 01 00:00"]


def test_a_payday_that_the_month_lacks_is_its_last_day() -> None:
    assert shown(Paydays(), "2026-02-01", "2026-04-01", paydays=(31,)) == [
        "Sat 28 00:00 - Sun 01 00:00",
        "Tue 31 00:00 - Wed 01 00:00",
    ]
    assert shown(Paydays(), "2028-02-01", "2028-03-01", paydays=(30,)) == ["Tue 29 00:00 - Wed 01 00:00"]


def test_two_paydays_that_fall_on_one_day_are_one() -> None:
    assert shown(Paydays(), "2026-02-01", "2026-03-01", paydays=(10, 30, 31)) == [
        "Tue 10 00:00 - Wed 11 00:00",
        "Sat 28 00:00 - Sun 01 00:00",
    ]


def test_a_store_without_paydays_or_a_country_has_no_such_days() -> None:
    assert shown(Paydays(), "2026-01-01", "2027-01-01") == []
    assert shown(Holidays(), "2026-01-01", "2027-01-01") == []


def test_days_around_a_holiday_are_whole_local_days() -> None:
    new_year = Holidays(names=("New Year's Day",), days_before=2, days_after=1)
    assert shown(new_year, "2026-12-01", "2027-01-31", country="GB") == ["Wed 30 00:00 - Sun 03 00:00"]


def test_a_holiday_of_next_year_counts_before_this_one_ends() -> None:
    new_year = Holidays(names=("new year's day",), days_before=7)
    assert shown(new_year, "2026-12-25", "2026-12-26", country="GB") == ["Fri 25 00:00 - Sat 02 00:00"]


def test_without_names_every_public_holiday_counts() -> None:
    assert shown(Holidays(), "2026-12-20", "2026-12-31", country="GB") == [
        "Fri 25 00:00 - Sun 27 00:00",
        "Mon 28 00:00 - Tue 29 00:00",
    ]


def test_holidays_of_russia_bear_the_names_that_offers_use() -> None:
    names = {name for found in public_holidays("RU", 2026).values() for name in found}
    assert "Victory Day" in names
    assert is_country("RU")
    assert not is_country("ru")
    assert not is_country("ZZ")


def test_a_personal_window_is_cut_by_the_recurring_ones() -> None:
    fridays = ((100, 200), (300, 400))
    assert within(fridays, (150, 350)) == ((150, 200), (300, 350))
    assert within(fridays, (200, 300)) == ()
    assert within(None, (150, 350)) == ((150, 350),)
