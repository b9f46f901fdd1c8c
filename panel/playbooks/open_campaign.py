"""What every playbook makes: an offer with its campaign of named coupons, and a trigger that writes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from coupons.models import CouponCampaign
from loyalty.models import Offer
from loyalty.publish import start, write_version
from panel.playbooks.free_code import free_code
from shop.models import Store, User
from shop.record import record
from triggers.models import Step, Trigger


class Saying(NamedTuple):
    """The words of one step, so many seconds after the occasion."""

    subject: str
    body: str
    delay_seconds: int = 0


def open_campaign(
    store: Store,
    terms: Mapping[str, Any],
    *,
    code: str,
    name: str,
    valid_days: int,
    by: User | None,
    at: datetime,
) -> CouponCampaign:
    """The offer with these terms, running, and its campaign of named coupons. Needs a transaction.

    Raises `loyalty.offer_document.OfferDocumentInvalid` where the terms make no offer.
    """
    free = free_code(code, among=CouponCampaign.objects.filter(store=store))
    offer = Offer.objects.create(store=store, code=free, name=name)
    write_version(offer, dict(terms), by=by, at=at)
    start(offer, at=at)
    return CouponCampaign.objects.create(
        store=store,
        code=free,
        name=name,
        kind=CouponCampaign.Kind.NAMED,
        offer=offer,
        valid_days=valid_days,
        created_at=at,
    )


def start_writing(
    store: Store,
    occasion: str,
    *,
    code: str,
    name: str,
    params: Mapping[str, Any],
    purpose: str,
    says: Sequence[Saying],
    campaign: CouponCampaign | None,
    by: User | None,
    at: datetime,
) -> Trigger:
    """A running trigger that says each of `says`, by e-mail. Needs a transaction."""
    trigger = Trigger.objects.create(
        store=store,
        code=free_code(campaign.code if campaign else code, among=Trigger.objects.filter(store=store)),
        name=name,
        occasion=occasion,
        params=dict(params),
        purpose=purpose,
        campaign=campaign,
        status=Trigger.Status.RUNNING,
    )
    for ordinal, said in enumerate(says, start=1):
        Step.objects.create(trigger=trigger, ordinal=ordinal, channel="email", **said._asdict())
    record(
        "campaign.started" if campaign else "trigger.started",
        store=store,
        at=at,
        subject=f"campaign:{campaign.code}" if campaign else f"trigger:{trigger.code}",
        data={"by": by.pk if by else None, "occasion": occasion, **params},
    )
    return trigger
