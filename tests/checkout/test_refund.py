"""A refund gives back exactly what was paid, in money and in points, and takes back exactly what was earned."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from checkout.errors import Fault, OrderInvalid, OrderUnknown, RefundRefused
from checkout.request import LineRequest
from loyalty.earn import earn_waiting
from loyalty.models import Debt, LineEarning, Lot, LotUse, Transfer
from loyalty.queries import points_of
from loyalty.verify import verify_ledger
from shop.models import Activity, Customer, Order, OrderLine, Refund, Store
from tests.checkout.ask import order
from tests.checkout.reverse import THREE, balance, give, member, owed, points_store, refund
from tests.factories import AT, DAY, make_customer, make_outbox, make_product, make_store
from tests.factories.offers_that_run import named_coupon

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return points_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


def refused(*args: Any, **asked: Any) -> tuple[Fault, str | None]:
    with pytest.raises(RefundRefused) as error:
        refund(*args, **asked)
    return error.value.code, error.value.attr


def test_units_of_a_line_come_back_at_what_was_paid_for_them(store: Store, anna: Customer) -> None:
    coupon = named_coupon(store, anna)
    bought = order(store, customer=anna.ref, codes=(coupon.code,), lines=THREE, delivery=300).order
    done = refund(bought, (1, 1), (2, 3), ref="R-1")
    assert [(row.quantity, row.amount) for row in done.lines] == [(1, 225), (3, 540)]
    stored = Refund.objects.get(ref="R-1")
    assert (stored.order, stored.amount, stored.delivery, stored.customer) == (bought, 765, 0, anna)
    assert Order.objects.get().refunded == 765
    rows = OrderLine.objects.order_by("ordinal").values_list("refunded_quantity", flat=True)
    assert list(rows) == [1, 3, 0]


def test_odd_money_ends_to_the_penny(store: Store, anna: Customer) -> None:
    ten_off = named_coupon(store, anna, benefits=[{"kind": "amount_off", "amount": 98}])
    asked = {"customer": anna.ref, "codes": (ten_off.code,)}
    bought = order(store, lines=(LineRequest("B", 3, 333),), **asked).order
    amounts = [refund(bought, (1, 1)).refund.amount for _ in range(3)]
    assert (amounts, sum(amounts)) == ([300, 301, 300], 901)


def test_delivery_comes_back_where_it_is_named_and_once(store: Store) -> None:
    bought = order(store, delivery=300).order
    assert refund(bought, delivery=True).refund.amount == 300
    assert Order.objects.get().delivery_refunded == 300
    assert refused(bought, delivery=True) == (Fault.REFUNDED_MORE_THAN_BOUGHT, "delivery")
    assert refund(bought, (1, 1)).refund.amount == 1000


def test_the_last_unit_can_be_refunded_and_not_one_more(store: Store) -> None:
    bought = order(store, lines=THREE).order
    refund(bought, (1, 3))
    assert refused(bought, (2, 1), (1, 2)) == (Fault.REFUNDED_MORE_THAN_BOUGHT, "lines.1.quantity")
    assert list(OrderLine.objects.order_by("ordinal").values_list("refunded_quantity", flat=True)) == [
        3,
        0,
        0,
    ]
    assert refund(bought, (1, 1)).refund.amount == 250


@pytest.mark.parametrize(
    ("units", "fault"),
    [
        ([], (Fault.REFUND_EMPTY, "lines")),
        ([(4, 1)], (Fault.LINE_UNKNOWN, "lines.0.line")),
        ([(1, 1), (1, 1)], (Fault.LINE_TWICE, "lines.1.line")),
    ],
)
def test_a_refund_that_can_not_be_meant_is_refused(store: Store, units: Any, fault: Any) -> None:
    bought = order(store, lines=THREE).order
    assert refused(bought, *units) == fault
    assert not Refund.objects.exists()


def test_an_order_of_another_store_is_unknown(store: Store) -> None:
    bought = order(store).order
    bought.store = make_store()
    with pytest.raises(OrderUnknown):
        refund(bought, (1, 1))


@pytest.mark.parametrize("told", [AT - DAY, AT + timedelta(minutes=6)])
def test_a_refund_happens_between_the_order_and_now(store: Store, told: Any) -> None:
    bought = order(store).order
    with pytest.raises(OrderInvalid):
        refund(bought, (1, 1), told=told)


def test_a_repeat_returns_the_stored_refund_and_moves_nothing(store: Store, anna: Customer) -> None:
    bought = order(store, customer=anna.ref, lines=THREE, delivery=300).order
    first = refund(bought, (1, 2), ref="R-1", delivery=True)
    again = refund(bought, (1, 2), ref="R-1", delivery=True, at=AT + DAY)
    assert (first.created, again.created) == (True, False)
    assert again.refund == first.refund
    assert [(row.amount, row.points_taken_back) for row in again.lines] == [
        (row.amount, row.points_taken_back) for row in first.lines
    ]
    assert (Order.objects.get().refunded, Refund.objects.count()) == (800, 1)
    assert Activity.objects.filter(kind="order.refunded").count() == 1


@pytest.mark.parametrize("other", [{"units": [(1, 1)]}, {"units": [(1, 2)], "delivery": True}])
def test_a_reference_with_other_content_is_a_conflict(store: Store, other: Any) -> None:
    bought = order(store, lines=THREE, delivery=300).order
    refund(bought, (1, 2), ref="R-1")
    asked = dict(other)
    assert refused(bought, *asked.pop("units"), ref="R-1", **asked) == (Fault.REFUND_CONFLICT, "ref")


def test_a_reference_of_another_orders_refund_is_a_conflict(store: Store) -> None:
    refund(order(store).order, (1, 1), ref="R-1")
    assert refused(order(store).order, (1, 1), ref="R-1") == (Fault.REFUND_CONFLICT, "ref")


def test_earned_points_are_taken_back_from_their_own_lot_pending_or_not(store: Store, anna: Customer) -> None:
    give(anna, 100, ends_at=AT + DAY)
    bought = order(store, customer=anna.ref, lines=THREE).order
    assert points_of(anna, at=AT).pending == 20
    done = refund(bought, (1, 2), (3, 1))
    assert [row.points_taken_back for row in done.lines] == [5, 4]
    assert (points_of(anna, at=AT).pending, points_of(anna, at=AT).active, done.owed) == (11, 100, 0)
    reversal = Transfer.objects.get(kind="reversal")
    assert (reversal.amount, reversal.reverses and reversal.reverses.kind) == (9, "accrual")
    assert list(LineEarning.objects.order_by("line__ordinal").values_list("amount", "taken_back")) == [
        (10, 5),
        (6, 0),
        (4, 4),
    ]


def test_what_a_line_earned_is_kept_whatever_its_product_becomes(store: Store, anna: Customer) -> None:
    product = make_product(store, sku="B", kind="service")
    bought = order(store, customer=anna.ref, lines=THREE).order
    refund(bought, (1, 1))
    product.kind = "goods"
    product.save()
    done = refund(bought, (1, 3), (2, 3), (3, 1))
    assert [row.points_taken_back for row in done.lines] == [7, 0, 4]
    assert balance(anna) == 0


def test_spent_points_come_back_before_earned_ones_are_taken(store: Store, anna: Customer) -> None:
    give(anna, 300)
    bought = order(store, customer=anna.ref, lines=THREE, points_to_spend=300).order
    assert (bought.payable, balance(anna)) == (1700, 17)
    done = refund(bought, (1, 4), (2, 3), (3, 1))
    assert done.refund.amount == 1700
    assert [row.points_returned for row in done.lines] == [150, 90, 60]
    assert (balance(anna), owed(anna)) == (300, 0)
    assert verify_ledger(store) == []


def test_returned_points_open_a_lot_that_names_its_origin(store: Store, anna: Customer) -> None:
    give(anna, 100, ends_at=AT + 3 * DAY)
    give(anna, 100, ends_at=AT + 30 * DAY)
    bought = order(store, customer=anna.ref, lines=THREE, points_to_spend=200).order
    refund(bought, (1, 4), (2, 3), (3, 1), at=AT + 5 * DAY)
    returned = Lot.objects.filter(origin__isnull=False).order_by("ends_at")
    assert [(lot.amount, lot.ends_at) for lot in returned] == [
        (100, _midnight_after(19)),
        (100, AT + 30 * DAY),
    ]
    uses = LotUse.objects.filter(line__isnull=False).order_by("id").values_list("amount", "returned")
    assert list(uses) == [(100, 100), (60, 60), (40, 40)]


def test_points_that_were_given_back_once_get_no_second_fortnight(store: Store, anna: Customer) -> None:
    give(anna, 100, ends_at=AT + 3 * DAY)
    first = order(store, customer=anna.ref, lines=THREE, points_to_spend=100).order
    refund(first, (1, 4), (2, 3), (3, 1), at=AT + 5 * DAY)
    second = order(store, customer=anna.ref, lines=THREE, points_to_spend=100, at=AT + 6 * DAY).order
    refund(second, (1, 4), (2, 3), (3, 1), at=AT + 10 * DAY)
    ends = Lot.objects.filter(origin__isnull=False).order_by("id").values_list("ends_at", flat=True)
    assert list(ends) == [_midnight_after(19)] * 2


def _midnight_after(days: int) -> datetime:
    """The end of that day in London, where clocks show UTC in winter."""
    return datetime.combine((AT + days * DAY).date() + DAY, time(), tzinfo=UTC)


@pytest.mark.parametrize(("zone", "ends"), [("Pacific/Auckland", "11:00"), ("America/Los_Angeles", "08:00")])
def test_returned_points_end_with_a_local_day_of_their_store(zone: str, ends: str) -> None:
    store = points_store(time_zone=zone)
    cleo = member(store)
    give(cleo, 100, ends_at=AT + DAY)
    bought = order(store, customer=cleo.ref, lines=THREE, points_to_spend=100).order
    refund(bought, (1, 4), (2, 3), (3, 1), at=AT + 2 * DAY)
    returned = Lot.objects.get(origin__isnull=False)
    assert f"{returned.ends_at:%H:%M}" == ends
    assert timedelta(days=14) < returned.ends_at - (AT + 2 * DAY) <= timedelta(days=15)


def test_after_the_own_lot_points_are_taken_from_what_ends_first(store: Store, anna: Customer) -> None:
    bought = order(store, customer=anna.ref, lines=THREE).order
    active = AT + 28 * DAY
    order(store, customer=anna.ref, lines=THREE, points_to_spend=15, at=active)
    done = refund(bought, (1, 4), (2, 3), (3, 1), at=active)
    # 20 earned, 5 of them left; of the second order's 19, which are pending, 15 go along.
    assert (done.owed, balance(anna)) == (0, 4)
    assert list(Lot.objects.order_by("id").values_list("left", flat=True)) == [0, 4]


def test_a_debt_is_repaid_by_points_that_are_earned_later(store: Store, anna: Customer) -> None:
    bought = order(store, customer=anna.ref, lines=THREE).order
    active = AT + 28 * DAY
    cheap = order(store, customer=anna.ref, lines=(LineRequest("D", 1, 99),), points_to_spend=20, at=active)
    assert cheap.order.points_spent == 20
    done = refund(bought, (1, 4), (2, 3), (3, 1), at=active)
    assert (done.owed, balance(anna), owed(anna)) == (20, 0, 20)
    debt = Debt.objects.get()
    assert (debt.amount, debt.repaid) == (20, 0)
    assert verify_ledger(store) == []
    order(store, customer=anna.ref, lines=(LineRequest("E", 1, 1250),), at=active)
    assert (balance(anna), owed(anna)) == (0, 8)
    order(store, customer=anna.ref, lines=(LineRequest("E", 1, 1250),), at=active)
    assert (balance(anna), owed(anna), Debt.objects.get().repaid) == (4, 0, 20)
    assert verify_ledger(store) == []


def test_returned_points_repay_a_debt_first(store: Store, anna: Customer) -> None:
    bought = order(store, customer=anna.ref, lines=THREE).order
    active = AT + 28 * DAY
    cheap = order(store, customer=anna.ref, lines=(LineRequest("D", 1, 99),), points_to_spend=20, at=active)
    refund(bought, (1, 4), (2, 3), (3, 1), at=active)
    refund(cheap.order, (1, 1), at=active)
    assert (balance(anna), owed(anna)) == (0, 0)
    assert verify_ledger(store) == []


def test_a_guest_gets_money_only(store: Store) -> None:
    bought = order(store, lines=THREE).order
    done = refund(bought, (1, 4))
    assert (done.refund.amount, done.lines[0].points_taken_back, done.refund.customer) == (1000, 0, None)


def test_a_refund_before_the_order_earned_ends_like_one_after(store: Store) -> None:
    late = make_customer(store)
    bought = order(store, customer=late.ref, lines=THREE).order
    assert refund(bought, (1, 2)).lines[0].points_taken_back == 0
    Customer.objects.update(joined_at=AT)
    make_outbox(store, kind="customer.joined", subject_id=late.pk)
    earn_waiting(at=AT)
    assert balance(late) == 15
    assert refund(bought, (1, 2)).lines[0].points_taken_back == 5
    assert (balance(late), verify_ledger(store)) == (10, [])


def test_a_refund_is_written_down_once_and_in_numbers(store: Store, anna: Customer) -> None:
    bought = order(store, customer=anna.ref, lines=THREE).order
    refund(bought, (1, 4), told=AT)
    fact = Activity.objects.get(kind="order.refunded")
    assert (fact.subject, fact.customer, fact.at) == (f"order:{bought.ref}", anna, AT)
    assert fact.data == {
        "amount": 1000,
        "balance_amount": 0,
        "kept_back": 0,
        "points_returned": 0,
        "points_taken_back": 10,
    }
