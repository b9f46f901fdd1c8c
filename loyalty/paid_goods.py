"""What an order's lines of goods cost after discounts and points; services, delivery and gift balances left out."""

from collections.abc import Sequence
from datetime import datetime

from loyalty.earn import lot_window
from shop.models import Order, OrderLine, Product


def goods_of(order: Order) -> list[OrderLine]:
    """The lines that rewards and commissions are counted on, in their order, with their products."""
    lines = order.lines.select_related("product").order_by("ordinal")
    return [
        line
        for line in lines
        if not line.is_gift and (line.product is None or line.product.kind == Product.Kind.GOODS)
    ]


def paid_for(line: OrderLine) -> int:
    """A gift balance counts as paid."""
    return line.total - line.points_amount


def paid_in_all(lines: Sequence[OrderLine]) -> int:
    return sum(paid_for(line) for line in lines)


def is_paid(order: Order) -> bool:
    """What is delivered counts as paid; what was called off before does not."""
    return order.paid_at is not None or order.fulfilled_at is not None


def window_ends_at(order: Order) -> datetime:
    """The end of the return window, by what is known of the order now."""
    return lot_window(order.store, order, life_days=1).active_at
