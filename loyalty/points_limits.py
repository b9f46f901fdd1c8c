"""What a store lets people do with points, and how much of it is left to one of them today."""

from datetime import datetime

from loyalty.models import PointsLimits
from loyalty.take_allowance import used_of_allowance
from shop.clock import local_date
from shop.models import Role, Store, User


def limits_of(store: Store) -> PointsLimits:
    """The store's own, or the defaults, not saved."""
    return PointsLimits.objects.filter(store=store).first() or PointsLimits(store=store)


def day_max(limits: PointsLimits, role: str) -> int | None:
    """Points that a person of this role corrects in a day without a second one; None: any number."""
    if role in (Role.OWNER, Role.ADMIN):
        return limits.admin_day_max
    return limits.support_day_max if role == Role.SUPPORT else 0


def day_key(store: Store, by: User, *, at: datetime) -> str:
    """`at` by the store's clock: its day is the day of the limit."""
    return f"adjust:{by.pk}:{local_date(store, at).isoformat()}"


def left_today(store: Store, by: User, *, role: str, at: datetime) -> int | None:
    """Points that this person may still correct alone today; None: any number."""
    most = day_max(limits_of(store), role)
    return None if most is None else max(0, most - used_of_allowance(store, key=day_key(store, by, at=at)))
