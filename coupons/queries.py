"""Read coupons by their codes, and those of a customer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from coupons.codes import read_code
from coupons.models import Coupon, CouponCampaign, Handover, Revocation
from loyalty.models import Offer
from shop.find_customer import same_person
from shop.models import Customer, Store
from shop.prepared import Prepared
from shop.read_joined import ALL, Joined


def usable_codes(store: Store, codes: Iterable[str]) -> dict[str, Coupon]:
    """The store's coupons behind `codes` (as typed), with campaign, offer, holder and revocation.

    One query, none without codes. Whether a coupon may be used here and now is for pricing to say; this only finds it.
    """
    wanted = sorted({read_code(code) for code in codes})
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        USABLE.execute(cursor, {"store": store.pk, "codes": wanted})
        coupons = [_coupon_of(row) for row in cursor.fetchall()]
    return {coupon.code: coupon for coupon in coupons}


_READ = Joined(
    {
        Coupon: ALL,
        CouponCampaign: ("id", "kind", "offer_id"),
        Offer: ("id", "store_id", "code", "name", "status"),
        Customer: ("id", "ref", "merged_into_id"),
        Revocation: ("id", "coupon_id"),
    }
)
USABLE = Prepared(
    # Names of our own tables and columns only; the values are parameters.
    f"""
SELECT {_READ.columns} FROM coupons_coupon
JOIN coupons_couponcampaign ON coupons_couponcampaign.id = coupons_coupon.campaign_id
JOIN loyalty_offer ON loyalty_offer.id = coupons_couponcampaign.offer_id
LEFT JOIN shop_customer ON shop_customer.id = coupons_coupon.customer_id
LEFT JOIN coupons_revocation ON coupons_revocation.coupon_id = coupons_coupon.id
WHERE coupons_coupon.store_id = %(store)s AND coupons_coupon.code = ANY(%(codes)s)
""",  # noqa: S608
    {"store": "bigint", "codes": "text[]"},
)


def _coupon_of(row: Sequence[Any]) -> Coupon:
    """One row of USABLE; a customer or revocation that is not there is None."""
    coupon: Coupon
    coupon, coupon.campaign, coupon.campaign.offer, coupon.customer, revocation = _READ.read(row)
    Coupon._meta.get_field("revocation").set_cached_value(coupon, revocation)
    return coupon


class State(StrEnum):
    """What has become of a coupon, as its holder and the shop see it."""

    USABLE = "usable"
    NOT_STARTED = "not_started"
    USED_UP = "used_up"
    EXPIRED = "expired"
    REVOKED = "revoked"
    HANDED_ON = "handed_on"


def state_of(coupon: Coupon, *, at: datetime) -> State:
    """Of a coupon that was read with its `revocation`."""
    revocation: Revocation | None = getattr(coupon, "revocation", None)
    if revocation is not None:
        handed_on = revocation.reason == Revocation.Reason.HANDED_ON
        return State.HANDED_ON if handed_on else State.REVOKED
    if coupon.uses_max is not None and coupon.used >= coupon.uses_max:
        return State.USED_UP
    if at >= coupon.ends_at:
        return State.EXPIRED
    return State.NOT_STARTED if at < coupon.starts_at else State.USABLE


def coupons_of(customer: Customer) -> QuerySet[Coupon]:
    """All that the customer holds or held, with campaign and revocation. One query."""
    mine = Coupon.objects.filter(same_person(customer))
    return mine.select_related("campaign", "customer", "revocation")


def coupons_to_use(customer: Customer, *, at: datetime) -> QuerySet[Coupon]:
    """Those the customer holds that can be used at `at`, what ends first at the top; with campaign, offer and holder.
    One query."""
    free = Q(uses_max__isnull=True) | Q(uses_max__gt=F("used") + F("held"))
    mine = Coupon.objects.filter(
        free, same_person(customer), starts_at__lte=at, ends_at__gt=at, revocation=None
    )
    return mine.select_related("campaign__offer", "customer", "revocation").order_by("ends_at", "id")


def find_coupon(store: Store, code: str) -> Coupon | None:
    """The store's coupon behind a code as typed, with all that handing it over needs. One query."""
    whole = Coupon.objects.select_related("campaign__offer", "store", "customer", "revocation", "handed_over")
    return whole.filter(store=store, code=read_code(code)).first()


@dataclass(frozen=True, slots=True)
class Hand:
    """One hand-over of a chain, from the first to the last. `giver` is None where a code on paper was given."""

    giver: Customer | None
    level: int
    at: datetime
    source_id: int
    target_id: int


def chain_of(coupon: Coupon) -> list[Hand]:
    """Through whose hands the right came to this coupon and went on from it, the first one first. Bounded queries."""
    back: list[Handover] = []
    number = coupon.pk
    rows = Handover.objects.select_related("giver")
    while len(back) < Handover.LEVELS_MAX and (found := rows.filter(target_id=number).first()) is not None:
        back.append(found)
        number = found.source_id
    on: list[Handover] = []
    number = coupon.pk
    while len(on) < Handover.LEVELS_MAX and (found := rows.filter(source_id=number).first()) is not None:
        on.append(found)
        number = found.target_id
    return [Hand(one.giver, one.level, one.at, one.source_id, one.target_id) for one in [*back[::-1], *on]]
