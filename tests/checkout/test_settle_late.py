"""Orders that are told late, and points that were over before we heard of them."""

from datetime import timedelta

import pytest

from loyalty.expire import expire_due
from loyalty.verify import verify_ledger
from tests.checkout.ask import order
from tests.checkout.reverse import balance, give, member, mugs, points_store
from tests.factories import AT, DAY

pytestmark = pytest.mark.django_db

PLACED = AT - 3 * DAY


@pytest.mark.parametrize("has_job_run", [True, False])
def test_an_order_told_late_pays_with_no_points_that_are_over_now(has_job_run: bool) -> None:
    store = points_store()
    anna = member(store)
    give(anna, 70, ends_at=AT)
    give(anna, 20, ends_at=AT + DAY)
    if has_job_run:
        expire_due(at=AT)
    # Points given by hand can be spent since the day before AT.
    placed_at = AT - DAY
    told = order(store, customer=anna.ref, lines=mugs(1), points_to_spend=90, placed_at=placed_at, at=AT)
    assert told.order.points_spent == 20
    assert balance(anna) == told.points
    assert verify_ledger(store) == []


def test_an_order_told_late_pays_with_what_still_lives_for_an_instant() -> None:
    store = points_store()
    anna = member(store)
    give(anna, 70, ends_at=AT + timedelta(microseconds=1))
    told = order(store, customer=anna.ref, lines=mugs(1), points_to_spend=70, placed_at=AT - DAY, at=AT)
    assert told.order.points_spent == 70


def test_an_order_told_late_pays_with_no_points_that_came_later() -> None:
    store = points_store()
    anna = member(store)
    give(anna, 70)
    told = order(store, customer=anna.ref, lines=mugs(1), points_to_spend=70, placed_at=PLACED, at=AT)
    assert told.order.points_spent == 0
