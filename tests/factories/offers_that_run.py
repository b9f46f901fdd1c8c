"""Offers and coupons made by the verbs of the product, ready to be used."""

from datetime import datetime
from typing import Any

from django.db import transaction

from coupons.issue import issue_gift, issue_named, issue_public
from coupons.models import Coupon, CouponCampaign
from loyalty.models import Offer
from loyalty.publish import start, write_version
from shop.models import Customer, Store
from tests.factories.moments import AT, DAY, number
from tests.factories.programme_rows import make_campaign, make_offer

PERCENT_10: dict[str, Any] = {"kind": "percent_off", "rate_bp": 1000}


def document(**given: Any) -> dict[str, Any]:
    """10 % off the whole order with a code, unless said otherwise."""
    fresh: dict[str, Any] = {
        "v": 1,
        "lane": "coupon",
        "benefits": [PERCENT_10],
        "audience": {"kind": "coupon"},
    }
    return fresh | given


def run_offer(store: Store, *, code: str | None = None, at: datetime = AT - DAY, **terms: Any) -> Offer:
    """An offer that has been running since the day before the tests' moment."""
    offer = make_offer(store, code=code or f"offer-{number()}", status=Offer.Status.DRAFT)
    with transaction.atomic():
        write_version(offer, document(**terms), by=None, at=at)
        start(offer, at=at)
    store.refresh_from_db()
    return offer


def named_coupon(store: Store, customer: Customer, *, offer: Offer | None = None, **terms: Any) -> Coupon:
    """A coupon that only `customer` may use, of a running offer."""
    campaign = make_campaign(offer or run_offer(store, **terms))
    with transaction.atomic():
        return issue_named(campaign, customer, issue_key=f"test:{number()}", at=AT)


def public_coupon(store: Store, code: str = "SPRING", *, offer: Offer | None = None, **terms: Any) -> Coupon:
    """One code for everybody, of a running offer."""
    campaign = make_campaign(offer or run_offer(store, **terms), kind=CouponCampaign.Kind.GIFT)
    with transaction.atomic():
        return issue_public(campaign, code, at=AT, ends_at=AT + 30 * DAY)


def gift_coupon(
    store: Store, holder: Customer | None = None, *, offer: Offer | None = None, **terms: Any
) -> Coupon:
    """A coupon for whoever brings it, of a running offer; `holder` may hand it on."""
    campaign = make_campaign(offer or run_offer(store, **terms), kind=CouponCampaign.Kind.GIFT)
    with transaction.atomic():
        return issue_gift(campaign, holder, issue_key=f"test:{number()}", at=AT)
