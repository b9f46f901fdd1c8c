"""VIP and Premium cards for the demo's best customers: the same people at every making."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Sum

from clubcards.give import give
from clubcards.models import CardPlan, Membership
from clubcards.open_plans import open_plans
from shop.models import Customer, Order, Store

VIPS, PREMIUMS = 20, 40
# Given over the last weeks, one after the other, so that the customers' stories differ.
EVERY = timedelta(days=1)


@transaction.atomic
def give_cards(store: Store, *, at: datetime) -> int:
    """Whoever paid most is VIP, the next ones are Premium; returns how many cards were given. Done once."""
    if Membership.objects.filter(store=store).exists():
        return 0
    vip, premium = open_plans(store, by=None, at=at)
    best = best_customers(store)
    return _give(vip, best[:VIPS], at=at) + _give(premium, best[VIPS:], at=at)


def best_customers(store: Store) -> list[Customer]:
    """As many as there are cards, by what they paid less refunds; equal ones by their reference."""
    kept = Order.objects.filter(store=store, customer__isnull=False).exclude(status=Order.Status.CANCELLED)
    paid = kept.values("customer").annotate(paid=Sum(F("payable") - F("refunded")))
    ranked = [row["customer"] for row in paid.order_by("-paid", "customer__ref")[: VIPS + PREMIUMS]]
    found = Customer.objects.in_bulk(ranked)
    return [found[pk] for pk in ranked]


def _give(plan: CardPlan, customers: list[Customer], *, at: datetime) -> int:
    given = [give(plan, customer, at=at - place * EVERY) for place, customer in enumerate(customers, start=1)]
    return sum(one.created for one in given)
