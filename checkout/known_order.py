"""Find an order that something is reported of, and keep it to oneself while it is written down."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from checkout.errors import Fault, OrderInvalid, OrderUnknown
from shop.models import Order, OrderLine, Store

CLOCKS_DIFFER = timedelta(minutes=5)


def lock_order(store: Store, ref: str) -> Order:
    """The order, locked until the transaction ends: the first lock of all that are taken. `sells_balances`: some of its
    lines become gift balances once it is paid. Raises OrderUnknown."""
    sold = OrderLine.objects.filter(order=OuterRef("pk"), gift_value__isnull=False)
    orders = Order.objects.select_related("customer").filter(store=store, ref=ref)
    orders = orders.annotate(sells_balances=Exists(sold))
    order = orders.select_for_update(of=("self",), no_key=True).first()
    if order is None:
        raise OrderUnknown
    order.store = store
    return order


def moment_of(order: Order, told: datetime | None, *, at: datetime) -> datetime:
    """When it happened: as told, or now. Raises OrderInvalid for a moment before the order or one yet to come."""
    if told is None:
        return max(at, order.placed_at)
    if not order.placed_at <= told <= at + CLOCKS_DIFFER:
        raise OrderInvalid(Fault.MOMENT_OUT_OF_RANGE, attr="at")
    return told
