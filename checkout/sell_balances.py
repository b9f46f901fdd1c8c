"""Gift balances that an order bought: issued once it is paid for, one for each unit that is kept.

The caller holds the order's lock and owns the transaction.
"""

from coupons.issue_balance import GiftTerms, Issued, issue_balance
from coupons.models import GiftProduct
from loyalty.transfer_gifts import Booking
from shop.models import Order, OrderLine


def issue_bought(order: Order, booking: Booking) -> list[Issued]:
    """Once per unit, however often it is told that the order is paid. What was refunded before is not issued."""
    lines = list(order.lines.filter(gift_value__isnull=False).order_by("ordinal"))
    if not lines:
        return []
    terms = GiftProduct.objects.filter(product__in=[line.product_id for line in lines])
    days = dict(terms.values_list("product_id", "valid_days"))
    return [
        issue_balance(order.store, _terms(order, line, unit, days), booking)
        for line in lines
        for unit in range(1, line.quantity - line.refunded_quantity + 1)
    ]


def _terms(order: Order, line: OrderLine, unit: int, days: dict[int, int]) -> GiftTerms:
    assert line.gift_value is not None, "asked for lines that are worth something"
    return GiftTerms(
        amount=line.gift_value,
        key=f"line:{line.pk}:{unit}",
        days=days.get(line.product_id or 0, GiftProduct.DEFAULT_DAYS),
        customer=order.customer,
        line=line,
        unit=unit,
    )
