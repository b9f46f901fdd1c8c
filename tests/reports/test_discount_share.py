"""How much of the last thirty days was sold at a discount."""

import pytest

from reports.queries.discount_share import discount_share
from shop.models import Order, Store
from tests.factories import AT, DAY, make_order, make_order_line, make_store

pytestmark = pytest.mark.django_db


def sold(store: Store, price: int, *, discount: int = 0, days_ago: int = 1, **given: object) -> None:
    order = make_order(store, placed_at=AT - days_ago * DAY, **given)
    make_order_line(order, quantity=1, unit_price=price, discount=discount, total=price - discount)


def test_share_of_what_goods_brought() -> None:
    store = make_store()
    sold(store, 1_000, discount=100)
    sold(store, 2_100)
    found = discount_share(store, until=AT)
    assert (found.revenue, found.discounted, found.given) == (3_000, 900, 100)
    assert found.share_bp == 3_000


def test_older_orders_cancelled_ones_and_other_stores_do_not_count() -> None:
    store = make_store()
    sold(store, 1_000, discount=100, days_ago=31)
    sold(store, 1_000, discount=100, status=Order.Status.CANCELLED)
    sold(make_store(), 1_000, discount=100)
    assert discount_share(store, until=AT).share_bp == 0


def test_exactly_the_limit_is_no_alarm_and_a_penny_more_is() -> None:
    store = make_store(discount_share_max_bp=5_000)
    sold(store, 1_000)
    sold(store, 1_100, discount=100)
    assert not discount_share(store, until=AT).is_over
    sold(store, 2, discount=1)
    assert discount_share(store, until=AT).is_over


def test_without_a_limit_there_is_no_alarm() -> None:
    store = make_store()
    sold(store, 1_000, discount=500)
    found = discount_share(store, until=AT)
    assert found.share_bp == 10_000
    assert not found.is_over
