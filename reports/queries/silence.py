"""Customers who used to buy and have stopped, and how many of them may be written to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from shop.models import Consent, Customer, Person, Store


@dataclass(frozen=True, slots=True)
class Silence:
    """`buyers` have ever ordered; `silent` of them not for `days`; `reachable` of those agreed and have an address."""

    days: int
    buyers: int
    silent: int
    reachable: int


def count_silent(store: Store, *, days: int, at: datetime) -> Silence:
    """One query. Reachable: the newest answer about marketing by e-mail is yes, and an address is known."""
    newest = (
        Consent.objects.filter(
            customer=OuterRef("pk"),
            purpose=Consent.Purpose.MARKETING,
            channel=Consent.Channel.EMAIL,
            at__lte=at,
        )
        .order_by("-at")
        .values("is_given")[:1]
    )
    address = Person.objects.filter(customer=OuterRef("pk")).exclude(email="")
    is_silent = Q(last_order_at__lte=at - timedelta(days=days))
    found = (
        Customer.objects.filter(store=store, last_order_at__isnull=False)
        .annotate(agreed=Subquery(newest), has_address=Exists(address))
        .aggregate(
            buyers=Count("id"),
            silent=Count("id", filter=is_silent),
            reachable=Count("id", filter=is_silent & Q(agreed=True, has_address=True)),
        )
    )
    return Silence(days, found["buyers"], found["silent"], found["reachable"])
