"""The payment of an order has failed for good: the order is off, and all that it took is free again at once."""

from datetime import datetime

from django.db import connection

from checkout.cancel import cancel_order
from checkout.known_order import lock_order
from shop.models import Order, Store
from shop.record import record


def fail_payment(
    store: Store, ref: str, *, told: datetime | None, at: datetime, at_recorded: datetime
) -> Order:
    """Cancel the order, unless it is paid or cancelled already: then nothing changes, however often it is told.

    A payment that came through counts, whatever is said of another try; what is free again may be somebody else's by
    the next moment, so an order that is off stays so. Raises OrderUnknown and OrderInvalid.
    """
    assert connection.in_atomic_block, "the edge owns the transaction"
    order = lock_order(store, ref)
    if order.paid_at is not None or order.cancelled_at is not None:
        return order
    cancelled = cancel_order(store, ref, told=told, at=at, at_recorded=at_recorded).order
    record(
        "order.payment_failed",
        store=store,
        at=cancelled.cancelled_at or at,
        customer=cancelled.customer,
        subject=f"order:{cancelled.ref}",
        subject_id=cancelled.pk,
    )
    return cancelled
