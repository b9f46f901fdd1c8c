"""The recheck of the books sees a gift balance that does not add up."""

from collections.abc import Callable

import pytest
from django.db import connection

from loyalty.findings import FindingCode
from loyalty.verify import verify_ledger
from shop.models import Store
from tests.checkout.ask import order
from tests.checkout.gift import ABC, gift
from tests.checkout.reverse import points_store, refund

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    """A balance that paid an order of which one line came back."""
    store = points_store()
    _, code = gift(store, 5000)
    bought = order(store, lines=ABC, delivery=500, gift_balances=(code,)).order
    refund(bought, (1, 1))
    return store


def tamper(*statements: str) -> Callable[[], None]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for statement in statements:
                cursor.execute(statement)

    return run


def test_books_with_gift_balances_are_clean(store: Store) -> None:
    assert verify_ledger(store) == []


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (
            tamper("UPDATE loyalty_account SET balance = balance + 1 WHERE kind = 'gift'"),
            {FindingCode.BALANCE_IS_NOT_ITS_TRANSFERS, FindingCode.GIFT_BALANCE_DOES_NOT_ADD_UP},
        ),
        (
            tamper("UPDATE loyalty_balancepayment SET returned = returned - 1 WHERE returned > 0"),
            {
                FindingCode.PAID_BY_BALANCES_IS_NOT_ITS_PAYMENTS,
                FindingCode.BALANCE_MOVED_IS_NOT_ITS_PAYMENTS,
            },
        ),
        (
            tamper("UPDATE shop_orderline SET balance_amount = balance_amount - 1 WHERE ordinal = 1"),
            {FindingCode.PAID_BY_BALANCES_IS_NOT_ITS_PAYMENTS},
        ),
        (
            tamper("UPDATE shop_order SET balance_refunded = balance_refunded + 1"),
            {FindingCode.PAID_BY_BALANCES_IS_NOT_ITS_PAYMENTS},
        ),
        (
            tamper("DELETE FROM loyalty_balancepayment WHERE line_id IS NULL"),
            {
                FindingCode.PAID_BY_BALANCES_IS_NOT_ITS_PAYMENTS,
                FindingCode.BALANCE_MOVED_IS_NOT_ITS_PAYMENTS,
            },
        ),
    ],
)
def test_what_was_changed_behind_the_ledgers_back_is_found(
    store: Store, change: Callable[[], None], codes: set[FindingCode]
) -> None:
    change()
    assert {finding.code for finding in verify_ledger(store)} == codes
