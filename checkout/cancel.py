"""Cancel an order: all that is left of it is refunded, and its coupons and limits are free again.

The edge owns the transaction. Locks: the order, the customer's points account, coupons by id, offers' counters last.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from checkout.known_order import lock_order, moment_of
from checkout.refund import Refunded, RefundLineRequest, RefundRequest, owed_for, write_refund
from checkout.report_order import state_of
from coupons.give_back import give_back_coupons
from loyalty.return_uses import return_uses
from shop.models import Order, Refund, Store
from shop.record import record


@dataclass(frozen=True, slots=True)
class Cancelled:
    """`refund` is None where nothing was left to give back."""

    order: Order
    refund: Refunded | None


def cancel_order(
    store: Store,
    ref: str,
    *,
    told: datetime | None,
    at: datetime,
    at_recorded: datetime,
    return_coupons: bool | None = None,
) -> Cancelled:
    """The order is off since `told`, or since now; told again, nothing changes but an earlier moment.

    With `return_coupons` its coupons and its places under offers' limits can be used again; where it is None, the
    store's setting says so. Raises OrderUnknown and OrderInvalid.
    """
    assert connection.in_atomic_block, "the edge owns the transaction"
    if return_coupons is None:
        return_coupons = store.cancel_returns_use
    order = lock_order(store, ref)
    moment = moment_of(order, told, at=at)
    # The lock makes twins wait; this statement is what lets only one of them go on.
    first = Order.objects.filter(pk=order.pk, cancelled_at=None).update(cancelled_at=moment)
    if not first:
        return _repeated(order, moment if told is not None else None)
    order.cancelled_at = moment
    order.status = state_of(order)
    order.save(update_fields=["status"])
    refund = _refund_the_rest(order, moment=moment, at=at, at_recorded=at_recorded)
    returned = give_back_coupons(order) if return_coupons else 0
    record(
        "order.cancelled",
        store=store,
        at=moment,
        customer=order.customer,
        subject=f"order:{order.ref}",
        subject_id=order.pk,
        data={"coupons_returned": returned},
    )
    if return_coupons:
        return_uses(order)
    return Cancelled(order, refund)


def _reference(order: Order) -> str:
    """The storefront's own references hold no slash, so this is never one of them."""
    return f"cancellation/{order.pk}"


def _refund_the_rest(
    order: Order, *, moment: datetime, at: datetime, at_recorded: datetime
) -> Refunded | None:
    left = [
        RefundLineRequest(line.ordinal, line.quantity - line.refunded_quantity)
        for line in order.lines.order_by("ordinal")
        if line.quantity > line.refunded_quantity
    ]
    fee = order.delivery - order.delivery_discount - order.delivery_refunded
    if not left and not fee:
        return None
    request = RefundRequest(ref=_reference(order), lines=tuple(left), delivery=fee > 0)
    return write_refund(order, request, moment=moment, at=at, at_recorded=at_recorded)


def _repeated(order: Order, told: datetime | None) -> Cancelled:
    """The earliest moment counts, so that the order of reports makes no difference."""
    order.refresh_from_db(fields=["cancelled_at", "status"])
    if told is not None and order.cancelled_at is not None and told < order.cancelled_at:
        order.cancelled_at = told
        order.save(update_fields=["cancelled_at"])
    refund = Refund.objects.filter(store=order.store, ref=_reference(order)).first()
    if refund is None:
        return Cancelled(order, None)
    lines = list(refund.lines.select_related("order_line").order_by("ordinal"))
    return Cancelled(order, Refunded(order, refund, lines, owed_for(refund), created=False))
