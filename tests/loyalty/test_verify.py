"""The recheck finds each kind of damage, and nothing where there is none."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from loyalty.models import Account, Lot, OfferUse
from loyalty.verify import FindingCode, verify_ledger
from shop.models import Order, Store
from tests.checkout.ask import order
from tests.factories import (
    AT,
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
    assert codes(store) == ["balance_is_not_its_lots"]


def test_a_lot_that_is_larger_than_what_was_earned_is_found(store: Store) -> None:
    Lot.objects.update(amount=F("amount") + 1)
    assert codes(store) == ["lot_is_not_its_transfer"]


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
