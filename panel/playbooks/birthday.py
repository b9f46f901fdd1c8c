"""Playbook: a birthday mail with a coupon of the customer's own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from panel.playbooks.open_campaign import Saying, open_campaign, start_writing
from shop.models import Store, User
from triggers.models import Purpose, Trigger
from triggers.occasions.birthday import Birthday

CODE = "birthday"


@dataclass(frozen=True, slots=True)
class BirthdayMail:
    """What a shop decides. `percent_bp` in basis points, `minimum` in minor units; the texts may use {name} {code}
    {offer} {until} {shop}."""

    name: str
    subject: str
    body: str
    days_before: int = 0
    percent_bp: int = 1500
    minimum: int = 0
    valid_days: int = 30


@transaction.atomic
def set_up(store: Store, plan: BirthdayMail, *, by: User | None, at: datetime) -> Trigger:
    """Make the offer, its campaign and the trigger that writes, and start all three.

    Raises `loyalty.offer_document.OfferDocumentInvalid`.
    """
    campaign = open_campaign(
        store, terms(plan), code=CODE, name=plan.name, valid_days=plan.valid_days, by=by, at=at
    )
    return start_writing(
        store,
        Birthday.code,
        code=CODE,
        name=plan.name,
        params={"days_before": plan.days_before},
        purpose=Purpose.MARKETING,
        says=[Saying(plan.subject, plan.body)],
        campaign=campaign,
        by=by,
        at=at,
    )


def terms(plan: BirthdayMail) -> dict[str, Any]:
    """A percentage off the whole order, for holders of a coupon only."""
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
