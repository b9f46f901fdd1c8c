"""All campaigns of a store side by side, over their whole lives."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from reports.queries.revenue import with_revenue
from shop.models import Store

CAMPAIGNS_MAX = 100


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """One campaign: counts, and money in minor units as `campaign_report` defines it. `status` is its offer's."""

    id: int
    code: str
    name: str
    status: str
    created_at: datetime
    issued: int
    sent: int
    redeemed: int
    orders: int
    revenue: int
    discount: int


# An order that used two coupons of one campaign is one order and is paid once.
LIST = """
WITH shown AS (
    SELECT c.id, c.code, c.name, c.created_at, o.status
    FROM coupons_couponcampaign c JOIN loyalty_offer o ON o.id = c.offer_id
    WHERE c.store_id = %(store)s
    ORDER BY (o.status = 'running') DESC, c.id DESC LIMIT %(limit)s
), issued AS (
    SELECT campaign_id, count(*) AS issued FROM coupons_coupon
    WHERE campaign_id IN (SELECT id FROM shown) GROUP BY campaign_id
), sent AS (
    SELECT t.campaign_id, count(*) AS sent FROM triggers_message m JOIN triggers_trigger t ON t.id = m.trigger_id
    WHERE t.campaign_id IN (SELECT id FROM shown) AND m.status = 'sent' GROUP BY t.campaign_id
), per_order AS (
    SELECT campaign_id, order_id, count(*) AS redeemed, sum(amount) AS discount FROM coupons_redemption
    WHERE campaign_id IN (SELECT id FROM shown) GROUP BY campaign_id, order_id
), used AS (
    SELECT p.campaign_id, sum(p.redeemed)::bigint AS redeemed,
           count(*) FILTER (WHERE o.status <> 'cancelled') AS orders,
           coalesce(sum(__revenue__) FILTER (WHERE o.status <> 'cancelled'), 0)::bigint AS revenue,
           coalesce(sum(p.discount) FILTER (WHERE o.status <> 'cancelled'), 0)::bigint AS discount
    FROM per_order p JOIN shop_order o ON o.id = p.order_id
    LEFT JOIN __sold__ AS sold ON sold.order_id = o.id GROUP BY p.campaign_id
)
SELECT s.id, s.code, s.name, s.status, s.created_at, coalesce(i.issued, 0), coalesce(m.sent, 0),
       coalesce(u.redeemed, 0), coalesce(u.orders, 0), coalesce(u.revenue, 0), coalesce(u.discount, 0)
FROM shown s
LEFT JOIN issued i ON i.campaign_id = s.id
LEFT JOIN sent m ON m.campaign_id = s.id
LEFT JOIN used u ON u.campaign_id = s.id
ORDER BY (s.status = 'running') DESC, s.id DESC
"""


def list_campaigns(store: Store) -> tuple[CampaignRow, ...]:
    """Running ones first, then the newest; a hundred at most. One query."""
    with connection.cursor() as cursor:
        cursor.execute(with_revenue(LIST), {"store": store.pk, "limit": CAMPAIGNS_MAX})
        return tuple(CampaignRow(*row) for row in cursor.fetchall())
