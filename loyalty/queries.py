"""What a customer's points come to."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from loyalty.models import Account, Debt, Lot
from shop.models import Customer


@dataclass(frozen=True, slots=True)
class PointsOf:
    """Points by state. `expiring` are the spendable ones that end first, at `expiring_at`; none: 0 and None.

    `held` are kept for carts with a reservation: neither spendable by another order nor gone.
    """

    pending: int
    active: int
    expiring: int = 0
    expiring_at: datetime | None = None
    held: int = 0

    @property
    def total(self) -> int:
        return self.pending + self.active + self.held


def points_of(customer: Customer, *, at: datetime) -> PointsOf:
    """What the customer has at `at`. One query. Lots that have ended count no more, however late the job that
    books their end."""
    open_lots = Lot.objects.filter(
        Q(ends_at__gt=at) | Q(held__gt=0),
        account__customer=customer,
        account__kind=Account.Kind.CUSTOMER,
        account__asset=Account.Asset.POINTS,
        left__gt=0,
    )
    pending = active = expiring = held = 0
    expiring_at: datetime | None = None
    for lot in open_lots.order_by("ends_at"):
        held += lot.held
        free = lot.left - lot.held if lot.ends_at > at else 0
        if not free:
            continue
        if lot.active_at > at:
            pending += free
            continue
        active += free
        expiring_at = expiring_at or lot.ends_at
        if lot.ends_at == expiring_at:
            expiring += free
    return PointsOf(pending, active, expiring, expiring_at, held)


DEBTS_MAX = 100


@dataclass(frozen=True, slots=True)
class Owed:
    """Points that are still owed for an order whose goods came back, by the order's reference."""

    order: str
    points: int
    at: datetime


@dataclass(frozen=True, slots=True)
class DebtsOf:
    """What a customer owes in all, and for which orders: the oldest first, as they are repaid, at most DEBTS_MAX."""

    owed: int = 0
    debts: tuple[Owed, ...] = ()


def debts_of(customer: Customer) -> DebtsOf:
    """One query."""
    rows = Debt.objects.filter(
        account__customer=customer, account__asset=Account.Asset.POINTS, repaid__lt=F("amount")
    )
    named = rows.order_by("id").values_list(
        "account__owed", "accrual__order__ref", F("amount") - F("repaid"), "at"
    )
    found = list(named[:DEBTS_MAX])
    owed = found[0][0] if found else 0
    return DebtsOf(owed, tuple(Owed(order or "", points, at) for _, order, points, at in found))
