"""The ledger: once per key, never below zero, lots spent by their end."""

from dataclasses import replace
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from loyalty.models import Account, Lot, Transfer
from loyalty.queries import points_of
from loyalty.transfer import Accrual, NotEnoughPoints, TransferConflict, post, post_accruals
from loyalty.transfer_accounts import customer_account, programme_account
from loyalty.transfer_lots import Window
from loyalty.verify import verify_ledger
from shop.models import Customer, Store
from tests.factories import AT, DAY, make_customer, make_earning_rule, make_order, make_store, number

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return make_customer(store)


def give(anna: Customer, points: int, *, key: str = "", active_at: datetime = AT, days: int = 30) -> Transfer:
    return post(
        anna.store,
        kind=Transfer.Kind.ADJUSTMENT,
        source=programme_account(anna.store, Account.Kind.ADJUSTED),
        target=customer_account(anna),
        amount=points,
        key=key or f"test:{number()}",
        at=AT,
        at_recorded=AT,
        window=Window(active_at, AT + days * DAY),
    )


def spend(anna: Customer, points: int, *, key: str = "", at: datetime = AT) -> Transfer:
    return post(
        anna.store,
        kind=Transfer.Kind.REDEMPTION,
        source=customer_account(anna),
        target=programme_account(anna.store, Account.Kind.SPENT),
        amount=points,
        key=key or f"test:{number()}",
        at=at,
        at_recorded=at,
    )


def balance(anna: Customer) -> int:
    return Account.objects.get(customer=anna).balance


def test_points_that_are_given_open_a_lot_and_raise_the_balance(anna: Customer) -> None:
    moved = give(anna, 70)
    assert (balance(anna), moved.lot.left, points_of(anna, at=AT).active) == (70, 70, 70)
    assert verify_ledger(anna.store) == []


def test_the_same_movement_twice_is_one(anna: Customer) -> None:
    assert give(anna, 70, key="birthday:1") == give(anna, 70, key="birthday:1")
    assert (balance(anna), Transfer.objects.count(), Lot.objects.count()) == (70, 1, 1)


def test_the_same_key_with_another_amount_is_a_conflict(anna: Customer) -> None:
    give(anna, 70, key="birthday:1")
    with pytest.raises(TransferConflict):
        give(anna, 71, key="birthday:1")
    assert balance(anna) == 70


def test_points_that_end_first_are_spent_first(anna: Customer) -> None:
    late, early = give(anna, 50, days=30), give(anna, 50, days=10)
    spend(anna, 60)
    assert (Lot.objects.get(transfer=early).left, Lot.objects.get(transfer=late).left) == (0, 40)
    assert balance(anna) == 40
    assert verify_ledger(anna.store) == []


def test_all_points_can_be_spent_and_not_one_more(anna: Customer) -> None:
    give(anna, 50)
    with pytest.raises(NotEnoughPoints) as refused:
        spend(anna, 51)
    assert (refused.value.missing, balance(anna)) == (1, 50)
    spend(anna, 50)
    assert balance(anna) == 0


def test_pending_points_cannot_be_spent(anna: Customer) -> None:
    give(anna, 50, active_at=AT + DAY)
    with pytest.raises(NotEnoughPoints):
        spend(anna, 1)
    spend(anna, 50, at=AT + DAY)


def test_points_are_spendable_until_just_before_their_end(anna: Customer) -> None:
    give(anna, 50, days=10)
    spend(anna, 1, at=AT + 10 * DAY - DAY / 86_400)
    with pytest.raises(NotEnoughPoints):
        spend(anna, 1, at=AT + 10 * DAY)


def test_points_of_says_what_is_pending_active_and_ending_next(anna: Customer) -> None:
    give(anna, 5, active_at=AT + DAY)
    give(anna, 20, days=10)
    give(anna, 30, days=10)
    give(anna, 40, days=20)
    points = points_of(anna, at=AT)
    assert (points.pending, points.active, points.expiring, points.expiring_at) == (5, 90, 50, AT + 10 * DAY)
    assert points_of(anna, at=AT + 10 * DAY).active == 45


def test_a_customer_without_an_account_has_no_points(anna: Customer) -> None:
    assert points_of(anna, at=AT).total == 0


def test_many_orders_are_posted_at_once_and_once(store: Store) -> None:
    rule = make_earning_rule(store)
    rows = [
        Accrual(
            customer_id=customer.pk,
            order_id=make_order(store, customer=customer).pk,
            rule_id=rule.pk,
            points=points,
            effective_at=AT,
            window=Window(AT, AT + DAY),
        )
        for customer in (make_customer(store), make_customer(store))
        for points in (10, 20)
    ]
    assert post_accruals(store, rows, at_recorded=AT) == 4
    assert post_accruals(store, rows, at_recorded=AT + DAY) == 0
    assert sorted(Account.objects.filter(kind="customer").values_list("balance", flat=True)) == [30, 30]
    assert Lot.objects.count() == 4
    assert verify_ledger(store) == []
    with pytest.raises(TransferConflict), transaction.atomic():
        post_accruals(store, [replace(rows[0], points=11)], at_recorded=AT)


# --- Every rule twice: the database refuses what the verbs would never write.


def test_a_balance_below_zero_is_refused_by_the_database(anna: Customer) -> None:
    give(anna, 5)
    with pytest.raises(IntegrityError, match="loyalty_account_balance_not_negative"), transaction.atomic():
        Account.objects.filter(customer=anna).update(balance=-1)


@pytest.mark.parametrize(
    "statement", ["UPDATE loyalty_transfer SET amount = 1", "DELETE FROM loyalty_transfer"]
)
def test_a_transfer_is_neither_changed_nor_deleted(anna: Customer, statement: str) -> None:
    give(anna, 5)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
