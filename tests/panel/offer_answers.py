"""What is sent to the builder for one offer, the document it becomes, and how pages are read."""

from django.test import Client
from django.urls import reverse

from loyalty.models import Offer

NEW = "/panel/new-offer/"
PREVIEW = "/panel/new-offer/preview/"
# 15 % off Candles, when there are two of them, on Fridays, at most 500 times.
ANSWERS = {
    "name": "Candle Fridays",
    "conditions-0-kind": "quantity_at_least",
    "conditions-0-quantity": "2",
    "conditions-0-groups": ["candles"],
    "benefits-0-kind": "percent_off",
    "benefits-0-rate_bp": "15",
    "benefits-0-of_original": "",
    "benefits-0-target-kind": "in_groups",
    "benefits-0-target-groups": ["candles"],
    "audience-kind": "everyone",
    "recurring-kind": "weekly",
    "recurring-weekdays": ["5"],
    "recurring-from_minute": "0:00",
    "recurring-to_minute": "24:00",
    "uses_max": "500",
}
SENTENCE = (
    "When the cart has at least 2 items of Candles, take 15 % off Candles, on Fridays, at most 500 uses."
)
DOCUMENT = {
    "v": 1,
    "conditions": [{"kind": "quantity_at_least", "quantity": 2, "groups": ["candles"]}],
    "benefits": [
        {"kind": "percent_off", "rate_bp": 1500, "target": {"kind": "in_groups", "groups": ["candles"]}}
    ],
    "schedule": {
        "starts_at": None,
        "ends_at": None,
        "recurring": {"kind": "weekly", "weekdays": [5], "from_minute": 0, "to_minute": 1440},
    },
    "audience": {"kind": "everyone"},
    "limits": {"uses_max": 500},
    "priority": 100,
    "is_exclusive": False,
    "lane": "sale",
}


def page(client: Client, address: str, **query: str) -> str:
    return client.get(address, query).content.decode()


def address_of(route: str, offer: Offer) -> str:
    return reverse(f"panel:{route}", args=[offer.code])
