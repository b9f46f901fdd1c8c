"""Payment, delivery and cancellation may be told in any order, any number of times: they end in the same state."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from checkout.errors import OrderInvalid, OrderUnknown
from loyalty.models import Lot
from loyalty.queries import points_of
from loyalty.verify import verify_ledger
from shop.models import Activity, Customer, Order, Store
from tests.checkout.ask import order
from tests.checkout.reverse import THREE, balance, cancel, fulfil, member, pay, points_store, refund
from tests.factories import AT, DAY, make_store

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
REPORTS: dict[str, Callable[[Order], Any]] = {
    "paid": lambda bought: pay(bought, told=AT + HOUR, at=AT + DAY),
    "paid again": lambda bought: pay(bought, told=AT + 2 * HOUR, at=AT + DAY),
    "delivered": lambda bought: fulfil(bought, told=AT + 3 * HOUR, at=AT + DAY),
    "cancelled": lambda bought: cancel(bought, told=AT + 4 * HOUR, at=AT + DAY),
}


@pytest.fixture
def store() -> Store:
    return points_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


@pytest.mark.parametrize("reports", list(permutations(REPORTS)), ids="-".join)
def test_any_order_of_reports_ends_alike(store: Store, anna: Customer, reports: tuple[str, ...]) -> None:
    bought = order(store, customer=anna.ref, lines=THREE, delivery=300).order
    for name in (*reports, *reports):
        REPORTS[name](bought)
    ended = Order.objects.get()
    assert (ended.status, ended.paid_at, ended.fulfilled_at, ended.cancelled_at) == (
        "cancelled",
        AT + HOUR,
        AT + 3 * HOUR,
        AT + 4 * HOUR,
    )
    assert (ended.refunded, ended.delivery_refunded, balance(anna)) == (2300, 300, 0)
    kinds = Activity.objects.exclude(kind="order.placed").values_list("kind", flat=True)
    assert sorted(kinds) == ["order.cancelled", "order.fulfilled", "order.paid", "order.refunded"]
    assert verify_ledger(store) == []


def test_a_paid_order_is_paid_and_a_delivered_one_delivered(store: Store) -> None:
    bought = order(store).order
    assert pay(bought).status == "paid"
    assert fulfil(bought).status == "fulfilled"
    assert pay(bought).status == "fulfilled"


def test_points_become_spendable_when_the_return_window_after_the_delivery_ends(
    store: Store, anna: Customer
) -> None:
    bought = order(store, customer=anna.ref, lines=THREE).order
    assert Lot.objects.get().active_at == AT + 28 * DAY
    pay(bought, told=AT + DAY, at=AT + DAY)
    assert Lot.objects.get().active_at == AT + 29 * DAY
    fulfil(bought, told=AT + 3 * DAY, at=AT + 3 * DAY)
    lot = Lot.objects.get()
    assert lot.active_at == AT + 17 * DAY
    assert (lot.ends_at - lot.active_at).days == 365
    assert points_of(anna, at=AT + 17 * DAY - HOUR).active == 0
    assert points_of(anna, at=AT + 17 * DAY).active == 20


def test_points_that_can_be_spent_never_become_pending_again(store: Store, anna: Customer) -> None:
    bought = order(store, customer=anna.ref, lines=THREE).order
    late = AT + 28 * DAY
    fulfil(bought, told=late, at=late)
    assert points_of(anna, at=late).active == 20


def test_a_report_of_an_unknown_order_is_refused(store: Store) -> None:
    bought = order(store).order
    bought.store = make_store()
    for report in REPORTS.values():
        with pytest.raises(OrderUnknown):
            report(bought)


@pytest.mark.parametrize("told", [AT - HOUR, AT + timedelta(minutes=6)])
@pytest.mark.parametrize("report", [pay, fulfil, cancel])
def test_a_report_is_of_a_moment_between_order_and_now(store: Store, report: Any, told: Any) -> None:
    bought = order(store).order
    with pytest.raises(OrderInvalid):
        report(bought, told=told)


def test_cancelling_refunds_what_is_left(store: Store, anna: Customer) -> None:
    bought = order(store, customer=anna.ref, lines=THREE, delivery=300).order
    refund(bought, (1, 1), (3, 1), delivery=True)
    done = cancel(bought)
    assert done.refund is not None
    assert [(row.quantity, row.amount) for row in done.refund.lines] == [(3, 750), (3, 600)]
    assert (done.refund.refund.amount, Order.objects.get().refunded, balance(anna)) == (1350, 2300, 0)


def test_nothing_is_left_to_refund_of_an_order_that_was_refunded_whole(store: Store) -> None:
    bought = order(store, lines=THREE).order
    refund(bought, (1, 4), (2, 3), (3, 1))
    assert cancel(bought).refund is None
    assert cancel(bought).refund is None
    assert Order.objects.get().status == "cancelled"


def test_a_repeated_cancellation_answers_as_the_first(store: Store, anna: Customer) -> None:
    bought = order(store, customer=anna.ref, lines=THREE).order
    first, again = cancel(bought), cancel(bought, at=AT + DAY)
    assert first.refund is not None
    assert again.refund is not None
    assert again.refund.refund == first.refund.refund
    assert again.order.cancelled_at == AT
