"""What a playbook's amounts start from: the store's own usual order, or the size of its currency."""

from collections.abc import Sequence

import pytest

from panel.playbooks.cart_reminder_form import default_plan as default_cart_reminder
from panel.playbooks.propose import in_currency, propose_minimum
from panel.playbooks.win_back_form import default_plan as default_win_back
from reports.queries.usual_order import ORDERS_LOOKED_AT, ORDERS_MIN, usual_order
from shop.models import Store
from tests.factories import AT, DAY, make_order, make_store

pytestmark = pytest.mark.django_db


def store_with(paid: Sequence[int], **given: object) -> Store:
    store = make_store(**given)
    for days_ago, amount in enumerate(paid):
        make_order(store, goods=amount, payable=amount, placed_at=AT - days_ago * DAY)
    return store


def test_a_usual_order_is_the_median_of_what_goods_came_to() -> None:
    paid = [1_000] * 9 + [3_200] + [90_000] * 10
    assert usual_order(store_with(paid)) == 3_200


def test_of_too_few_orders_nobody_can_say_what_is_usual() -> None:
    assert usual_order(store_with([3_200] * (ORDERS_MIN - 1))) is None


def test_cancelled_orders_and_another_stores_do_not_count() -> None:
    store = store_with([3_200] * ORDERS_MIN)
    for _ in range(30):
        make_order(store, goods=100, payable=100, status="cancelled", cancelled_at=AT)
    store_with([100] * 30)
    assert usual_order(store) == 3_200


def test_only_the_newest_orders_are_looked_at() -> None:
    assert usual_order(store_with([3_200] * ORDERS_MIN)) == 3_200
    assert ORDERS_LOOKED_AT == 500


@pytest.mark.parametrize(
    ("median", "proposed"),
    [
        (1_999, 2_000),
        (2_000, 2_500),
        (3_200, 4_000),
        (80_000, 100_000),
        (148_370, 150_000),
        (9, 10),
        (0, 10),
    ],
)
def test_the_minimum_is_the_next_round_sum_over_a_usual_order(median: int, proposed: int) -> None:
    assert propose_minimum(store_with([median] * ORDERS_MIN)) == proposed


@pytest.mark.parametrize(
    ("currency", "proposed"),
    [("GBP", 20_00), ("EUR", 20_00), ("RUB", 2_000_00), ("JPY", 2_000), ("KRW", 20_000)],
)
def test_a_new_store_starts_from_the_size_of_its_currency(currency: str, proposed: int) -> None:
    assert propose_minimum(make_store(currency=currency)) == proposed


def test_the_questions_start_from_them() -> None:
    store = make_store(currency="RUB")
    assert default_win_back(store)["minimum"] == 2_000_00
    assert default_cart_reminder(store)["delivery_cost"] == in_currency(store, 3) == 300_00
