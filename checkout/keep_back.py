"""What a refund keeps back, by the store's policy, because what the customer keeps costs more without the rest.

Each refund stores what it kept back, and so the sum of them is what has been kept back of the order by now. A refund
settles that sum anew, so that it does not matter in which steps goods come back; whoever gives back everything gets
back everything. Money that was paid out is never asked for again: a step that would have to, pays nothing, and the
next ones pay the less.
"""

from collections.abc import Sequence

from django.db.models import Sum

from checkout.price_kept import dearer_alone
from loyalty.reverse import part_of
from shop.models import Order, OrderLine, Refund, Store


def keep_back(order: Order, lines: Sequence[OrderLine], *, due: int, delivery: int) -> int:
    """How much of `due` stays with the shop; less than 0 where earlier refunds kept back what is now due as well.

    `due` is what was paid in money for the goods that come back, and only of that anything is kept; `delivery` is what
    is refunded of its fee. `lines` are all of the order's, with what is refunded by now.
    """
    before = _kept_back_before(order)
    extra = 0
    if order.store.return_policy == Store.ReturnPolicy.REPRICE:
        keeps_delivery = not (order.delivery_refunded or delivery)
        dearer = dearer_alone(order, lines, keeps_delivery=keeps_delivery)
        # Cheaper by no more than what was paid for it.
        extra = max(dearer, -sum(_money_kept(line) for line in lines))
    return min(extra, due + before) - before


def _kept_back_before(order: Order) -> int:
    found = Refund.objects.filter(order=order).aggregate(sum=Sum("kept_back"))
    return int(found["sum"] or 0)


def _money_kept(line: OrderLine) -> int:
    paid = line.total - line.points_amount - line.balance_amount
    return paid - part_of(paid, refunded=line.refunded_quantity, quantity=line.quantity)
