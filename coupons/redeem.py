"""Use a coupon for an order. The caller owns the transaction and goes through coupons in the order of their ids."""

from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

from django.db import connection
from django.db.models import F, Q, QuerySet

from coupons.models import Coupon, CouponCampaign, Redemption, Revocation
from pricing.refusals import Refusal
from shop.models import Order
from shop.prepared import Prepared


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
    redemption = Redemption(
        store_id=coupon.store_id,
        coupon=coupon,
        campaign_id=coupon.campaign_id,
        order=order,
        customer_id=order.customer_id,
        amount=amount,
        at=at,
    )
    if not is_held:
        refuse_stranger_or_late(coupon, customer_id=order.customer_id, at=at)
    if coupon.uses_max is None:
        redemption.save(force_insert=True)
    elif is_held:
        assert _insert(TURN, redemption), "the quote's lock keeps others from ending what it holds"
    elif not _insert(TAKE_OWN if _is_one_persons(coupon) else TAKE, redemption):
        refuse_loser(coupon)
    return redemption


# The use and its record in one statement: the limit and the terms stand in the WHERE, and where they have held, the
# redemption is written. Of the coupon's own columns only, as in `free_for`.
STATEMENT = """
WITH taken AS (
    UPDATE coupons_coupon SET {change} WHERE id = %(coupon)s AND {guard} RETURNING id
)
INSERT INTO coupons_redemption (store_id, coupon_id, campaign_id, order_id, customer_id, amount, at)
SELECT %(store)s, id, %(campaign)s, %(order)s, %(customer)s, %(amount)s, %(at)s FROM taken
RETURNING id
"""
TYPES: Mapping[str, str] = {
    **dict.fromkeys(("coupon", "store", "campaign", "order", "customer", "holder", "amount"), "bigint"),
    "at": "timestamptz",
}
FREE = "uses_max > used + held AND starts_at <= %(at)s AND ends_at > %(at)s"
TAKE = Prepared(STATEMENT.format(change="used = used + 1", guard=FREE), TYPES)
TAKE_OWN = Prepared(
    STATEMENT.format(change="used = used + 1", guard=f"{FREE} AND customer_id = %(holder)s"), TYPES
)
TURN = Prepared(STATEMENT.format(change="used = used + 1, held = held - 1", guard="held >= 1"), TYPES)


def _insert(statement: Prepared, redemption: Redemption) -> bool:
    """False where the guard has not held; then nothing was written."""
    values = {
        "coupon": redemption.coupon_id,
        "store": redemption.store_id,
        "campaign": redemption.campaign_id,
        "order": redemption.order_id,
        "customer": redemption.customer_id,
        # Of a coupon of one who was merged: it stays theirs.
        "holder": redemption.coupon.customer_id,
        "amount": redemption.amount,
        "at": redemption.at,
    }
    with connection.cursor() as cursor:
        statement.execute(cursor, values)
        row = cursor.fetchone()
    if row is None:
        return False
    redemption.pk = row[0]
    redemption._state.adding = False
    return True


def refuse_stranger_or_late(coupon: Coupon, *, customer_id: int | None, at: datetime) -> None:
    """Raises CouponRefused."""
    if _is_one_persons(coupon) and holder_of(coupon) != customer_id:
        raise CouponRefused(coupon.code, Refusal.WRONG_CUSTOMER)
    if at < coupon.starts_at:
        raise CouponRefused(coupon.code, Refusal.NOT_STARTED)
    if at >= coupon.ends_at:
        raise CouponRefused(coupon.code, Refusal.EXPIRED)


def holder_of(coupon: Coupon) -> int | None:
    """Whose right it is, of a coupon read with its customer: of one who was merged, the one who is left."""
    customer = coupon.customer
    return None if customer is None else customer.merged_into_id or customer.pk


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
    return window & Q(customer_id=coupon.customer_id) if _is_one_persons(coupon) else window


def _is_one_persons(coupon: Coupon) -> bool:
    """A gift's holder may hand it on; whoever brings it may use it."""
    return coupon.campaign.kind == CouponCampaign.Kind.NAMED and coupon.customer_id is not None
