"""What one order did to points."""

from dataclasses import dataclass

from django.db.models import F, Sum

from loyalty.models import Account, Debt, Transfer
from panel.customers.say_movement import Movement, say_movement
from shop.models import Order

MOVEMENTS_MAX = 100  # one for each portion that was touched; the first ones


@dataclass(frozen=True, slots=True)
class PointsOfOrder:
    """`earned` in all, whatever was taken back since. `owed` is what could not be taken back and is owed still."""

    movements: list[Movement]
    earned: int
    owed: int


def points_of_order(order: Order) -> PointsOfOrder:
    """Two queries."""
    mine = Transfer.objects.filter(order=order, asset=Account.Asset.POINTS)
    moved = mine.select_related("source", "target", "rule").order_by("id")
    transfers = list(moved[:MOVEMENTS_MAX])
    for transfer in transfers:
        transfer.order = order
    left = Debt.objects.filter(accrual__order=order).aggregate(points=Sum(F("amount") - F("repaid")))
    return PointsOfOrder(
        movements=[say_movement(transfer) for transfer in transfers],
        earned=sum(transfer.amount for transfer in transfers if transfer.kind == Transfer.Kind.ACCRUAL),
        owed=int(left["points"] or 0),
    )
