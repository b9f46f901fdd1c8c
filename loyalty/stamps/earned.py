"""Which stamps an order is worth, by what is kept of it now."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from loyalty.models import StampCard
from loyalty.snapshot import Groups
from shop.models import Order, OrderLine

STAMPS_OF_ORDER_MAX = 100


@dataclass(frozen=True, slots=True)
class Bought:
    """One line as it stands: `kept` units that have not come back. Gifts are not bought."""

    ordinal: int
    sku: str
    category: str
    unit_price: int
    kept: int


def bought_of(orders: Collection[int]) -> dict[int, list[Bought]]:
    """The lines of these orders, by order, in their order there. One query, and plain values: orders may be many."""
    found: defaultdict[int, list[Bought]] = defaultdict(list)
    rows = OrderLine.objects.filter(order_id__in=orders, is_gift=False).order_by("order_id", "ordinal")
    kept = F("quantity") - F("refunded_quantity")
    values = rows.values_list("order_id", "ordinal", "sku", "product__category", "unit_price", kept)
    for order_id, ordinal, sku, category, unit_price, units in values.iterator():
        found[order_id].append(Bought(ordinal, sku, category or "", unit_price, units))
    return found


def is_certain(order: Order) -> bool:
    """Paid for, and not called off. What an import brings was paid long ago."""
    is_paid = order.paid_at is not None or order.fulfilled_at is not None
    return order.cancelled_at is None and (is_paid or order.source == Order.Source.IMPORT)


def certain_at(order: Order) -> datetime:
    """Since when: the first that is known of its being paid for."""
    known = [moment for moment in (order.paid_at, order.fulfilled_at) if moment is not None]
    return min(known, default=order.placed_at)


def keys_of(card: StampCard, order: Order, lines: Sequence[Bought], *, groups: Groups) -> list[str]:
    """The keys of the stamps, in the order of the lines; none where nothing that counts is kept."""
    if card.by == StampCard.By.VISIT or order.placed_at < card.starts_at or not is_certain(order):
        return []
    kept = [line for line in lines if line.kept > 0]
    if card.by == StampCard.By.PRODUCT and card.group:
        kept = [line for line in kept if card.group in groups.of(line.sku, line.category, line.unit_price)]
    if not kept:
        return []
    if card.by == StampCard.By.ORDER or not card.per_unit:
        return [f"order:{order.pk}"]
    units = [f"order:{order.pk}:{line.ordinal}:{unit}" for line in kept for unit in range(1, line.kept + 1)]
    return units[:STAMPS_OF_ORDER_MAX]
