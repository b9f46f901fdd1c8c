"""Pending, active, ended: five years in eight time zones, with every change of the clocks and 29 February; and jobs
that come late, twice, or not for two days. The same as an ideal run."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from loyalty.earn import lot_window
from loyalty.earn_birthdays import earn_birthdays
from loyalty.expire import expire_due
from loyalty.models import Account, Lot, Transfer
from loyalty.points_end import points_end
from loyalty.verify import verify_ledger
from shop.clock import local_date
from shop.models import Order, Person, Store
from tests.factories import make_account, make_customer, make_earning_rule, make_programme_account, make_store

ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Chatham",  # 12:45 ahead
    "Africa/Casablanca",  # twice a year, by the moon
    "America/Santiago",  # changes at midnight: some days have none
    "Asia/Kathmandu",  # 5:45, never changes
    "Pacific/Kiritimati",  # 14 hours ahead
)
FIRST, YEARS = 2024, 5
HOUR, DAY, MOMENT = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
LIFE_DAYS = 90


def every_day() -> Iterator[date]:
    day = date(FIRST, 1, 1)
    while day.year < FIRST + YEARS:
        yield day
        day += DAY


def changes(zone: str) -> list[date]:
    """The days on which the clocks change, each with its neighbours."""
    info = ZoneInfo(zone)

    def offset(day: date) -> timedelta | None:
        return datetime(day.year, day.month, day.day, tzinfo=info).utcoffset()

    return [
        day for day in every_day() if offset(day) != offset(day + DAY) or offset(day) != offset(day - DAY)
    ]


def days_that_matter(zone: str) -> list[date]:
    edges = {
        day for day in every_day() if (day.month, day.day) in {(2, 28), (2, 29), (3, 1), (12, 31), (1, 1)}
    }
    return sorted(edges | set(changes(zone)))


def assert_ends_with_its_day(zone: str, end: datetime, last: date) -> None:
    """By the calendar on the wall alone: that day is over at the end, and not a moment before."""
    info = ZoneInfo(zone)
    assert end.astimezone(info).date() > last >= (end - MOMENT).astimezone(info).date()


@pytest.mark.parametrize("zone", ZONES)
def test_points_end_with_the_local_day_and_never_before(zone: str) -> None:
    assert zone == "Asia/Kathmandu" or zone == "Pacific/Kiritimati" or len(changes(zone)) >= 2 * YEARS
    store = Store(time_zone=zone, return_window_days=0)
    for day in days_that_matter(zone):
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        for hour in range(-14, 38, 3):
            delivered = midnight + hour * HOUR
            window = lot_window(
                store, Order(fulfilled_at=delivered, placed_at=delivered), life_days=LIFE_DAYS
            )
            assert window.active_at == delivered
            assert_ends_with_its_day(zone, window.ends_at, local_date(store, delivered) + LIFE_DAYS * DAY)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("expiry", ["year", "quarter"])
def test_points_of_a_calendar_period_end_with_its_last_day(zone: str, expiry: str) -> None:
    store = Store(time_zone=zone, points_expiry=expiry)
    months = 12 if expiry == "year" else 3
    for day in days_that_matter(zone):
        at = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        end = points_end(store, active_at=at, life_days=LIFE_DAYS)
        wall = (end - MOMENT).astimezone(ZoneInfo(zone)).date()
        assert ((wall + DAY).day, wall.month % months) == (1, 0)
        assert wall >= day > wall - timedelta(days=366)
        assert_ends_with_its_day(zone, end, wall)


def open_lots(zone: str) -> Store:
    """A store of this zone whose member has a point for each day that matters."""
    store = make_store(time_zone=zone, return_window_days=14)
    account, issued = make_account(make_customer(store)), make_programme_account(store)
    moments = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in days_that_matter(zone)]
    transfers = Transfer.objects.bulk_create(
        Transfer(
            store=store,
            kind=Transfer.Kind.ACCRUAL,
            source=issued,
            target=account,
            amount=1,
            key=f"calendar:{number}",
            input_hash=bytes(32),
            effective_at=moment,
            recorded_at=moment,
        )
        for number, moment in enumerate(moments)
    )
    windows = [
        lot_window(store, Order(fulfilled_at=moment, placed_at=moment), life_days=LIFE_DAYS)
        for moment in moments
    ]
    Lot.objects.bulk_create(
        Lot(
            account=account,
            transfer=each,
            amount=1,
            left=1,
            active_at=window.active_at,
            ends_at=window.ends_at,
        )
        for each, window in zip(transfers, windows, strict=True)
    )
    Account.objects.filter(pk=account.pk).update(balance=len(moments))
    return store


def late_and_twice(ends: list[datetime], *, seed: int) -> Iterator[datetime]:
    """Looks that come hours late, some twice, and after every tenth none for two days."""
    random = Random(seed)
    at, last = ends[0] - DAY, ends[-1] + 3 * DAY
    while at < last:
        at += random.randint(1, 40) * HOUR if random.random() < 0.9 else 2 * DAY
        for _ in range(random.choice((1, 1, 2))):
            yield at


def expire_all(*, at: datetime) -> int:
    """One bell: batch after batch while there is something due."""
    ended = 0
    while batch := expire_due(at=at):
        ended += batch
    return ended


def expiries(ticks: Iterable[datetime]) -> list[tuple[str, int, datetime]]:
    """What a run of the job at these moments books; then all is as it was."""
    with transaction.atomic():
        for at in ticks:
            expire_all(at=at)
        booked = Transfer.objects.filter(kind=Transfer.Kind.EXPIRY).order_by("key")
        found = list(booked.values_list("key", "amount", "effective_at"))
        assert all(verify_ledger(store) == [] for store in Store.objects.all())
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_late_doubled_and_missing_jobs_end_what_an_ideal_run_ends() -> None:
    for zone in ZONES:
        open_lots(zone)
    ends = sorted(set(Lot.objects.values_list("ends_at", flat=True)))
    ideal = expiries(ends)
    assert len(ideal) == Lot.objects.count() == 296
    assert {moment for _, _, moment in ideal} == set(ends)
    for seed in range(2):
        assert expiries(late_and_twice(ends, seed=seed)) == ideal


@pytest.mark.django_db
def test_no_point_ends_a_moment_early() -> None:
    for zone in ZONES:
        open_lots(zone)
    for end in sorted(set(Lot.objects.values_list("ends_at", flat=True)))[::7]:
        due = Lot.objects.filter(left__gt=0, ends_at__lt=end).count()
        assert expire_all(at=end - MOMENT) == due
        assert expire_due(at=end) == Lot.objects.filter(ends_at=end).count()


@pytest.mark.django_db
def test_birthdays_earn_the_same_however_the_job_runs() -> None:
    births = [date(1988, 2, 28), date(1988, 2, 29), date(1988, 10, 27)]
    for zone in ZONES:
        store = make_store(time_zone=zone)
        make_earning_rule(
            store,
            kind="event",
            event="birthday",
            per_amount=None,
            points=5,
            starts_at=datetime(2023, 1, 1, tzinfo=UTC),
        )
        for birth in births:
            person = make_customer(store, joined_at=datetime(2023, 1, 1, tzinfo=UTC))
            Person.objects.update_or_create(
                customer=person, defaults={"store": store, "birth_on": birth, "birth_changed_at": None}
            )
    kept = [
        day for day in every_day() if (day.month, day.day) in {(2, 28), (2, 29), (3, 1), (10, 27), (12, 31)}
    ]
    noons = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in kept]

    def given(looks: Iterable[timedelta]) -> list[tuple[str, datetime]]:
        with transaction.atomic():
            for at in sorted({noon + late for noon in noons for late in looks}):
                earn_birthdays(at=at)
            found = list(Transfer.objects.order_by("key").values_list("key", "effective_at"))
            transaction.set_rollback(True)
        return found

    ideal = given([-12 * HOUR, timedelta(0), 12 * HOUR])
    assert len(ideal) == len(ZONES) * len(births) * YEARS
    assert given([2 * DAY]) == ideal
