"""A customer's points: what they come to, what is owed, each earned portion, and how they moved."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from loyalty.models import Account, Lot, Transfer
from loyalty.queries import DebtsOf, PointsOf, debts_of, points_of
from panel.customers.say_movement import Movement, say_movement
from shop.models import Customer

ROWS_MAX = 20  # of each list; the newest


@dataclass(frozen=True, slots=True)
class ShownLot:
    """An earned portion, and what has become of it."""

    lot: Lot
    state: str


@dataclass(frozen=True, slots=True)
class ShownPoints:
    """`worth` is what the spendable ones pay, in minor units; 0 where points pay for nothing here."""

    now: PointsOf
    debts: DebtsOf
    worth: int
    lots: list[ShownLot]
    movements: list[Movement]


def show_points(customer: Customer, *, at: datetime) -> ShownPoints:
    """A fixed number of queries."""
    now = points_of(customer, at=at)
    return ShownPoints(
        now=now,
        debts=debts_of(customer),
        worth=now.active * customer.store.points_value,
        lots=_lots(customer, at=at),
        movements=_movements(customer),
    )


def _lots(customer: Customer, *, at: datetime) -> list[ShownLot]:
    lots = (
        Lot.objects.filter(account__customer=customer, account__asset=Account.Asset.POINTS)
        .select_related("transfer__order", "transfer__rule", "transfer__target")
        .order_by("-active_at", "-id")[:ROWS_MAX]
    )
    return [ShownLot(lot, _state_of(lot, at=at)) for lot in lots]


def _state_of(lot: Lot, *, at: datetime) -> str:
    if lot.held:
        return _("held for a cart")
    if lot.ends_at <= at:
        return _("ended")
    if lot.left == 0:
        return _("used up")
    return _("pending") if lot.active_at > at else _("active")


def _movements(customer: Customer) -> list[Movement]:
    mine = Q(source__customer=customer) | Q(target__customer=customer)
    moved = Transfer.objects.filter(mine, store=customer.store_id, asset=Account.Asset.POINTS)
    read = moved.select_related("source", "target", "order", "rule")
    return [
        say_movement(transfer, customer_id=customer.pk)
        for transfer in read.order_by("-effective_at", "-id")[:ROWS_MAX]
    ]
