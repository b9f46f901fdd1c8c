"""Card plans and memberships: plain rows, and plans with their offers as the product makes them."""

from datetime import datetime
from typing import Any

from django.db import transaction

from clubcards.give import give
from clubcards.keep_plan import keep_plan
from clubcards.models import CardPlan, Membership
from shop.models import Customer, Store
from tests.factories.moments import AT, DAY, number


def make_plan(store: Store, **given: Any) -> CardPlan:
    return CardPlan.objects.create(**{"store": store, "code": f"plan-{number()}", "name": "VIP club"} | given)


def make_membership(plan: CardPlan, customer: Customer, **given: Any) -> Membership:
    fresh = {
        "store": plan.store,
        "plan": plan,
        "customer": customer,
        "number": f"{number():012d}",
        "starts_at": AT - DAY,
    }
    return Membership.objects.create(**fresh | given)


def open_plan(store: Store, code: str = "vip", *, at: datetime = AT - DAY, **settings: Any) -> CardPlan:
    """A plan with 10 % off all goods, unless said otherwise, and its offers running."""
    with transaction.atomic():
        plan = keep_plan(store, code, {"discount_bp": 1000} | settings, by=None, at=at).plan
    store.refresh_from_db()
    return plan


def give_card(plan: CardPlan, customer: Customer, *, at: datetime = AT - DAY, **given: Any) -> Membership:
    with transaction.atomic():
        return give(plan, customer, at=at, **given).membership
