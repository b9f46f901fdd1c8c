"""Set from how many days on buyers count as slowing, passive, lost. The edge owns the transaction."""

from datetime import datetime

from django.db import connection

from loyalty.models import LifeCycleLimits, Segment
from shop.models import Store, User
from shop.record import record


def keep_limits(
    store: Store, *, active_days: int, passive_days: int, lost_days: int, by: User | None, at: datetime
) -> LifeCycleLimits:
    """The store's segments are looked at anew by the next run of the job."""
    assert connection.in_atomic_block, "the edge owns the transaction"
    days = {"active_days": active_days, "passive_days": passive_days, "lost_days": lost_days}
    limits, _created = LifeCycleLimits.objects.update_or_create(store=store, defaults=days)
    record(
        "life_cycle.changed",
        store=store,
        at=at,
        subject="life_cycle",
        data={"by": by.pk if by else None, **days},
    )
    Segment.objects.filter(store=store, archived_at=None).update(due_at=at)
    return limits
