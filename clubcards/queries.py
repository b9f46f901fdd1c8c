"""Read plans and cards."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from clubcards.models import CardPlan, Membership
from shop.find_customer import same_person
from shop.models import Customer, Store


def held_at(at: datetime) -> Q:
    """Cards that are held at this moment."""
    return Q(starts_at__lte=at) & (Q(ends_at=None) | Q(ends_at__gt=at))


def plans_of(store: Store, *, at: datetime) -> QuerySet[CardPlan, Any]:
    """The store's plans with the number of `members` now, the oldest first. One query."""
    now = Q(memberships__starts_at__lte=at) & (Q(memberships__ends_at=None) | Q(memberships__ends_at__gt=at))
    return (
        CardPlan.objects.filter(store=store).annotate(members=Count("memberships", filter=now)).order_by("id")
    )


def cards_of(customer: Customer) -> QuerySet[Membership]:
    """All cards the customer holds or has held, the newest first, with their plans."""
    return (
        Membership.objects.filter(same_person(customer)).select_related("plan").order_by("-starts_at", "-id")
    )
