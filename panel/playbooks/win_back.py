"""Playbook: write to customers who have gone silent, and give each a coupon of their own to come back with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from coupons.models import CouponCampaign
from panel.playbooks.open_campaign import Saying, open_campaign, start_writing
from shop.models import Store, User
from triggers.models import Purpose

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
    campaign = open_campaign(
        store, terms(plan), code=CODE, name=plan.name, valid_days=plan.valid_days, by=by, at=at
    )
    start_writing(
        store,
        "silent",
        code=CODE,
        name=plan.name,
        params={"days": plan.silent_days},
        purpose=Purpose.MARKETING,
        says=[Saying(plan.subject, plan.body)],
        campaign=campaign,
        by=by,
        at=at,
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
