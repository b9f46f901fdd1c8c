"""Rows of tiers and stamp cards."""

from typing import Any

from loyalty.models import (
    FullCard,
    Stamp,
    StampCard,
    StampHolder,
    Tier,
    TierChange,
    TierGrant,
    TierRules,
    TierStatus,
    TierStep,
)
from shop.models import Customer, Store
from tests.factories.moments import AT, DAY, number


def make_tier(store: Store, **given: Any) -> Tier:
    return Tier.objects.create(**{"store": store, "code": f"tier-{number()}", "name": "Gold"} | given)


def make_tier_rules(store: Store, **given: Any) -> TierRules:
    fresh = {
        "store": store,
        "number": number(),
        "in_force_at": AT,
        "measure": TierRules.Measure.SPEND,
        "period": TierRules.Period.ROLLING,
        "months": 12,
        "recorded_at": AT,
    }
    return TierRules.objects.create(**fresh | given)


def make_tier_step(rules: TierRules, tier: Tier, **given: Any) -> TierStep:
    fresh = {"store": rules.store, "rules": rules, "tier": tier, "threshold": 1000}
    return TierStep.objects.create(**fresh | given)


def make_tier_grant(customer: Customer, tier: Tier | None, **given: Any) -> TierGrant:
    fresh = {
        "store": customer.store,
        "customer": customer,
        "tier": tier,
        "at": AT,
        "until_at": AT + DAY if tier else None,
        "reason": "A friend of the house",
    }
    return TierGrant.objects.create(**fresh | given)


def make_tier_status(customer: Customer, **given: Any) -> TierStatus:
    fresh = {"store": customer.store, "customer": customer, "checked_at": AT}
    return TierStatus.objects.create(**fresh | given)


def make_tier_change(customer: Customer, **given: Any) -> TierChange:
    fresh = {
        "store": customer.store,
        "customer": customer,
        "number": 1,
        "at": AT,
        "cause": TierChange.Cause.EARNED,
        "recorded_at": AT,
    }
    return TierChange.objects.create(**fresh | given)


def make_stamp_card(store: Store, **given: Any) -> StampCard:
    """A card of three orders that gives points."""
    fresh = {
        "store": store,
        "code": f"card-{number()}",
        "name": "Coffee card",
        "needed": 3,
        "reward": StampCard.RewardKind.POINTS,
        "points": 100,
        "starts_at": AT - 100 * DAY,
    }
    return StampCard.objects.create(**fresh | given)


def make_stamp_holder(card: StampCard, customer: Customer, **given: Any) -> StampHolder:
    return StampHolder.objects.create(**{"store": card.store, "card": card, "customer": customer} | given)


def make_full_card(holder: StampHolder, **given: Any) -> FullCard:
    fresh = {"store": holder.store, "holder": holder, "number": 1, "needed": 3, "at": AT}
    return FullCard.objects.create(**fresh | given)


def make_stamp(holder: StampHolder, **given: Any) -> Stamp:
    fresh = {"store": holder.store, "holder": holder, "key": f"visit:{number()}", "at": AT}
    return Stamp.objects.create(**fresh | given)
