"""The same reference reported by many at once ends as one row that holds what all of them said."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connections

from checkout.transaction import atomic_with_retry
from shop.give_consent import Answer, give_consent
from shop.keep_cart import CartReport, ReportedLine, keep_cart
from shop.keep_customer import keep_customer
from shop.keep_product import keep_products
from shop.know_customers import know_customers
from shop.models import Activity, Cart, Consent, Customer, Product, Visitor
from shop.note_event import Event, note_events
from tests.factories import AT, make_customer, make_store

pytestmark = pytest.mark.django_db(transaction=True)
VISITOR = UUID(int=7)


def at_once(count: int, act: Callable[[int], object]) -> None:
    def one(number: int) -> None:
        try:
            atomic_with_retry(lambda: act(number))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(one, range(count)))


def test_customer_reported_by_20_at_once_is_one_who_joined_at_the_earliest_moment() -> None:
    store = make_store()
    at_once(
        20,
        lambda n: keep_customer(
            store,
            "17850",
            profile={},
            person={"name": "Anna"},
            joined_at=AT - timedelta(days=n),
            at=AT,
        ),
    )
    customer = Customer.objects.get()
    assert customer.joined_at == AT - timedelta(days=19)
    assert Activity.objects.filter(kind="customer.added").count() == 1


def test_cart_ends_at_its_highest_version_in_any_order() -> None:
    store = make_store()
    at_once(
        20,
        lambda n: keep_cart(
            store, "1", CartReport(lines=[ReportedLine("a", n + 1, 100)], version=n + 1), at=AT
        ),
    )
    cart = Cart.objects.get()
    assert (cart.version, cart.subtotal) == (20, 2000)
    assert [line.quantity for line in cart.lines.all()] == [20]


def test_visits_of_20_at_once_are_all_counted() -> None:
    store = make_store()
    at_once(20, lambda _: note_events(store, [Event("visit", AT, visitor=VISITOR)] * 5))
    assert Visitor.objects.get().visits == 100
    assert Activity.objects.count() == 100


def test_new_customers_named_by_20_at_once_in_any_order_are_each_one() -> None:
    store = make_store()
    refs = [str(n) for n in range(10)]
    at_once(20, lambda n: know_customers(store, refs[:: -1 if n % 2 else 1]))
    assert Customer.objects.count() == 10


def test_products_described_by_20_at_once_in_any_order_are_each_one() -> None:
    store = make_store()

    def describe(n: int) -> object:
        order = range(10) if n % 2 else range(9, -1, -1)
        return keep_products([Product(store=store, sku=str(sku), price=n) for sku in order])

    at_once(20, describe)
    assert Product.objects.count() == 10
    assert len(set(Product.objects.values_list("price", flat=True))) == 1


def test_consent_given_by_20_clicks_at_once_is_one() -> None:
    customer = make_customer(make_store())
    answer = Answer("marketing", "email", True, "Yes, write to me.", "checkout", AT)
    at_once(20, lambda _: give_consent(customer, answer, at=AT))
    assert Consent.objects.count() == 1
    assert Activity.objects.filter(kind="consent.given").count() == 1
