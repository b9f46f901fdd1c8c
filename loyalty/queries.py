"""What a customer's points come to."""

from dataclasses import dataclass
from datetime import datetime

from loyalty.models import Account, Lot
from shop.models import Customer


@dataclass(frozen=True, slots=True)
class PointsOf:
    """Points by state. `expiring` are the spendable ones that end first, at `expiring_at`; none: 0 and None."""

    pending: int
    active: int
    expiring: int = 0
    expiring_at: datetime | None = None

    @property
    def total(self) -> int:
        return self.pending + self.active


def points_of(customer: Customer, *, at: datetime) -> PointsOf:
    """What the customer has at `at`. One query. Lots that have ended count no more, however late the job that
    books their end."""
    open_lots = Lot.objects.filter(
        account__customer=customer,
        account__kind=Account.Kind.CUSTOMER,
        account__asset=Account.Asset.POINTS,
        left__gt=0,
        ends_at__gt=at,
    )
    pending = active = expiring = 0
    expiring_at: datetime | None = None
    for left, active_at, ends_at in open_lots.order_by("ends_at").values_list("left", "active_at", "ends_at"):
        if active_at > at:
            pending += left
            continue
        active += left
        expiring_at = expiring_at or ends_at
        if ends_at == expiring_at:
            expiring += left
    return PointsOf(pending, active, expiring, expiring_at)
