"""Which orders earn, how much, from when until when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from loyalty.earn import BATCH, earn_waiting
from loyalty.models import Account, Lot, Transfer
from loyalty.verify import verify_ledger
from shop.models import Customer, Order, Outbox, Store
from tests.factories import (
    AT,
    DAY,
    make_customer,
    make_earning_rule,
    make_order,
    make_order_line,
    make_outbox,
    make_product,
    make_store,
)

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def store() -> Store:
    store = make_store(return_window_days=14)
    make_earning_rule(store, points=1, per_amount=100, life_days=30, starts_at=AT - 400 * DAY)
    return store


def imported(customer: Customer | None, store: Store, *, at: datetime = AT, **given: Any) -> Order:
    """An imported order of 10.00, fulfilled when placed, of which loyalty has yet to hear."""
    order = make_order(
        store, customer=customer, source="import", placed_at=at, paid_at=at, fulfilled_at=at, **given
    )
    make_order_line(order)
    make_outbox(store, subject_id=order.pk)
    return order


def balance(customer: Customer) -> int:
    account = Account.objects.filter(customer=customer).first()
    return account.balance if account else 0


def test_an_imported_order_earns_by_its_date(store: Store) -> None:
    anna = make_customer(store, joined_at=AT)
    order = imported(anna, store)
    assert earn_waiting(at=AT) == 1
    transfer, lot = Transfer.objects.get(), Lot.objects.get()
    assert (balance(anna), transfer.key, transfer.effective_at) == (10, f"order:{order.pk}:accrual", AT)
    assert lot.active_at == AT + 14 * DAY
    # 2 November 12:00 + 14 days is the 16th; 30 days later is 16 December, which ends as the 17th begins.
    assert lot.ends_at == datetime(2026, 12, 17, tzinfo=UTC)
    told = {(row.kind, row.consumer) for row in Outbox.objects.all()}
    assert told == {("points.earned", "loyalty.tiers"), ("points.earned", "loyalty.segments")}


def test_points_end_with_the_stores_local_day(store: Store) -> None:
    Store.objects.filter(pk=store.pk).update(time_zone="America/New_York")
    imported(make_customer(store, joined_at=AT), store, at=datetime(2026, 11, 3, 3, tzinfo=UTC))
    earn_waiting(at=AT + DAY)
    # 3:00 UTC is still the evening before in New York; winter there is UTC-5.
    assert Lot.objects.get().ends_at == datetime(2026, 12, 17, 5, tzinfo=UTC)


def test_hearing_twice_earns_once(store: Store) -> None:
    anna = make_customer(store, joined_at=AT)
    order = imported(anna, store)
    earn_waiting(at=AT)
    make_outbox(store, subject_id=order.pk)
    make_outbox(store, subject_id=anna.pk, kind="customer.joined")
    assert earn_waiting(at=AT) == 2
    assert (balance(anna), Transfer.objects.count()) == (10, 1)


@pytest.mark.parametrize(("before", "points"), [(30 * DAY, 10), (30 * DAY + MOMENT, 0)])
def test_an_order_earns_if_its_buyer_joins_within_thirty_days(
    store: Store, before: timedelta, points: int
) -> None:
    anna = make_customer(store)
    imported(anna, store, at=AT - before)
    earn_waiting(at=AT)
    assert balance(anna) == 0
    Customer.objects.filter(pk=anna.pk).update(joined_at=AT)
    make_outbox(store, subject_id=anna.pk, kind="customer.joined")
    earn_waiting(at=AT)
    assert balance(anna) == points
    assert list(Transfer.objects.values_list("effective_at", flat=True)) == [AT] * bool(points)


def test_a_cancelled_order_earns_nothing(store: Store) -> None:
    anna = make_customer(store, joined_at=AT)
    imported(anna, store, status="cancelled")
    earn_waiting(at=AT)
    assert balance(anna) == 0


def test_an_order_without_a_customer_earns_nothing(store: Store) -> None:
    imported(None, store)
    assert earn_waiting(at=AT) == 1
    assert not Transfer.objects.exists()


def test_delivery_and_services_among_the_lines_earn_nothing(store: Store) -> None:
    anna = make_customer(store, joined_at=AT)
    order = imported(anna, store)
    post = make_product(store, sku="POST", kind="delivery")
    make_order_line(order, ordinal=2, product=post)
    make_order_line(order, ordinal=3, product=make_product(store))
    earn_waiting(at=AT)
    assert balance(anna) == 20


@pytest.mark.parametrize(
    ("placed_at", "points"), [(AT - MOMENT, 10), (AT, 20), (AT + DAY - MOMENT, 20), (AT + DAY, 10)]
)
def test_the_rule_in_force_when_the_order_was_placed_counts(
    store: Store, placed_at: datetime, points: int
) -> None:
    make_earning_rule(store, points=2, starts_at=AT, ends_at=AT + DAY)
    anna = make_customer(store, joined_at=AT)
    imported(anna, store, at=placed_at)
    earn_waiting(at=AT + 2 * DAY)
    assert balance(anna) == points


def test_an_order_before_the_first_rule_earns_nothing(store: Store) -> None:
    anna = make_customer(store, joined_at=AT - 500 * DAY)
    imported(anna, store, at=AT - 401 * DAY)
    earn_waiting(at=AT)
    assert balance(anna) == 0


def test_whole_points_only(store: Store) -> None:
    anna = make_customer(store, joined_at=AT)
    order = imported(anna, store)
    order.lines.update(unit_price=499, quantity=2, total=998)
    earn_waiting(at=AT)
    assert balance(anna) == 9


def test_orders_of_two_stores_in_one_batch_stay_apart(store: Store) -> None:
    other = make_store()
    make_earning_rule(other, points=3)
    anna, bob = make_customer(store, joined_at=AT), make_customer(other, joined_at=AT)
    imported(anna, store)
    imported(bob, other)
    assert earn_waiting(at=AT) == 2
    assert (balance(anna), balance(bob)) == (10, 30)
    assert verify_ledger(store) == verify_ledger(other) == []


def test_one_batch_is_bounded(store: Store) -> None:
    anna = make_customer(store, joined_at=AT)
    order = imported(anna, store)
    Outbox.objects.bulk_create(
        Outbox(
            store=store, consumer="loyalty.earn", kind="order.imported", subject_id=order.pk, at=AT, due_at=AT
        )
        for _ in range(BATCH)
    )
    assert [earn_waiting(at=AT) for _ in range(3)] == [BATCH, 1, 0]
