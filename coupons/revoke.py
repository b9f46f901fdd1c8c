"""Take a coupon's right away. The caller owns the transaction."""

from datetime import datetime

from django.db import connection
from django.db.models import F

from coupons.models import Coupon, Revocation
from shop.models import User
from shop.record import record


def revoke(coupon: Coupon, *, by: User | None, at: datetime, reason: str) -> Revocation:
    """From now on the coupon is refused, and nobody can undo that. A second time: the first revocation.

    What a cart holds already stays its own: a held right never fails at commit.
    """
    assert connection.in_atomic_block, "a revocation belongs to the transaction of what it is for"
    # On the row itself, where redeeming looks: it sees a row that is locked only as it is after the wait.
    Coupon.objects.filter(pk=coupon.pk).update(uses_max=F("used") + F("held"))
    revocation, created = Revocation.objects.get_or_create(
        coupon=coupon, defaults={"store_id": coupon.store_id, "by": by, "at": at, "reason": reason}
    )
    if created:
        _note(coupon, revocation, by=by, at=at)
    return revocation


def _note(coupon: Coupon, revocation: Revocation, *, by: User | None, at: datetime) -> None:
    data = {"reason": revocation.reason, "by": by.pk if by else None}
    record(
        "coupon.revoked",
        store=coupon.store,
        at=at,
        customer=coupon.customer,
        subject=f"coupon:{coupon.pk}",
        data=data,
    )
