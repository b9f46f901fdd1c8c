"""Ends of tiers through five years, every clock change and 29 February; jobs late, doubled, or absent for two days."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty.tiers.calendar import add_months, after_grace, day_start, kept_until, window_start
from loyalty.tiers.recompute import unwritten
from loyalty.tiers.standing import Counted, Facts, Ladder, Rung, Stand, replay

# Changes at midnight, by half an hour, across the date line, in the southern summer, and none at all.
ZONES = [
    "Europe/London",
    "America/New_York",
    "America/Santiago",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Havana",
]
FROM, TO = datetime(2023, 12, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
PERIODS = [("rolling", 12, 0), ("rolling", 6, 30), ("year", None, 60), ("quarter", None, 10)]


def _facts(zone: str, period: str, months: int | None, grace: int, *, dice: random.Random) -> Facts:
    """About one purchase in four weeks, some of them returned, on a ladder of two tiers that was changed once."""
    low, high = (Rung(1, 100), Rung(2, 250)), (Rung(1, 120), Rung(2, 250), Rung(3, 600))
    bought: list[Counted] = []
    moment = FROM
    while (moment := moment + timedelta(days=dice.randint(1, 50), seconds=dice.randint(0, 86_399))) < TO:
        cuts: tuple[tuple[datetime, int], ...] = ()
        if dice.random() < 0.25:
            cuts = ((moment + timedelta(days=dice.randint(1, 40), seconds=7), dice.randint(20, 90)),)
        bought.append(Counted(moment, dice.randint(40, 160), len(bought) + 1, cuts))
    ladders = [
        Ladder(FROM, "spend", period, months, grace, low),
        Ladder(datetime(2026, 2, 28, 23, 30, tzinfo=UTC), "spend", period, months, grace, high),
    ]
    return Facts(ZoneInfo(zone), ladders, {"spend": bought})


def _known(facts: Facts, at: datetime) -> Facts:
    """What had happened by then."""
    rows = [
        Counted(one.at, one.amount, one.order, tuple(cut for cut in one.cuts if cut[0] <= at))
        for one in facts.counted["spend"]
        if one.at <= at
    ]
    ladders = [ladder for ladder in facts.ladders if ladder.in_force_at <= at]
    return Facts(facts.zone, ladders, {"spend": rows})


def _run(facts: Facts, moments: Iterable[datetime]) -> list[Stand]:
    """The history that jobs at these moments write."""
    written: list[Stand] = []
    seen_at: datetime | None = None
    for at in moments:
        last = written[-1] if written else None
        written.extend(unwritten(_known(facts, at), last, at=at, seen_at=seen_at))
        seen_at = at
    return written


def _ideal_moments(facts: Facts) -> list[datetime]:
    """Every fact at its moment, and local days at their first one."""
    days = {day_start(date(2023, 12, 1) + timedelta(days=n), facts.zone) for n in range(0, 1_860, 20)}
    told = {one.at for one in facts.counted["spend"]}
    told |= {at for one in facts.counted["spend"] for at, _ in one.cuts}
    told |= {ladder.in_force_at for ladder in facts.ladders}
    return sorted(moment for moment in days | told if moment <= TO)


def _late(moments: Sequence[datetime], *, dice: random.Random) -> list[datetime]:
    """Some runs are late by minutes, some doubled, and now and then nobody runs for two days."""
    late: list[datetime] = []
    absent_until = FROM
    for moment in moments:
        if moment < absent_until:
            continue
        if dice.random() < 0.05:
            absent_until = moment + timedelta(days=2)
            continue
        late.extend([moment + timedelta(minutes=dice.randint(0, 50))] * dice.choice((1, 1, 2)))
    return [*sorted(late), TO + timedelta(days=2)]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("period", "months", "grace"), PERIODS)
def test_late_doubled_and_absent_jobs_write_what_an_ideal_run_writes(
    zone: str, period: str, months: int | None, grace: int
) -> None:
    dice = random.Random(f"{zone}{period}{months}")
    facts = _facts(zone, period, months, grace, dice=dice)
    ideal = [*_ideal_moments(facts), TO + timedelta(days=2)]
    expected = _run(facts, ideal)
    assert len(expected) >= 4, "the story has something to tell"
    assert _run(facts, _late(ideal, dice=dice)) == expected


@pytest.mark.parametrize("zone", ZONES)
def test_a_tier_ends_with_a_local_day_and_never_within_one(zone: str) -> None:
    dice = random.Random(zone)
    facts = _facts(zone, "rolling", 12, 30, dice=dice)
    ends = [stand.at for stand in replay(facts, until=TO).stands if stand.cause == "lapsed"]
    for end in ends:
        before = (end - timedelta(seconds=1)).astimezone(facts.zone)
        assert before.date() < end.astimezone(facts.zone).date()


@pytest.mark.parametrize("zone", ZONES)
def test_twelve_months_are_twelve_months_for_every_day_of_five_years(zone: str) -> None:
    tz = ZoneInfo(zone)
    for number in range(0, 5 * 366, 3 if zone != ZONES[0] else 1):
        day = date(2024, 1, 1) + timedelta(days=number)
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=tz)
        end = kept_until("rolling", zone=tz, at=noon)
        last_day = (end - timedelta(microseconds=1)).astimezone(tz).date()
        assert last_day == add_months(day, 12)
        # The day on which it was reached counts no longer then.
        assert window_start("rolling", 12, zone=tz, at=end) > noon


def test_a_tier_of_the_leap_day_lives_to_28_february() -> None:
    tz = ZoneInfo("Europe/London")
    end = kept_until("rolling", zone=tz, at=datetime(2028, 2, 29, 15, tzinfo=UTC))
    assert end == datetime(2029, 3, 1, tzinfo=UTC)
    assert window_start("rolling", 12, zone=tz, at=end) == datetime(2028, 3, 1, tzinfo=UTC)


def test_calendar_periods_end_with_the_stores_own_new_year() -> None:
    tz = ZoneInfo("Pacific/Apia")
    late = datetime(2026, 12, 31, 10, 30, tzinfo=UTC)  # half past eleven in the evening there
    assert kept_until("year", zone=tz, at=late) == datetime(2026, 12, 31, 11, tzinfo=UTC)
    assert kept_until("quarter", zone=tz, at=late) == datetime(2026, 12, 31, 11, tzinfo=UTC)
    assert window_start("quarter", None, zone=tz, at=late) == day_start(date(2026, 10, 1), tz)


def test_days_of_grace_are_whole_local_days() -> None:
    tz = ZoneInfo("America/New_York")
    until = day_start(date(2026, 3, 1), tz)
    assert after_grace(until, 10, zone=tz) == day_start(date(2026, 3, 11), tz)
    assert after_grace(until, 0, zone=tz) == until
