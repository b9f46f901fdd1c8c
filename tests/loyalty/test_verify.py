"""The recheck finds each kind of damage, and nothing where there is none."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from checkout.request import LineRequest
from loyalty.models import Account, Debt, LineEarning, Lot, LotUse, OfferUse
from loyalty.verify import FindingCode, verify_ledger
from shop.models import Order, OrderLine, Store
from tests.checkout.ask import order
from tests.checkout.reverse import THREE, give, member, points_store, refund
from tests.factories import (
    AT,
    DAY,
    make_account,
    make_customer,
    make_earning_rule,
    make_programme_account,
    make_store,
    make_transfer,
)
from tests.factories.offers_that_run import public_coupon

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    """A store with one order that used a limited code and earned points."""
    store = make_store(code="candles")
    make_earning_rule(store)
    coupon = public_coupon(store, limits={"uses_max": 5})
    order(store, customer=make_customer(store, joined_at=AT).ref, codes=(coupon.code,), delivery=100)
    return store


def codes(store: Store) -> list[str]:
    return [finding.code.value for finding in verify_ledger(store)]


def test_sound_books_have_no_findings(store: Store) -> None:
    assert verify_ledger(store) == []


def test_a_wrong_balance_is_found_twice(store: Store) -> None:
    Account.objects.filter(kind="customer").update(balance=8)
    found = verify_ledger(store)
    assert [(each.code, each.expected, each.found) for each in found] == [
        (FindingCode.BALANCE_IS_NOT_ITS_TRANSFERS, 9, 8),
        (FindingCode.BALANCE_IS_NOT_ITS_LOTS, 9, 8),
    ]


def test_a_lot_that_lost_points_is_found(store: Store) -> None:
    Lot.objects.update(left=F("left") - 1)
    assert codes(store) == ["balance_is_not_its_lots", "lot_is_not_its_uses"]


def test_a_lot_that_is_larger_than_what_was_earned_is_found(store: Store) -> None:
    Lot.objects.update(amount=F("amount") + 1)
    assert codes(store) == ["lot_is_not_its_transfer", "lot_is_not_its_uses"]


def test_points_without_a_lot_are_found(store: Store) -> None:
    other = make_store()
    make_transfer(make_programme_account(other), make_account(make_customer(other), balance=10))
    assert codes(other) == ["balance_is_not_its_lots", "points_without_lot"]
    assert codes(store) == []


def test_a_discount_without_rows_is_found(store: Store) -> None:
    Order.objects.update(discount=F("discount") + 1, payable=F("payable") - 1)
    assert codes(store) == ["discount_is_not_its_rows"]


def test_a_counter_behind_its_orders_is_found(store: Store) -> None:
    OfferUse.objects.update(used=0)
    assert codes(store) == ["uses_are_not_their_orders"]


@pytest.fixture
def reversed_store() -> Store:
    """A store where an order was paid with points and refunded in part, and a debt was made."""
    store = points_store()
    anna = member(store)
    give(anna, 300)
    earned = order(store, customer=anna.ref, lines=THREE).order
    spent = order(store, customer=anna.ref, lines=THREE, points_to_spend=300).order
    refund(spent, (1, 1))
    active = AT + 28 * DAY
    spent_again = order(
        store, customer=anna.ref, lines=(LineRequest("D", 1, 99),), points_to_spend=99, at=active
    )
    assert spent_again.order.points_spent > 0
    refund(earned, (1, 4), (2, 3), (3, 1), at=active)
    return store


def test_books_with_reversals_are_sound(reversed_store: Store) -> None:
    assert Debt.objects.exists()
    assert verify_ledger(reversed_store) == []


@pytest.mark.parametrize(
    ("model", "change", "found"),
    [
        (LotUse, {"returned": 0}, "returned_is_not_its_transfers"),
        (LotUse, {"amount": F("amount") + 1}, "lot_is_not_its_uses"),
        (Debt, {"repaid": F("repaid") + 1}, "owed_is_not_its_debts"),
        (LineEarning, {"taken_back": 0}, "taken_back_is_not_its_transfers"),
        (OrderLine, {"points_spent": 0}, "spent_is_not_its_transfer"),
        (Order, {"refunded": 1}, "refunded_is_not_its_refunds"),
    ],
)
def test_each_damage_of_reversals_is_found(
    reversed_store: Store, model: Any, change: Any, found: str
) -> None:
    model.objects.update(**change)
    assert found in codes(reversed_store)


def test_the_command_says_what_it_found_and_fails(store: Store) -> None:
    call_command("verify_ledger", "--store", "candles", stdout=(sound := StringIO()))
    assert sound.getvalue() == "candles: 0 findings\n"
    Account.objects.filter(kind="customer").update(balance=8)
    with pytest.raises(CommandError, match="2 findings"):
        call_command("verify_ledger", stdout=(damaged := StringIO()))
    assert "expected 9, found 8" in damaged.getvalue()


def test_the_command_knows_which_stores_there_are() -> None:
    with pytest.raises(CommandError, match="no store nowhere"):
        call_command("verify_ledger", "--store", "nowhere")
