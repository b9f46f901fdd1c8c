"""How many statements refunds, cancellations and payment by points take, for one line and for many."""

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from checkout.request import LineRequest
from loyalty.expire import expire_due
from loyalty.models import Account
from loyalty.snapshot import snapshot
from loyalty.transfer_accounts import programme_account
from shop import partitions
from shop.models import Customer, Order, Store
from shop.partitions import ensure_partition
from tests.checkout.ask import order, quote
from tests.checkout.reverse import cancel, give, member, pay, points_store, refund
from tests.factories import AT, DAY
from tests.factories.offers_that_run import run_offer

pytestmark = pytest.mark.django_db
Count = DjangoAssertNumQueries

# Two of them are the savepoint that atomic() sets inside the tests' own transaction.
OUTER_SAVEPOINT = 2


@pytest.fixture
def store() -> Store:
    store = points_store()
    for kind in (Account.Kind.SPENT, Account.Kind.EXPIRED):
        programme_account(store, kind)
    return store


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


@pytest.fixture(autouse=True)
def month_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has written this month already; a test's transaction never tells it so."""
    ensure_partition("shop_activity", AT)
    database = connection.settings_dict["NAME"]
    monkeypatch.setattr(partitions, "_known", {(database, "shop_activity", AT.year, AT.month)})


def buy(anna: Customer, count: int, *, points: int = 0) -> Order:
    lines = tuple(LineRequest(sku=f"SKU-{n}", quantity=2, unit_price=1000) for n in range(count))
    return order(anna.store, customer=anna.ref, lines=lines, points_to_spend=points).order


def all_of(count: int) -> list[tuple[int, int]]:
    return [(n, 2) for n in range(1, count + 1)]


@pytest.mark.parametrize("count", [1, 200])
def test_a_refund_costs_the_same_for_200_lines_as_for_one(
    anna: Customer, count: int, django_assert_num_queries: Count
) -> None:
    bought = buy(anna, count)
    # Money: order, twin, lines, units, kept back before, refund, order, refund's lines, activity. Points: account,
    # lines, what was earned, its shares, due lots, lots, transfer, uses, balance. Nothing is kept, so coupons that it
    # earned are looked for. The others are savepoints around bulk writes.
    with django_assert_num_queries(24 + OUTER_SAVEPOINT):
        refund(bought, *all_of(count))


@pytest.mark.parametrize("count", [2, 200])
def test_pricing_what_is_kept_costs_four_more_whatever_the_number_of_lines(
    anna: Customer, count: int, django_assert_num_queries: Count
) -> None:
    Store.objects.update(return_policy="reprice")
    anna.store.refresh_from_db()
    tenth = [{"kind": "percent_off", "rate_bp": 1000}]
    run_offer(anna.store, lane="order", benefits=tenth, audience={"kind": "everyone"})
    bought = buy(anna, count)
    snapshot(anna.store_id, anna.store.offers_version)  # as in a process that has priced a cart already
    # The versions that acted, the facts of the cart, the versions' terms, the coupons.
    with django_assert_num_queries(23 + 4 + OUTER_SAVEPOINT):
        refund(bought, *all_of(count)[:-1])


@pytest.mark.parametrize("count", [1, 200])
def test_a_refund_of_points_spent_costs_the_same_for_200_lines_as_for_one(
    anna: Customer, count: int, django_assert_max_num_queries: Count
) -> None:
    give(anna, count)
    bought = buy(anna, count, points=count)
    with django_assert_max_num_queries(32 + OUTER_SAVEPOINT):
        refund(bought, *all_of(count))


@pytest.mark.parametrize("count", [1, 200])
def test_a_cancellation_costs_the_same_for_200_lines_as_for_one(
    anna: Customer, count: int, django_assert_max_num_queries: Count
) -> None:
    bought = buy(anna, count)
    with django_assert_max_num_queries(34 + OUTER_SAVEPOINT):
        cancel(bought)


def test_a_payment_is_six_statements(anna: Customer, django_assert_num_queries: Count) -> None:
    bought = buy(anna, 1)
    # order, its state, what was earned, its lot, coupons that it was promised, activity
    with django_assert_num_queries(6 + OUTER_SAVEPOINT):
        pay(bought, told=AT)


def test_a_quote_with_points_is_one_query(anna: Customer, django_assert_num_queries: Count) -> None:
    give(anna, 10)
    quote(anna.store, customer=anna.ref)
    with django_assert_num_queries(1):
        assert quote(anna.store, customer=anna.ref, points_to_spend=10).quote.points_spent == 10


@pytest.mark.parametrize("count", [1, 200])
def test_a_commit_with_points_costs_the_same_for_200_lines_as_for_one(
    anna: Customer, count: int, django_assert_num_queries: Count
) -> None:
    give(anna, 500)
    buy(anna, 1)
    # Six as without points, and one that finds the lots, moves, and notes what each line took.
    with django_assert_num_queries(7 + OUTER_SAVEPOINT):
        assert buy(anna, count, points=200).points_spent == 200


@pytest.mark.parametrize("count", [1, 20])
def test_a_batch_of_lots_ends_in_as_many_statements_as_one(
    store: Store, count: int, django_assert_num_queries: Count
) -> None:
    for _ in range(count):
        give(member(store), 10, ends_at=AT + DAY)
    # claim, stores, the programme's account, end
    with django_assert_num_queries(4 + OUTER_SAVEPOINT):
        assert expire_due(at=AT + DAY) == count
