"""How often the moments come that a shop may write about: carts left, points that end, birthdays."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, Sum

from loyalty.models import Account, Lot
from reports.queries.reachable import reachable
from shop.clock import end_of_day, local_date
from shop.models import Cart, Customer, Person, Store

LEFT_AFTER = timedelta(hours=1)
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LeftCarts:
    """Open carts of known customers that lie since an hour and at most 30 days; `value` in minor units."""

    carts: int
    value: int
    reachable: int


@dataclass(frozen=True, slots=True)
class EndingPoints:
    """Spendable points whose last day comes within `days`, and whose they are."""

    days: int
    customers: int
    points: int


@dataclass(frozen=True, slots=True)
class Birthdays:
    """Customers with a known birthday, those who keep it in the next 30 days, and how many of these may be written
    to."""

    known: int
    soon: int
    reachable: int


def count_left_carts(store: Store, *, at: datetime) -> LeftCarts:
    """Two queries."""
    left = Cart.objects.filter(
        store=store,
        status=Cart.Status.OPEN,
        customer__isnull=False,
        changed_at__gt=at - MONTH,
        changed_at__lte=at - LEFT_AFTER,
    )
    found = left.aggregate(carts=Count("id"), value=Sum("subtotal"))
    owners = Customer.objects.filter(store=store, pk__in=left.values("customer"))
    return LeftCarts(found["carts"], found["value"] or 0, reachable(owners, at=at).count())


def count_ending_points(store: Store, *, days: int, at: datetime) -> EndingPoints:
    """One query."""
    lots = Lot.objects.filter(
        account__store=store,
        account__kind=Account.Kind.CUSTOMER,
        account__asset=Account.Asset.POINTS,
        left__gt=0,
        active_at__lte=at,
        ends_at__gt=at,
        ends_at__lte=end_of_day(store, local_date(store, at) + timedelta(days=days)),
    )
    found = lots.aggregate(customers=Count("account__customer", distinct=True), points=Sum("left"))
    return EndingPoints(days, found["customers"], found["points"] or 0)


def count_birthdays(store: Store, *, at: datetime) -> Birthdays:
    """Three queries. 29 February counts with 28."""
    today = local_date(store, at)
    days = {today + timedelta(days=number) for number in range(MONTH.days)}
    known = Person.objects.filter(store=store, birth_on__isnull=False)
    soon = known.filter(_is_on_one_of(days))
    people = Customer.objects.filter(pk__in=soon.values("customer"))
    return Birthdays(known.count(), soon.count(), reachable(people, at=at).count())


def _is_on_one_of(days: set[date]) -> Q:
    wanted = Q(pk__in=())
    for month in {day.month for day in days}:
        dates = {day.day for day in days if day.month == month}
        wanted |= Q(
            birth_on__month=month, birth_on__day__in=dates | ({29} if month == 2 and 28 in dates else set())
        )
    return wanted
