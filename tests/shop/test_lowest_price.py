"""What a product cost least in the last 30 days: noted by the database, told where the store shows it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from shop.keep_product import keep_products
from shop.lowest_price import changed_lately, lowest_prices, prune_prices, shows_lowest_price
from shop.models import PricePoint, Product, Store
from tests.checkout.ask import quote
from tests.factories import AT, DAY, make_price_point, make_product, make_store
from tests.factories.offers_that_run import run_offer

pytestmark = pytest.mark.django_db

History = Callable[..., Product]


@pytest.fixture
def store() -> Store:
    return make_store(country="DE")


@pytest.fixture
def history(store: Store) -> History:
    """A mug whose price was set so many days ago; the last one is today's."""

    def make(*changes: tuple[float, int]) -> Product:
        product = make_product(store, sku="MUG", price=changes[-1][1])
        PricePoint.objects.all().delete()
        for days_ago, price in changes:
            make_price_point(product, price=price, at=AT - timedelta(days=days_ago))
        return product

    return make


def lowest(store: Store) -> int:
    return lowest_prices(store, ["MUG"], at=AT)["MUG"]


def test_the_price_that_was_lowest_within_30_days_counts(store: Store, history: History) -> None:
    history((100, 1000), (20, 800), (10, 1200))
    assert lowest(store) == 800


def test_what_it_cost_when_the_30_days_began_counts(store: Store, history: History) -> None:
    """The price of 100 days ago was in force until 20 days ago; the one before it was not."""
    history((200, 500), (100, 700), (20, 1000))
    assert lowest(store) == 700


@pytest.mark.parametrize(("raised_days_ago", "told"), [(30, 1000), (29.999, 700)])
def test_a_price_that_ended_30_days_ago_counts_no_more(
    store: Store, history: History, raised_days_ago: float, told: int
) -> None:
    history((100, 700), (raised_days_ago, 1000))
    assert lowest(store) == told


def test_todays_own_price_is_one_of_them(store: Store, history: History) -> None:
    history((100, 1000), (1, 900))
    assert lowest(store) == 900


def test_a_price_that_comes_later_does_not_count_yet(store: Store, history: History) -> None:
    history((100, 1000), (-1, 1000))
    make_price_point(Product.objects.get(), price=1, at=AT + DAY)
    assert lowest(store) == 1000


def test_a_product_without_history_costs_what_it_costs(store: Store) -> None:
    make_product(store, sku="MUG", price=1000)
    PricePoint.objects.all().delete()
    assert lowest(store) == 1000


# --- where it is shown


@pytest.mark.parametrize(
    ("country", "said", "is_shown"),
    [
        ("DE", "by_country", True),
        ("GB", "by_country", False),
        ("", "by_country", False),
        ("GB", "always", True),
        ("DE", "never", False),
    ],
)
def test_shown_in_the_eu_unless_the_store_says_otherwise(country: str, said: str, is_shown: bool) -> None:
    store = make_store(country=country, lowest_price_shown=said)
    make_product(store, sku="MUG")
    assert shows_lowest_price(store) is is_shown
    assert bool(lowest_prices(store, ["MUG"], at=AT)) is is_shown


def test_a_quote_knows_it_where_the_store_shows_it(store: Store, history: History) -> None:
    product = history((100, 1000), (20, 800), (10, 1000))
    run_offer(store, lane="order", audience={"kind": "everyone"})
    assert quote(store).facts.lowest == {product.pk: 800}
    Store.objects.update(lowest_price_shown="never")
    store.refresh_from_db()
    assert quote(store).facts.lowest == {}


# --- how it is known


def noted() -> list[int]:
    return list(PricePoint.objects.order_by("id").values_list("price", flat=True))


def test_every_price_is_noted_once_however_it_comes(store: Store) -> None:
    def report(**given: Any) -> None:
        keep_products([Product(store=store, sku="MUG", **given)])

    report(price=1000)
    report(price=1000)
    report(price=1000, name="Blue mug")
    report(price=900)
    Product.objects.update(price=800)
    Product.objects.update(price=800, name="Mug")
    assert noted() == [1000, 900, 800]


def test_a_sandbox_notes_by_its_own_clock() -> None:
    store = make_store(is_sandbox=True, clock_shift_seconds=86_400)
    product = make_product(store)
    point = product.price_points.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (now,) = cursor.fetchone()
    assert point.at == now + DAY


@pytest.mark.parametrize("trigger", ["shop_product_notes_first_price", "shop_product_notes_price"])
def test_without_its_triggers_a_price_is_not_noted(store: Store, trigger: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE shop_product DISABLE TRIGGER {trigger}")
    make_product(store, price=1000)
    Product.objects.update(price=900)
    assert noted() == ([900] if trigger == "shop_product_notes_first_price" else [1000])


def test_what_was_noted_is_never_changed(store: Store) -> None:
    make_product(store)
    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        PricePoint.objects.update(price=1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE shop_pricepoint DISABLE TRIGGER shop_pricepoint_never_changes")
    assert PricePoint.objects.update(price=1) == 1


def test_prices_go_after_60_days_but_for_the_one_in_force_then(store: Store, history: History) -> None:
    history((200, 500), (100, 700), (61, 900), (20, 1000))
    assert prune_prices(at=AT) == 2
    assert (noted(), lowest(store)) == ([900, 1000], 900)
    assert prune_prices(at=AT) == 0


def test_products_whose_price_changed_lately_are_found(store: Store, history: History) -> None:
    history((100, 700), (20, 1000), (10, 900))
    make_price_point(make_product(store, sku="OLD"), at=AT - 31 * DAY)
    PricePoint.objects.filter(product__sku="OLD", at__gt=AT - 31 * DAY).delete()
    assert changed_lately(store, at=AT, limit=10) == ["MUG"]
