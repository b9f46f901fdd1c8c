"""How much of recent revenue was sold at a discount: the figure that tells a shop it is teaching people to wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from shop.models import Store

PERIOD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DiscountShare:
    """Goods paid for in [since, until), in minor units, orders cancelled left out. `discounted` are those on whose line
    an offer took something off; delivery and gift balances sold count in neither. `most_bp` is the store's limit, None
    where it has none.
    """

    since: datetime
    until: datetime
    revenue: int
    discounted: int
    given: int
    most_bp: int | None

    @property
    def share_bp(self) -> int:
        """In basis points, rounded half up; 0 where nothing was sold."""
        return (self.discounted * 20_000 + self.revenue) // (2 * self.revenue) if self.revenue else 0

    @property
    def is_over(self) -> bool:
        return self.most_bp is not None and self.discounted * 10_000 > self.most_bp * self.revenue


SHARE = """
SELECT coalesce(sum(line.total), 0)::bigint,
       coalesce(sum(line.total) FILTER (WHERE line.discount > 0), 0)::bigint,
       coalesce(sum(line.discount), 0)::bigint
FROM shop_order o JOIN shop_orderline line ON line.order_id = o.id
WHERE o.store_id = %(store)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s AND o.status <> 'cancelled'
    AND line.gift_value IS NULL
"""


def discount_share(store: Store, *, until: datetime) -> DiscountShare:
    """Of the thirty days before `until`. One query."""
    since = until - PERIOD
    with connection.cursor() as cursor:
        cursor.execute(SHARE, {"store": store.pk, "since": since, "until": until})
        revenue, discounted, given = cursor.fetchone()
    return DiscountShare(since, until, revenue, discounted, given, store.discount_share_max_bp)
