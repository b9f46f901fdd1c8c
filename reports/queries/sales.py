"""What the shop took in, by rolling seven days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from reports.queries.revenue import with_revenue
from shop.models import Order, Store

WEEK = timedelta(days=7)
WEEKS_MAX = 53


@dataclass(frozen=True, slots=True)
class WeekSales:
    """Orders placed in [since, until), and what they brought in minor units: see reports.queries.revenue."""

    since: datetime
    until: datetime
    orders: int
    revenue: int


# Weeks are counted back from the end: what was placed in the last seven days is in week 0.
BY_WEEK = """
SELECT ceil(extract(epoch FROM %(until)s::timestamptz - o.placed_at) / extract(epoch FROM interval '7 days'))::int - 1
    AS back, count(*), sum(__revenue__)::bigint
FROM shop_order o LEFT JOIN __sold__ AS sold ON sold.order_id = o.id
WHERE o.store_id = %(store)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s AND o.status <> 'cancelled'
GROUP BY 1
"""


def weekly_sales(store: Store, *, weeks: int, until: datetime) -> tuple[WeekSales, ...]:
    """The last `weeks` times seven days, oldest first, weeks without orders included. One query.

    Every week ends at the time of day of `until`, so the newest one is as long as the others.
    """
    assert 1 <= weeks <= WEEKS_MAX, "a chart of more than a year is another chart"
    ends = [until - WEEK * back for back in range(weeks)]
    values: dict[str, int | datetime] = {"store": store.pk, "since": ends[-1] - WEEK, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(with_revenue(BY_WEEK), values)
        found = {back: (orders, revenue) for back, orders, revenue in cursor.fetchall()}
    return tuple(
        WeekSales(end - WEEK, end, *found.get(back, (0, 0))) for back, end in reversed(list(enumerate(ends)))
    )


@dataclass(frozen=True, slots=True)
class RepeatShare:
    """Of the customers who bought in [since, until), how many did so more than once."""

    since: datetime
    until: datetime
    buyers: int
    repeaters: int

    @property
    def share_bp(self) -> int:
        """In basis points, rounded half up; 0 where nobody bought."""
        return (self.repeaters * 20_000 + self.buyers) // (2 * self.buyers) if self.buyers else 0


def repeat_share(store: Store, *, since: datetime, until: datetime) -> RepeatShare:
    """One query. Orders of guests are left out: nobody knows whether they came back."""
    per_customer = (
        Order.objects.filter(store=store, customer__isnull=False, placed_at__gte=since, placed_at__lt=until)
        .exclude(status=Order.Status.CANCELLED)
        .values("customer")
        .annotate(orders=Count("id"))
    )
    found = per_customer.aggregate(
        buyers=Coalesce(Count("customer"), 0),
        repeaters=Coalesce(Count("customer", filter=Q(orders__gte=2)), 0),
    )
    return RepeatShare(since, until, found["buyers"], found["repeaters"])
