"""What the storefront reports of an order after it was placed: that it was paid, that it was delivered.

In any order and any number of times: the earliest moment counts, and the state follows from the moments alone.
"""

from datetime import datetime

from django.db import connection

from checkout.grant_rewards import grant_rewards
from checkout.known_order import lock_order, moment_of
from checkout.sell_balances import issue_bought
from loyalty.reschedule import reschedule
from loyalty.transfer_gifts import Booking
from shop.models import Order, Store
from shop.record import record


def report_payment(
    store: Store, ref: str, *, told: datetime | None, at: datetime, at_recorded: datetime | None = None
) -> Order:
    """The order is paid since `told`, or since now; gift balances that it bought are issued. `at_recorded` is the
    clock, where the shop's moment is another. Raises OrderUnknown and OrderInvalid."""
    order = _report(store, ref, "paid_at", told=told, at=at)
    if order.sells_balances and not order.cancelled_at:  # type: ignore[attr-defined]  # annotated by lock_order
        issue_bought(order, Booking(store, at, at_recorded or at, order))
    return order


def report_fulfilment(store: Store, ref: str, *, told: datetime | None, at: datetime) -> Order:
    """The order is with its customer since `told`, or since now: the return window opens. Raises OrderUnknown and
    OrderInvalid."""
    return _report(store, ref, "fulfilled_at", told=told, at=at)


def state_of(order: Order) -> str:
    """By what is known, whatever came first."""
    if order.cancelled_at:
        return Order.Status.CANCELLED
    if order.fulfilled_at:
        return Order.Status.FULFILLED
    return Order.Status.PAID if order.paid_at else Order.Status.PLACED


def _report(store: Store, ref: str, field: str, *, told: datetime | None, at: datetime) -> Order:
    assert connection.in_atomic_block, "the edge owns the transaction"
    order = lock_order(store, ref)
    moment = moment_of(order, told, at=at)
    known: datetime | None = getattr(order, field)
    if known is not None and (told is None or known <= moment):
        return order
    setattr(order, field, moment)
    order.status = state_of(order)
    order.save(update_fields=[field, "status"])
    reschedule(order, at=at)
    if not order.cancelled_at:
        grant_rewards(order, at=at)
    if known is None:
        record(
            f"order.{field.removesuffix('_at')}",
            store=store,
            at=moment,
            customer=order.customer,
            subject=f"order:{order.ref}",
            subject_id=order.pk,
        )
    return order
