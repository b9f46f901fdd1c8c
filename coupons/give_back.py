"""A cancelled order gives its coupons back. The caller owns the transaction and cancels an order once."""

from django.db import connection
from django.db.models import F

from coupons.models import Coupon, Redemption
from shop.models import Order


def give_back_coupons(order: Order) -> int:
    """One use back to each coupon that `order` used; returns how many. The redemptions stay as a record.

    Public codes count no uses; what was revoked meanwhile stays so. In the order of their ids, as everybody locks them.
    """
    assert connection.in_atomic_block, "a coupon comes back in the transaction of the cancellation"
    used = Redemption.objects.filter(
        order=order, coupon__uses_max__isnull=False, coupon__revocation__isnull=True
    ).order_by("coupon_id")
    returned = 0
    for coupon_id in list(used.values_list("coupon_id", flat=True)):
        returned += Coupon.objects.filter(pk=coupon_id, used__gt=0).update(used=F("used") - 1)
    return returned
