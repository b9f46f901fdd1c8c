"""Set up a campaign of coupons that are not tied to an occasion: named, gift, or one public code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from coupons.issue import issue_public
from coupons.models import CouponCampaign
from loyalty.models import Offer
from loyalty.publish import start, write_version
from panel.playbooks.free_code import free_code
from shop.clock import end_of_day, start_of_day
from shop.models import Store, User
from shop.record import record


class Way(StrEnum):
    """How the right reaches people."""

    NAMED = "named"  # a code for each customer, only theirs
    GIFT = "gift"  # many codes, each for whoever brings it
    PUBLIC = "public"  # one code for all


@dataclass(frozen=True, slots=True)
class CouponPlan:
    """What a shop decides. Money in minor units, rates in basis points; None: no such term.

    `name` is what customers read. Of `percent_bp` and `amount` one is given. `ends_on` is the last day.
    """

    name: str
    way: Way
    percent_bp: int | None = None
    amount: int | None = None
    minimum: int | None = None
    group: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    valid_days: int = 30
    uses_max: int | None = None
    uses_per_customer: int | None = None
    budget_max: int | None = None
    public_code: str = ""


@transaction.atomic
def set_up(store: Store, plan: CouponPlan, *, by: User | None, at: datetime) -> CouponCampaign:
    """Make the offer and the campaign, start them, and issue the public code if there is to be one.

    Raises `loyalty.offer_document.OfferDocumentInvalid` and `coupons.issue.IssueRefused` (a code that is taken).
    """
    code = free_code(_short(plan.name), among=CouponCampaign.objects.filter(store=store))
    offer = Offer.objects.create(
        store=store, code=free_code(code, among=Offer.objects.filter(store=store)), name=plan.name
    )
    write_version(offer, terms(plan, store), by=by, at=at)
    start(offer, at=at)
    campaign = CouponCampaign.objects.create(
        store=store,
        code=code,
        name=plan.name,
        kind=CouponCampaign.Kind.NAMED if plan.way is Way.NAMED else CouponCampaign.Kind.GIFT,
        offer=offer,
        valid_days=plan.valid_days,
        created_at=at,
    )
    if plan.way is Way.PUBLIC:
        issue_public(campaign, plan.public_code, at=at)
    record(
        "campaign.started",
        store=store,
        at=at,
        subject=f"campaign:{code}",
        data={"by": by.pk if by else None, "kind": plan.way.value},
    )
    return campaign


def terms(plan: CouponPlan, store: Store) -> dict[str, Any]:
    """The offer's document."""
    target = {"kind": "in_groups", "groups": [plan.group]} if plan.group else {"kind": "whole_order"}
    benefit: dict[str, Any] = (
        {"kind": "percent_off", "rate_bp": plan.percent_bp, "target": target}
        if plan.percent_bp is not None
        else {"kind": "amount_off", "amount": plan.amount, "target": target}
    )
    return {
        "v": 1,
        "lane": "coupon",
        "conditions": [{"kind": "subtotal_at_least", "amount": plan.minimum}] if plan.minimum else [],
        "benefits": [benefit],
        "schedule": _schedule(plan, store),
        "audience": {"kind": "coupon"},
        "limits": {
            "uses_max": plan.uses_max,
            "uses_per_customer": plan.uses_per_customer,
            "budget_max": plan.budget_max,
        },
    }


def _schedule(plan: CouponPlan, store: Store) -> Mapping[str, str | None]:
    """Whole days of the store's calendar; the end is the first moment after the last one."""
    return {
        "starts_at": start_of_day(store, plan.starts_on).isoformat() if plan.starts_on else None,
        "ends_at": end_of_day(store, plan.ends_on).isoformat() if plan.ends_on else None,
    }


def _short(name: str) -> str:
    """A short name for the API: letters, digits and hyphens of the long one."""
    letters = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    words = [word for word in letters.split("-") if word]
    return "-".join(words)[:48].strip("-") or "coupons"
