"""Ready beginnings for the builder: each is a whole offer to be changed to taste."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel.numbers import get_currency_precision
from django.utils.translation import gettext_lazy as _

from panel.offers.belong import lane_for
from panel.offers.language.kind import Words
from shop.models import Store

Terms = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Start:
    key: str
    title: Words
    help: Words
    icon: str


STARTS = (
    Start(
        "percent", _("Percent off"), _("10 percent off the whole order, or off a product group."), "percent"
    ),
    Start(
        "three-for-two",
        _("3 for 2"),
        _("For every two bought one more is free, the cheapest."),
        "exposure_plus_1",
    ),
    Start("free-delivery", _("Free delivery"), _("From an amount on, for example 50.00."), "local_shipping"),
    Start(
        "more-is-cheaper",
        _("The more, the cheaper"),
        _("5 percent from one amount on, 10 percent from twice as much."),
        "stairs",
    ),
    Start(
        "happy-hours", _("Happy hours"), _("15 percent off on Fridays from 17:00 until 20:00."), "nightlife"
    ),
    Start(
        "gift",
        _("A gift with the order"),
        _("From an amount on one of your products is added free."),
        "redeem",
    ),
    Start(
        "first-order",
        _("For the first order"),
        _("An amount off for customers who order for the first time."),
        "person_add",
    ),
    Start(
        "clearance",
        _("Clearance"),
        _("30 percent off goods that have lain in stock for over 90 days."),
        "inventory",
    ),
    Start(
        "double-points",
        _("Double points"),
        _("Twice the points, for example on the last weekend of the month."),
        "toll",
    ),
)


def start_document(key: str, store: Store) -> dict[str, Any]:
    """Its terms in the store's money; nothing for a key that nobody knows."""
    unit = 10 ** get_currency_precision(store.currency)
    found = {**_on_prices(unit), **_on_occasions(unit)}.get(key)
    return {} if found is None else {"v": 1, "lane": lane_for(found), **found}


def _on_prices(unit: int) -> dict[str, Terms]:
    """By key; `unit` is one pound or rouble in minor units."""
    whole = {"kind": "whole_order"}
    return {
        "percent": {"benefits": [{"kind": "percent_off", "rate_bp": 1000, "target": whole}]},
        "three-for-two": {"benefits": [{"kind": "buy_x_get_y", "buy": 2, "get": 1, "buy_target": whole}]},
        "free-delivery": {
            "conditions": [{"kind": "subtotal_at_least", "amount": 50 * unit}],
            "benefits": [{"kind": "delivery_fixed_price", "price": 0}],
        },
        "more-is-cheaper": {
            "benefits": [
                {
                    "kind": "percent_by_threshold",
                    "by": "subtotal",
                    "steps": [
                        {"at_least": 50 * unit, "rate_bp": 500},
                        {"at_least": 100 * unit, "rate_bp": 1000},
                    ],
                    "target": whole,
                }
            ]
        },
    }


def _on_occasions(unit: int) -> dict[str, Terms]:
    """The same of those for certain days, orders and goods."""
    whole = {"kind": "whole_order"}
    return {
        "happy-hours": {
            "benefits": [{"kind": "percent_off", "rate_bp": 1500, "target": whole}],
            "schedule": {
                "recurring": {"kind": "weekly", "weekdays": [5], "from_minute": 17 * 60, "to_minute": 20 * 60}
            },
        },
        "gift": {
            "conditions": [{"kind": "subtotal_at_least", "amount": 50 * unit}],
            "benefits": [{"kind": "gift_item", "skus": [], "quantity": 1, "how": "added"}],
        },
        "first-order": {
            "conditions": [{"kind": "new_customer"}, {"kind": "registered"}],
            "benefits": [{"kind": "amount_off", "amount": 5 * unit, "target": whole}],
        },
        "clearance": {
            "benefits": [
                {"kind": "percent_off", "rate_bp": 3000, "target": {"kind": "old_stock", "days": 90}}
            ]
        },
        "double-points": {
            "benefits": [{"kind": "points_multiplier", "factor_bp": 20_000}],
            "schedule": {"recurring": {"kind": "last_weekend"}},
        },
    }
