"""Hold one use of a coupon for a cart, and let go of it. The caller owns the transaction and goes through coupons in
the order of their ids."""

from datetime import datetime

from django.db import connection
from django.db.models import F

from coupons.models import Coupon, Revocation
from coupons.redeem import free_for, refuse_loser, refuse_stranger_or_late


def hold_coupon(coupon: Coupon, *, customer_id: int | None, at: datetime) -> bool:
    """Whether there was something to hold: a public code has no limit of its own. Raises CouponRefused."""
    assert connection.in_atomic_block, "a hold belongs to the transaction of its quote"
    refuse_stranger_or_late(coupon, customer_id=customer_id, at=at)
    if coupon.uses_max is None:
        return False
    if not free_for(coupon, customer_id=customer_id, at=at).update(held=F("held") + 1):
        refuse_loser(coupon)
    return True


def release_coupon(coupon_id: int) -> None:
    """Make free what a cart held and has not used. Of a coupon that was revoked meanwhile nothing becomes free."""
    mine = Coupon.objects.filter(pk=coupon_id)
    # Whoever revokes it changes this row first, so that from here on there is nothing to miss.
    mine.select_for_update(no_key=True).get()
    gone = int(Revocation.objects.filter(coupon_id=coupon_id).exists())
    released = mine.filter(held__gte=1).update(held=F("held") - 1, uses_max=F("uses_max") - gone)
    assert released == 1, "the counter counts what its quotes hold"
