"""Playbook: write to customers who have gone silent, and give each a coupon of their own to come back with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from coupons.models import CouponCampaign
from loyalty.models import Offer
from loyalty.publish import start, write_version
from panel.playbooks.free_code import free_code
from shop.models import Store, User
from shop.record import record
from triggers.models import Purpose, Step, Trigger

CODE = "win-back"


@dataclass(frozen=True, slots=True)
class WinBack:
    """What a shop decides. `percent_bp` in basis points, `minimum` in the currency's minor unit.

    `name` is what customers read the offer as; `subject` and `body` may use {name} {code} {offer} {until} {shop}.
    """

    name: str
    subject: str
    body: str
    silent_days: int = 60
    percent_bp: int = 1000
    minimum: int = 2000
    valid_days: int = 30


@transaction.atomic
def set_up(store: Store, plan: WinBack, *, by: User | None, at: datetime) -> CouponCampaign:
    """Make the offer, its campaign of named coupons and the trigger that mails them, and start all three.

    Raises `loyalty.offer_document.OfferDocumentInvalid` where the terms make no offer (a percentage over 100, say).
    """
    code = free_code(CODE, among=CouponCampaign.objects.filter(store=store))
    offer = Offer.objects.create(store=store, code=code, name=plan.name)
    write_version(offer, terms(plan), by=by, at=at)
    start(offer, at=at)
    campaign = CouponCampaign.objects.create(
        store=store,
        code=code,
        name=plan.name,
        kind=CouponCampaign.Kind.NAMED,
        offer=offer,
        valid_days=plan.valid_days,
    )
    _start_writing(campaign, plan)
    record(
        "campaign.started",
        store=store,
        at=at,
        subject=f"campaign:{code}",
        data={"by": by.pk if by else None, "silent_days": plan.silent_days},
    )
    return campaign


def terms(plan: WinBack) -> dict[str, Any]:
    """The offer's document: a percentage off the whole order from a minimum on, for holders of a coupon only."""
    return {
        "v": 1,
        "lane": "coupon",
        "priority": 100,
        "conditions": [{"kind": "subtotal_at_least", "amount": plan.minimum}] if plan.minimum else [],
        "benefits": [
            {"kind": "percent_off", "rate_bp": plan.percent_bp, "target": {"kind": "whole_order"}},
        ],
        "audience": {"kind": "coupon"},
    }


def _start_writing(campaign: CouponCampaign, plan: WinBack) -> None:
    trigger = Trigger.objects.create(
        store=campaign.store,
        code=campaign.code,
        name=plan.name,
        occasion="silent",
        params={"days": plan.silent_days},
        purpose=Purpose.MARKETING,
        campaign=campaign,
        status=Trigger.Status.RUNNING,
    )
    Step.objects.create(trigger=trigger, ordinal=1, channel="email", subject=plan.subject, body=plan.body)
