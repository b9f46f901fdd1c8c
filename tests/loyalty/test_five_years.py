"""A piece of the campaign over five years and eight time zones: `make soak NAME=calendar N=2` is the whole."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from bench.soaks.calendar import campaign
from bench.soaks.five_years.script import FIVE_YEARS, SHOPS, Span
from bench.soaks.five_years.wall import date_on, first_moment, months_later, odd_days, rich_days
from loyalty.tiers.calendar import add_months, day_start
from shop.clock import end_of_day, start_of_day
from shop.models import Store

ZONES = [shop.zone for shop in SHOPS]
DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)


@pytest.mark.django_db
def test_jobs_late_doubled_and_missing_for_two_days_end_like_an_ideal_run() -> None:
    """Three weeks with 29 February, ends of months, and clocks put forward at one minute past midnight."""
    found = campaign(
        Span(date(2012, 2, 22), date(2012, 3, 13)), customers=1, seed=4, at_once=False, gap_days=7, share=0.04
    )
    assert found.failures == []
    assert found.tried > 60
    assert found.facts["looks_at_customers"] > 10


@pytest.mark.parametrize("zone", ZONES)
def test_days_begin_and_end_as_the_clock_on_the_wall_says(zone: str) -> None:
    store = Store(time_zone=zone)
    for day in rich_days(zone, FIVE_YEARS.first, FIVE_YEARS.last):
        assert start_of_day(store, day) == day_start(day, ZoneInfo(zone)) == first_moment(zone, day)
        assert end_of_day(store, day) == first_moment(zone, day + DAY)
        assert date_on(zone, end_of_day(store, day) - MOMENT) <= day


def test_the_five_years_have_every_trap() -> None:
    span = (FIVE_YEARS.first, FIVE_YEARS.last)
    # As the clocks were set: Samoa lost a day as well, Egypt changed four times in 2010, Russia stopped in 2011.
    assert [len(odd_days(zone, *span)) for zone in ZONES] == [7, 10, 10, 10, 0, 6, 10, 8]
    apia = "Pacific/Apia"
    assert first_moment(apia, date(2011, 12, 30)) == first_moment(apia, date(2011, 12, 31))
    skipped = first_moment("Africa/Cairo", date(2010, 4, 30)).astimezone(ZoneInfo("Africa/Cairo"))
    assert (skipped.hour, skipped.date()) == (1, date(2010, 4, 30))
    # St John's went back from one minute past midnight: its Sunday began twice, and the first time counts.
    twice = first_moment("America/St_Johns", date(2010, 11, 7))
    assert date_on("America/St_Johns", twice + timedelta(minutes=2)) == date(2010, 11, 6)


def test_months_later_is_the_last_day_of_a_short_month() -> None:
    assert months_later(date(2008, 1, 31), 1) == date(2008, 2, 29)
    assert months_later(date(2008, 2, 29), 12) == date(2009, 2, 28)
    day = date(2007, 12, 1)
    for number in range(0, 1_900, 7):
        for months in (1, 3, 12, 25):
            later = day + timedelta(days=number)
            assert add_months(later, months) == months_later(later, months)
