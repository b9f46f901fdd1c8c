"""How many statements gift balances take; and that those who have none pay nothing for them."""

from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from checkout.request import LineRequest
from coupons.settle_balances import end_due_balances
from loyalty.models import Account
from loyalty.snapshot import snapshot
from loyalty.transfer_accounts import programme_account
from shop import partitions
from shop.models import Product, Store
from shop.partitions import ensure_partition
from tests.checkout.ask import lines, order, quote
from tests.checkout.gift import gift
from tests.checkout.reverse import pay, points_store, refund
from tests.factories import AT, DAY, make_product

pytestmark = pytest.mark.django_db
Count = DjangoAssertNumQueries

# Two of them are the savepoint that atomic() sets inside the tests' own transaction.
OUTER_SAVEPOINT = 2


@pytest.fixture
def store() -> Store:
    store = points_store()
    for kind in (Account.Kind.ISSUED, Account.Kind.SPENT, Account.Kind.EXPIRED, Account.Kind.WITHDRAWN):
        programme_account(store, kind, asset=Account.Asset.MONEY)
    snapshot(store.pk, store.offers_version)
    return store


@pytest.fixture(autouse=True)
def month_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has written this month already; a test's transaction never tells it so."""
    ensure_partition("shop_activity", AT)
    database = connection.settings_dict["NAME"]
    monkeypatch.setattr(partitions, "_known", {(database, "shop_activity", AT.year, AT.month)})


def statements(run: Any) -> int:
    counted: list[str] = []
    with connection.execute_wrapper(_counting(counted)):
        run()
    return len(counted)


def _counting(counted: list[str]) -> Any:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        counted.append(sql)
        return execute(sql, params, many, context)

    return note


@pytest.mark.parametrize("count", [1, 200])
def test_a_quote_without_balances_is_one_query_and_with_some_two(
    store: Store, count: int, django_assert_num_queries: Count
) -> None:
    codes = tuple(gift(store, 100)[1] for _ in range(10))
    with django_assert_num_queries(1):
        quote(store, lines=lines(count))
    with django_assert_num_queries(2):
        assert quote(store, lines=lines(count), gift_balances=codes).quote.balance_amount == 1000


@pytest.mark.parametrize("count", [1, 200])
@pytest.mark.parametrize("balances", [1, 10])
def test_paying_with_balances_costs_as_much_for_ten_and_200_lines_as_for_one(
    store: Store, count: int, balances: int
) -> None:
    codes = tuple(gift(store, 100)[1] for _ in range(balances))
    plain = statements(lambda: order(store, lines=lines(count)))
    paid = statements(lambda: order(store, lines=lines(count), gift_balances=codes))
    # The balances; lock, the programme's account, the movements, which are prolonged, the lines, the
    # payments; and what each has paid is not read back.
    assert paid - plain == 7


@pytest.mark.parametrize("count", [1, 200])
def test_a_refund_to_balances_costs_as_much_for_200_lines_as_for_one(store: Store, count: int) -> None:
    _, code = gift(store, 10_000_000)
    wanted = tuple(LineRequest(f"SKU-{n}", 2, 1000) for n in range(count))
    units = [(n, 2) for n in range(1, count + 1)]
    plain = order(store, lines=wanted).order
    paid = order(store, lines=wanted, gift_balances=(code,)).order
    before = statements(lambda: refund(plain, *units))
    # Payments, lock, the balances; what is returned, the programme's account, the movements; and those two again.
    assert statements(lambda: refund(paid, *units)) - before == 8


def test_a_payment_of_an_order_without_balances_asks_for_none(store: Store) -> None:
    make_product(store, sku="CARD", kind=Product.Kind.GIFT_BALANCE)
    plain = order(store).order
    card = order(store, lines=(LineRequest("CARD", 1, 5000),)).order
    assert statements(lambda: pay(plain)) < statements(lambda: pay(card))


@pytest.mark.parametrize("count", [1, 20])
def test_a_batch_of_ends_takes_as_many_statements_as_one(
    store: Store, count: int, django_assert_num_queries: Count
) -> None:
    for _ in range(count):
        gift(store, 100, days=1)
    # claim, stores, lock, the balances, their last movements, when money last came, the programme's account, the
    # movements, what has ended
    with django_assert_num_queries(9 + OUTER_SAVEPOINT):
        assert end_due_balances(at=AT + 3 * DAY) == count
