"""The tier of one customer, as the customer's page shows it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from loyalty.models import TierChange
from loyalty.tiers.find_standing import TierOf, tier_of
from loyalty.tiers.say import say_missing, say_score
from shop.models import Customer

CHANGES_MAX = 20


@dataclass(frozen=True, slots=True)
class ShownTier:
    """`progress` towards the next tier in percent; `missing` and `to_keep` in words, empty where nothing is."""

    now: TierOf
    score: str
    missing: str
    to_keep: str
    progress: int
    changes: list[TierChange]


def show_tier(customer: Customer, *, at: datetime) -> ShownTier | None:
    """None where the store has no tiers. Five queries."""
    now = tier_of(customer, at=at)
    if now is None:
        return None
    seen, language = now.outlook, get_language() or customer.store.language
    goal = seen.score + seen.missing
    rows = TierChange.objects.filter(customer=customer).select_related("tier", "before", "grant__by", "order")
    currency = customer.store.currency
    return ShownTier(
        now=now,
        score=say_score(seen.measure, seen.score, currency=currency, language=language),
        missing=say_missing(seen, currency=currency, language=language),
        to_keep=say_score(seen.measure, now.to_keep, currency=currency, language=language)
        if now.to_keep
        else "",
        progress=100 * seen.score // goal if goal else 0,
        changes=list(rows.order_by("-number")[:CHANGES_MAX]),
    )
