"""What is told of an order later on moves the moment from which its points can be spent."""

from datetime import datetime

from loyalty.earn import LIFE_DAYS, lot_window
from loyalty.models import Transfer
from loyalty.transfer_lots import move_lot
from shop.models import Order


def reschedule(order: Order, *, at: datetime) -> None:
    """Count the return window of `order` anew from what is known of it now. What can be spent already stays so."""
    accruals = Transfer.objects.filter(order=order, kind=Transfer.Kind.ACCRUAL).select_related("rule")
    accrual = accruals.first()
    if accrual is not None:
        life_days = accrual.rule.life_days if accrual.rule else LIFE_DAYS
        move_lot(order, lot_window(order.store, order, life_days=life_days), at=at)
