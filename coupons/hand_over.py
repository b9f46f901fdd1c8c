"""Hand a gift coupon on: its holder passes a link to a friend, who claims it and gets a new code.

The link is signed and needs no row of its own; what it led to is the Handover. The old code is void from that moment
on, so a coupon that goes through many hands is always worth one coupon.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.db import connection
from django.db.models import F, QuerySet

from coupons.codes import new_code
from coupons.issue import CODE_TRIES_MAX
from coupons.models import Coupon, CouponCampaign, Handover, Revocation
from coupons.redeem import holder_of
from coupons.revoke import revoke
from shop.models import Customer
from shop.record import record

SALT = "coupons.hand_over"
TOKEN_MAX = 200


class HandoverFault(StrEnum):
    LINK_UNKNOWN = "link_unknown"  # not made by us, or not whole
    NOT_A_GIFT = "not_a_gift"  # a named coupon is its holder's alone
    PUBLIC_CODE = "public_code"  # everybody may use it anyway
    NOT_YOURS = "not_yours"  # somebody else holds it
    USED_UP = "used_up"
    EXPIRED = "expired"
    REVOKED = "revoked"
    CLAIMED = "claimed"  # somebody else was first
    TOO_MANY_HANDS = "too_many_hands"


class HandoverRefused(Exception):
    def __init__(self, code: HandoverFault) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Gift:
    """What a link leads to: the coupon that is given, and, for the browser that claimed it, the new one.

    `fault` says why it cannot be claimed (any more).
    """

    coupon: Coupon
    claimed: Coupon | None = None
    fault: HandoverFault | None = None


def hand_over(coupon: Coupon, *, giver: Customer | None, at: datetime) -> str:
    """The address to pass on. The same one on every call; it ends with the coupon. Raises HandoverRefused.

    The caller owns the transaction. Until the link is claimed the coupon stays the giver's to use.
    """
    assert connection.in_atomic_block, "that a link was made is recorded"
    if coupon.customer_id is not None and giver is not None and holder_of(coupon) != giver.pk:
        raise HandoverRefused(HandoverFault.NOT_YOURS)
    if (fault := _fault(coupon, at=at)) is not None:
        raise HandoverRefused(fault)
    record(
        "coupon.handover_offered",
        store=coupon.store,
        at=at,
        customer=coupon.customer or giver,
        subject=f"coupon:{coupon.pk}",
        data={"campaign": coupon.campaign.code},
    )
    token = signing.Signer(salt=SALT, sep="~").sign(str(coupon.pk))
    return f"{settings.PUBLIC_URL.rstrip('/')}/claim/{token}/"


def coupon_of(token: str) -> Coupon:
    """The coupon that a link gives away, whatever has become of it. One query. Raises HandoverRefused."""
    if len(token) > TOKEN_MAX:
        raise HandoverRefused(HandoverFault.LINK_UNKNOWN)
    try:
        number = int(signing.Signer(salt=SALT, sep="~").unsign(token))
    except (signing.BadSignature, ValueError):
        raise HandoverRefused(HandoverFault.LINK_UNKNOWN) from None
    found = _whole().filter(pk=number).first()
    if found is None:
        raise HandoverRefused(HandoverFault.LINK_UNKNOWN)
    return found


def look(coupon: Coupon, *, claim_secret: str, at: datetime) -> Gift:
    """What the page behind the link shows to the browser that keeps `claim_secret`. Changes nothing."""
    handed: Handover | None = getattr(coupon, "handed_on", None)
    if handed is None:
        return Gift(coupon, fault=_fault(coupon, at=at))
    if claim_secret and bytes(handed.claim_hash) == _hash(claim_secret):
        return Gift(coupon, claimed=handed.target)
    return Gift(coupon, fault=HandoverFault.CLAIMED)


def claim(coupon: Coupon, *, claim_secret: str, at: datetime) -> Gift:
    """Void the coupon and issue its taker a new one, once, however many try at once. The caller owns the transaction.

    The browser that claimed it gets the same answer again. Raises HandoverRefused.
    """
    assert connection.in_atomic_block, "claiming voids one coupon and issues another, or does nothing"
    if not _take(coupon, at=at):
        seen = look(_whole().get(pk=coupon.pk), claim_secret=claim_secret, at=at)
        if seen.claimed is None:
            raise HandoverRefused(seen.fault or HandoverFault.CLAIMED)
        return seen
    if (fault := _fault(coupon, at=at)) is not None:
        raise HandoverRefused(fault)
    target = _reissue(coupon, at=at)
    Handover.objects.create(
        store_id=coupon.store_id,
        source=coupon,
        target=target,
        giver_id=coupon.customer_id,
        level=_level(coupon),
        claim_hash=_hash(claim_secret) if claim_secret else b"",
        at=at,
    )
    revoke(coupon, by=None, at=at, reason=Revocation.Reason.HANDED_ON)
    record(
        "coupon.handed_over",
        store=coupon.store,
        at=at,
        customer=coupon.customer,
        subject=f"coupon:{target.pk}",
        data={"campaign": coupon.campaign.code, "from": coupon.pk},
    )
    return Gift(coupon, claimed=target)


def _whole() -> QuerySet[Coupon]:
    return Coupon.objects.select_related(
        "campaign__offer", "store", "customer", "revocation", "handed_on__target", "handed_over"
    )


def _take(coupon: Coupon, *, at: datetime) -> bool:
    """Whoever changes the row first has it: nobody may use or claim it a second time."""
    free = Coupon.objects.filter(pk=coupon.pk, uses_max__gt=F("used") + F("held"), used=0, held=0)
    return bool(free.filter(starts_at__lte=at, ends_at__gt=at).update(uses_max=0))


def _fault(coupon: Coupon, *, at: datetime) -> HandoverFault | None:
    """Why the coupon, as it was read, cannot be handed on."""
    if coupon.campaign.kind != CouponCampaign.Kind.GIFT:
        return HandoverFault.NOT_A_GIFT
    if hasattr(coupon, "revocation"):
        return HandoverFault.REVOKED
    if coupon.uses_max is None:
        return HandoverFault.PUBLIC_CODE
    if at >= coupon.ends_at:
        return HandoverFault.EXPIRED
    if coupon.used + coupon.held:
        return HandoverFault.USED_UP
    return HandoverFault.TOO_MANY_HANDS if _level(coupon) > Handover.LEVELS_MAX else None


def _level(coupon: Coupon) -> int:
    """Through how many hands it has been when it is handed on now."""
    before: Handover | None = getattr(coupon, "handed_over", None)
    return 1 if before is None else before.level + 1


def _reissue(coupon: Coupon, *, at: datetime) -> Coupon:
    """The same right under a code that the giver does not know. It ends when the old one did."""
    mine = Coupon.objects.filter(campaign_id=coupon.campaign_id, issue_key=f"handover:{coupon.pk}")
    for _ in range(CODE_TRIES_MAX):
        fresh = Coupon(
            store_id=coupon.store_id,
            campaign=coupon.campaign,
            code=new_code(),
            issue_key=f"handover:{coupon.pk}",
            issued_at=at,
            starts_at=at,
            ends_at=coupon.ends_at,
        )
        Coupon.objects.bulk_create([fresh], ignore_conflicts=True)
        if (issued := mine.first()) is not None:
            return issued
    raise RuntimeError("no free code was found")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
