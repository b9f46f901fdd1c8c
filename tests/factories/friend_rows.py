"""Rows of friends and partners."""

from datetime import date
from typing import Any

from loyalty.models import (
    Acquisition,
    Commission,
    LinkClick,
    Partner,
    PartnerLink,
    PartnerProduct,
    PartnerRate,
    Payout,
    Referral,
    ReferralLink,
    ReferralProgramme,
    ReferralReward,
    ReviewCase,
    ReviewDecision,
)
from shop.models import Customer, Order, OrderLine, Product, Store, Visitor
from tests.factories.moments import AT, DAY, number

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def make_referral_programme(store: Store, **given: Any) -> ReferralProgramme:
    return ReferralProgramme.objects.create(**{"store": store, "is_on": True} | given)


def make_referral_link(customer: Customer, **given: Any) -> ReferralLink:
    rest, code = number(), ""
    while len(code) < 12:
        rest, place = divmod(rest, len(LETTERS))
        code += LETTERS[place]
    fresh = {"store": customer.store, "customer": customer, "code": code, "made_at": AT}
    return ReferralLink.objects.create(**fresh | given)


def make_referral(customer: Customer, referrer: Customer, **given: Any) -> Referral:
    fresh = {"store": customer.store, "customer": customer, "referrer": referrer, "how": "code", "at": AT}
    return Referral.objects.create(**fresh | given)


def make_acquisition(order: Order, **given: Any) -> Acquisition:
    """By a customer, unless said otherwise."""
    fresh = {"store": order.store, "order": order, "kind": "referral", "how": "tie", "line": [1], "at": AT}
    return Acquisition.objects.create(**fresh | given)


def make_referral_reward(order: Order, customer: Customer, **given: Any) -> ReferralReward:
    fresh = {
        "store": order.store,
        "order": order,
        "customer": customer,
        "level": 1,
        "paid": 1000,
        "rate": 500,
        "life_days": 365,
        "points": 50,
        "status": "waiting",
        "at": AT,
    }
    return ReferralReward.objects.create(**fresh | given)


def make_review_case(order: Order, **given: Any) -> ReviewCase:
    fresh = {"store": order.store, "order": order, "signals": ["same_card"], "opened_at": AT}
    return ReviewCase.objects.create(**fresh | given)


def make_review_decision(case: ReviewCase, **given: Any) -> ReviewDecision:
    fresh = {"store": case.store, "case": case, "is_approved": True, "reason": "Two people.", "at": AT}
    return ReviewDecision.objects.create(**fresh | given)


def make_partner(store: Store, **given: Any) -> Partner:
    return Partner.objects.create(**{"store": store, "code": f"partner-{number()}", "name": "A blog"} | given)


def make_partner_rate(partner: Partner, **given: Any) -> PartnerRate:
    return PartnerRate.objects.create(**{"partner": partner, "group": "candles", "rate_bp": 1500} | given)


def make_partner_link(partner: Partner, **given: Any) -> PartnerLink:
    fresh = {"store": partner.store, "partner": partner, "code": f"link-{number()}", "made_at": AT}
    return PartnerLink.objects.create(**fresh | given)


def make_partner_product(partner: Partner, product: Product, **given: Any) -> PartnerProduct:
    fresh = {"store": partner.store, "partner": partner, "product": product, "rate_bp": 3000}
    return PartnerProduct.objects.create(**fresh | given)


def make_link_click(visitor: Visitor, **given: Any) -> LinkClick:
    return LinkClick.objects.create(**{"store": visitor.store, "visitor": visitor, "at": AT} | given)


def make_payout(partner: Partner, **given: Any) -> Payout:
    fresh = {"store": partner.store, "partner": partner, "month": date(2026, 10, 1), "closed_at": AT}
    return Payout.objects.create(**fresh | given)


def make_commission(partner: Partner, line: OrderLine, **given: Any) -> Commission:
    fresh = {
        "store": partner.store,
        "partner": partner,
        "order": line.order,
        "line": line,
        "kind": "earned",
        "basis": "traffic",
        "key": f"line:{number()}",
        "paid": 1000,
        "rate_bp": 1000,
        "amount": 100,
        "at": AT,
        "due_at": AT + 28 * DAY,
    }
    return Commission.objects.create(**fresh | given)
