"""How many statements checkout may use: part of its contract, whatever the number of lines and offers.

Authentication takes one more, which brings the store: a quote over the API is three in all.
"""

from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from loyalty.earn import earn_waiting
from loyalty.models import Offer, OfferVersion
from loyalty.queries import points_of
from loyalty.snapshot import snapshot
from shop import partitions
from shop.models import Customer, Product, Store
from shop.partitions import ensure_partition
from tests.checkout.ask import lines, order, quote
from tests.factories import (
    AT,
    make_customer,
    make_earning_rule,
    make_order,
    make_order_line,
    make_outbox,
    make_store,
    number,
)
from tests.factories.offers_that_run import document, named_coupon, public_coupon, run_offer

pytestmark = pytest.mark.django_db
Count = DjangoAssertNumQueries

# Two of them are the savepoint that atomic() sets inside the tests' own transaction.
OUTER_SAVEPOINT = 2


@pytest.fixture
def store() -> Store:
    store = make_store()
    make_earning_rule(store)
    Product.objects.bulk_create(Product(store=store, sku=f"SKU-{n}", price=1000) for n in range(200))
    return store


@pytest.fixture
def anna(store: Store) -> Customer:
    """A member whose account is there already."""
    anna = make_customer(store, joined_at=AT)
    store.refresh_from_db()
    order(store, customer=anna.ref)
    return anna


@pytest.fixture(autouse=True)
def month_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has written this month already; a test's transaction never tells it so."""
    ensure_partition("shop_activity", AT)
    database = connection.settings_dict["NAME"]
    monkeypatch.setattr(partitions, "_known", {(database, "shop_activity", AT.year, AT.month)})


def warm(store: Store) -> None:
    store.refresh_from_db()
    snapshot(store.pk, store.offers_version)


def test_a_cold_process_reads_the_terms_in_one_query(store: Store, django_assert_num_queries: Count) -> None:
    run_offer(store)
    with django_assert_num_queries(1):
        snapshot(store.pk, store.offers_version)
    with django_assert_num_queries(0):
        snapshot(store.pk, store.offers_version)


@pytest.mark.parametrize("count", [1, 200])
@pytest.mark.parametrize("offers", [1, 500])
def test_a_quote_without_codes_is_one_query(
    store: Store, count: int, offers: int, django_assert_num_queries: Count
) -> None:
    terms = document(
        lane="order",
        audience={"kind": "everyone"},
        limits={"uses_max": 9, "uses_per_day": 9, "uses_per_customer": 1},
        conditions=[{"kind": "subtotal_at_least", "amount": 10**9}],
    )
    made = Offer.objects.bulk_create(
        Offer(store=store, code=f"offer-{n}", status=Offer.Status.RUNNING) for n in range(offers)
    )
    OfferVersion.objects.bulk_create(
        OfferVersion(offer=offer, number=1, document=terms, in_force_at=AT) for offer in made
    )
    warm(store)
    with django_assert_num_queries(1):
        priced = quote(store, lines=lines(count), customer="anna")
    assert len(priced.quote.refused) == offers


@pytest.mark.parametrize("count", [1, 200])
def test_a_quote_with_codes_is_two_queries(
    store: Store, anna: Customer, count: int, django_assert_num_queries: Count
) -> None:
    codes = (
        named_coupon(store, anna).code,
        public_coupon(store, "SPRING", limits={"uses_max": 50}).code,
        "UNKNOWN",
    )
    warm(store)
    with django_assert_num_queries(2):
        quote(store, lines=lines(count), customer=anna.ref, codes=codes)


@pytest.mark.parametrize("count", [1, 200])
@pytest.mark.parametrize(
    ("who", "statements"),
    [
        # facts, the order with its lines and discounts, what happened and who has to hear of it
        ("guest", 3),
        # and: lock the account, post, the customer
        ("member", 6),
        # and: the codes, the coupon with its redemption
        ("member with a named coupon", 8),
        # as before, and the offer's counter
        ("member with a limited public code", 9),
        # as before: the day's counter writes the use in its own statement
        ("member with a public code limited by day", 9),
    ],
)
def test_a_commit_takes_as_many_statements_for_200_lines_as_for_one(
    store: Store, anna: Customer, count: int, who: str, statements: int, django_assert_num_queries: Count
) -> None:
    asked: dict[str, Any] = {} if who == "guest" else {"customer": anna.ref}
    if who == "member with a named coupon":
        asked["codes"] = (named_coupon(store, anna).code,)
    if who == "member with a limited public code":
        asked["codes"] = (public_coupon(store, limits={"uses_max": 50}).code,)
    if who == "member with a public code limited by day":
        asked["codes"] = (public_coupon(store, limits={"uses_per_day": 50}).code,)
        order(store, codes=asked["codes"])  # the day has begun
    warm(store)
    with django_assert_num_queries(statements + OUTER_SAVEPOINT):
        done = order(store, lines=lines(count), ref=f"o-{number()}", **asked)
    assert done.created


def test_points_of_a_customer_are_one_query(anna: Customer, django_assert_num_queries: Count) -> None:
    with django_assert_num_queries(1):
        points_of(anna, at=AT)


@pytest.mark.parametrize("count", [2, 100])
def test_a_batch_of_orders_earns_in_as_many_statements_as_two(
    store: Store, anna: Customer, count: int, django_assert_num_queries: Count
) -> None:
    for _ in range(count):
        imported = make_order(store, customer=anna, source="import")
        make_order_line(imported)
        make_outbox(store, subject_id=imported.pk)
    warm(store)
    # claim, orders, lock, post, who hears of it, those that were refunded before, delete, and the savepoint around them
    with django_assert_num_queries(9):
        assert earn_waiting(at=AT) == count
