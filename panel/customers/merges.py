"""The merges of one customer, and what stands on either side of one."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from checkout.models import Merge
from clubcards.queries import cards_of, held_at
from coupons.queries import coupons_to_use
from loyalty.queries import DebtsOf, PointsOf, debts_of, points_of
from panel.customers.mask import Shown, show_person
from shop.find_customer import same_person
from shop.models import Customer, Order

ROWS_MAX = 20


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: who it is, and what is theirs. `paid` in minor units."""

    customer: Customer
    person: Shown
    orders: int
    paid: int
    points: PointsOf
    debts: DebtsOf
    coupons: int
    cards: int


def show_merges(customer: Customer) -> list[Merge]:
    """The newest first. One query."""
    mine = Merge.objects.filter(Q(kept=customer) | Q(merged=customer))
    return list(mine.select_related("kept", "merged", "made_by").order_by("-id")[:ROWS_MAX])


def show_side(customer: Customer, *, is_open: bool, at: datetime) -> Side:
    """Five queries."""
    standing = Order.objects.filter(same_person(customer)).exclude(status=Order.Status.CANCELLED)
    sums = standing.aggregate(orders=Count("id"), paid=Coalesce(Sum(F("payable") - F("refunded")), 0))
    return Side(
        customer=customer,
        person=show_person(getattr(customer, "person", None), is_open=is_open),
        orders=sums["orders"],
        paid=sums["paid"],
        points=points_of(customer, at=at),
        debts=debts_of(customer),
        coupons=coupons_to_use(customer, at=at).count(),
        cards=cards_of(customer).filter(held_at(at)).count(),
    )
