"""Read coupons by their codes, and those of a customer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from coupons.codes import read_code
from coupons.models import Coupon, Handover, Revocation
from shop.models import Customer, Store


def usable_codes(store: Store, codes: Iterable[str]) -> dict[str, Coupon]:
    """The store's coupons behind `codes` (as typed), with campaign, offer, holder and revocation.

    One query, none without codes. Whether a coupon may be used here and now is for pricing to say; this only finds it.
    """
    wanted = {read_code(code) for code in codes}
    if not wanted:
        return {}
    found = Coupon.objects.filter(store=store, code__in=wanted)
    return {
        coupon.code: coupon for coupon in found.select_related("campaign__offer", "customer", "revocation")
    }


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
    return Coupon.objects.filter(customer=customer).select_related("campaign", "customer", "revocation")


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
