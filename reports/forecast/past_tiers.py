"""Which tier each buyer had when they ordered, as the steps of their history say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from loyalty.models import TierChange, TierRules
from shop.models import Store


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on the customer had `tier`, the code of one; None: none."""

    at: datetime
    tier: str | None


def tiers_began_at(store: Store) -> datetime | None:
    """When the store's first ladder came into force; None where it never had one. One query."""
    began: datetime | None = TierRules.objects.filter(store=store).aggregate(first=Min("in_force_at"))[
        "first"
    ]
    return began


def read_steps(store: Store, customers: Sequence[int]) -> dict[int, list[Step]]:
    """The steps of each customer who has any, in the order in which they were written. One query."""
    rows = TierChange.objects.filter(store=store, customer_id__in=customers).order_by("customer_id", "number")
    found: dict[int, list[Step]] = {}
    for customer, at, tier in rows.values_list("customer_id", "at", "tier__code"):
        found.setdefault(customer, []).append(Step(at, tier))
    return found


def tier_at(steps: Sequence[Step], at: datetime, *, began_at: datetime | None) -> str | None:
    """The tier at that moment. Before there was a ladder nobody had one: there it is today's, so that a young ladder
    can be tried on old orders."""
    if not steps or began_at is None:
        return None
    if at < began_at:
        return steps[-1].tier
    # What was corrected later stands for what had been written of that time before.
    return next((step.tier for step in reversed(steps) if step.at <= at), None)
