"""Points that customers hold: what the shop owes them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from loyalty.models import Lot
from shop.models import Store

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PointsOutstanding:
    """`active` points may be spent now, `pending` ones wait; `ending_soon` of the active ones end within 30 days."""

    active: int
    pending: int
    ending_soon: int
    holders: int


def points_outstanding(store: Store, *, at: datetime) -> PointsOutstanding:
    """One query over the portions that have something left and have not ended."""
    is_active = Q(active_at__lte=at)
    found = Lot.objects.filter(account__store=store, left__gt=0, ends_at__gt=at).aggregate(
        active=Coalesce(Sum("left", filter=is_active), 0),
        pending=Coalesce(Sum("left", filter=~is_active), 0),
        ending_soon=Coalesce(Sum("left", filter=is_active & Q(ends_at__lte=at + SOON)), 0),
        holders=Count("account", distinct=True),
    )
    return PointsOutstanding(**found)
