"""When points end, by the store's policy; and purchases that move the end of what can be spent."""

from datetime import UTC, date, datetime, timedelta

import pytest

from checkout.request import LineRequest
from loyalty.expire import expire_due
from loyalty.models import Lot, Prolongation
from loyalty.points_end import points_end
from loyalty.queries import points_of
from loyalty.verify import verify_ledger
from shop.clock import local_date
from shop.models import Customer, Store
from tests.checkout.ask import order
from tests.checkout.reverse import give, member
from tests.factories import AT, DAY, make_store

MOMENT = timedelta(microseconds=1)
MUG = (LineRequest(sku="MUG", quantity=1, unit_price=1000),)


def last_day(active_at: datetime, **policy: object) -> date:
    store = Store(time_zone="Europe/London", **policy)
    return local_date(store, points_end(store, active_at=active_at, life_days=30) - MOMENT)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(hour=12, tzinfo=UTC)


def test_rolling_points_end_days_after_they_became_spendable() -> None:
    assert last_day(day("2026-11-02")) == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("active", "grace", "last"),
    [
        ("2026-01-01", 0, date(2026, 12, 31)),
        ("2026-12-31", 0, date(2026, 12, 31)),
        ("2026-11-02", 31, date(2027, 1, 31)),
        ("2028-02-29", 60, date(2029, 3, 1)),
    ],
)
def test_points_end_with_the_calendar_year_and_its_grace(active: str, grace: int, last: date) -> None:
    assert last_day(day(active), points_expiry="year", points_grace_days=grace) == last


@pytest.mark.parametrize(
    ("active", "last"),
    [
        ("2026-01-01", date(2026, 3, 31)),
        ("2026-03-31", date(2026, 3, 31)),
        ("2026-04-01", date(2026, 6, 30)),
        ("2026-11-02", date(2026, 12, 31)),
    ],
)
def test_points_end_with_the_quarter(active: str, last: date) -> None:
    assert last_day(day(active), points_expiry="quarter") == last


def test_the_year_is_the_stores_own() -> None:
    new_year_in_london = datetime(2027, 1, 1, 3, tzinfo=UTC)
    store = Store(time_zone="America/New_York", points_expiry="year")
    assert points_end(store, active_at=new_year_in_london, life_days=30) == datetime(
        2027, 1, 1, 5, tzinfo=UTC
    )


@pytest.fixture
def store() -> Store:
    return make_store(points_expiry="sliding", points_slide_days=100)


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


IN_100_DAYS = datetime(2027, 2, 11, tzinfo=UTC)  # 2 November and 100 days, to the end of that day


@pytest.mark.django_db
def test_a_purchase_moves_the_end_of_what_can_be_spent(store: Store, anna: Customer) -> None:
    give(anna, 10, ends_at=AT + DAY)
    bought = order(store, customer=anna.ref).order
    assert Lot.objects.get().ends_at == IN_100_DAYS
    moved = Prolongation.objects.get()
    assert (moved.order, moved.from_at, moved.to_at) == (bought, AT + DAY, IN_100_DAYS)
    assert verify_ledger(store) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("ends", "is_moved"), [(AT, False), (AT + MOMENT, True)])
def test_what_has_ended_is_never_revived_however_late_the_job(
    store: Store, anna: Customer, ends: datetime, is_moved: bool
) -> None:
    give(anna, 10, ends_at=ends)
    order(store, customer=anna.ref)
    assert Prolongation.objects.exists() is is_moved
    assert points_of(anna, at=AT).active == (10 if is_moved else 0)


@pytest.mark.django_db
def test_an_end_is_never_moved_earlier(store: Store, anna: Customer) -> None:
    give(anna, 10, ends_at=AT + 365 * DAY)
    order(store, customer=anna.ref)
    assert Lot.objects.get().ends_at == AT + 365 * DAY


@pytest.mark.django_db
def test_an_order_reported_after_the_end_does_not_revive(store: Store, anna: Customer) -> None:
    give(anna, 10, ends_at=AT)
    order(store, customer=anna.ref, placed_at=AT - 2 * timedelta(hours=1), at=AT + timedelta(hours=1))
    assert not Prolongation.objects.exists()


@pytest.mark.django_db
def test_purchases_prolong_one_after_the_other_and_a_gap_ends_all(store: Store, anna: Customer) -> None:
    give(anna, 10, ends_at=AT + DAY)
    for n in range(3):
        order(store, customer=anna.ref, at=AT + n * 90 * DAY)
    assert Prolongation.objects.count() == 3
    over = Lot.objects.get().ends_at
    assert over == datetime(2027, 8, 10, tzinfo=UTC)
    assert [expire_due(at=over - MOMENT), expire_due(at=over)] == [0, 1]


@pytest.mark.django_db
def test_points_of_an_earlier_policy_keep_their_end(anna: Customer, store: Store) -> None:
    give(anna, 10, ends_at=AT + DAY)
    Store.objects.update(points_expiry="year")
    store.refresh_from_db()
    order(store, customer=anna.ref)
    assert Lot.objects.get().ends_at == AT + DAY
