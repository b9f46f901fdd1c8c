"""The terms of the offers that a plan owns: documents like every other offer's, so reports and refunds know them."""

from typing import Any

from clubcards.models import CardPlan

PRIORITY = 100


def discount_terms(plan: CardPlan) -> dict[str, Any] | None:
    """A percentage off the plan's product group, for holders of the card. None: the plan has no discount."""
    if not plan.discount_bp:
        return None
    target = {"kind": "in_groups", "groups": [plan.group]} if plan.group else {"kind": "whole_order"}
    benefit = {"kind": "percent_off", "rate_bp": plan.discount_bp, "target": target}
    return _terms(plan, lane="card", benefit=benefit, conditions=[])


def delivery_terms(plan: CardPlan) -> dict[str, Any] | None:
    """Free delivery from an amount of goods on, for holders of the card. None: the plan has none."""
    if plan.free_delivery_from is None:
        return None
    minimum = {"kind": "subtotal_at_least", "amount": plan.free_delivery_from}
    return _terms(
        plan,
        lane="delivery",
        benefit={"kind": "delivery_fixed_price", "price": 0},
        conditions=[minimum] if plan.free_delivery_from else [],
    )


def _terms(
    plan: CardPlan, *, lane: str, benefit: dict[str, Any], conditions: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "v": 1,
        "lane": lane,
        "priority": PRIORITY,
        "conditions": [{"kind": "holds_card", "plans": [plan.code]}, *conditions],
        "benefits": [benefit],
        "audience": {"kind": "everyone"},
    }
