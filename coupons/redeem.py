"""Use a coupon for an order. The caller owns the transaction and goes through coupons in the order of their ids."""

from datetime import datetime
from typing import NoReturn

from django.db import connection
from django.db.models import F, Q, QuerySet

from coupons.models import Coupon, CouponCampaign, Redemption, Revocation
from pricing.refusals import Refusal
from shop.models import Order


class CouponRefused(Exception):
    """The coupon can not be used (any more). The caller undoes what it has done so far and prices anew."""

    def __init__(self, coupon_code: str, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.coupon_code = coupon_code
        self.code = refusal


def redeem(coupon: Coupon, order: Order, *, amount: int, at: datetime, is_held: bool = False) -> Redemption:
    """One use of `coupon` by `order`, which takes `amount` minor units off. Raises CouponRefused.

    `is_held`: the order's cart holds this right. The hold turns into the use, and neither its time nor its limit is
    asked again. A public code has no limit of its own and is not written to: a row that every order updates would
    serialise the shop. Its offer's limits hold.
    """
    assert connection.in_atomic_block, "a redemption belongs to the transaction of its order"
    if is_held:
        _turn(coupon)
    else:
        refuse_stranger_or_late(coupon, customer_id=order.customer_id, at=at)
        if coupon.uses_max is not None:
            free = free_for(coupon, customer_id=order.customer_id, at=at)
            if not free.update(used=F("used") + 1):
                refuse_loser(coupon)
    return Redemption.objects.create(
        store_id=coupon.store_id,
        coupon=coupon,
        campaign_id=coupon.campaign_id,
        order=order,
        customer_id=order.customer_id,
        amount=amount,
        at=at,
    )


def _turn(coupon: Coupon) -> None:
    if coupon.uses_max is not None:
        held = Coupon.objects.filter(pk=coupon.pk, held__gte=1)
        turned = held.update(used=F("used") + 1, held=F("held") - 1)
        assert turned == 1, "the quote's lock keeps others from ending what it holds"


def refuse_stranger_or_late(coupon: Coupon, *, customer_id: int | None, at: datetime) -> None:
    """Raises CouponRefused."""
    if _is_one_persons(coupon) and coupon.customer_id != customer_id:
        raise CouponRefused(coupon.code, Refusal.WRONG_CUSTOMER)
    if at < coupon.starts_at:
        raise CouponRefused(coupon.code, Refusal.NOT_STARTED)
    if at >= coupon.ends_at:
        raise CouponRefused(coupon.code, Refusal.EXPIRED)


def free_for(coupon: Coupon, *, customer_id: int | None, at: datetime) -> QuerySet[Coupon]:
    """The coupon's row as long as it has a use left for this customer: its limit and its terms in one WHERE."""
    free = Coupon.objects.filter(pk=coupon.pk, uses_max__gt=F("used") + F("held"))
    return free.filter(_still_good(coupon, customer_id=customer_id, at=at))


def refuse_loser(coupon: Coupon) -> NoReturn:
    """Somebody else was first. Revoking takes the uses away, so both end at the same guard."""
    is_revoked = Revocation.objects.filter(coupon=coupon).exists()
    raise CouponRefused(coupon.code, Refusal.REVOKED if is_revoked else Refusal.USED_UP)


def _still_good(coupon: Coupon, *, customer_id: int | None, at: datetime) -> Q:
    """The same rules in the statement itself: the coupon may have changed since it was read.

    Of the coupon's own columns only. A join would put the guard into a subquery, which PostgreSQL does not ask anew
    after it has waited for the row. A campaign's kind never changes.
    """
    window = Q(starts_at__lte=at, ends_at__gt=at)
    return window & Q(customer_id=customer_id) if _is_one_persons(coupon) else window


def _is_one_persons(coupon: Coupon) -> bool:
    """A gift's holder may hand it on; whoever brings it may use it."""
    return coupon.campaign.kind == CouponCampaign.Kind.NAMED and coupon.customer_id is not None
