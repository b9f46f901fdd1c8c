"""What the goods sold with a campaign's coupons cost the shop, and what they left over."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from coupons.models import CouponCampaign


@dataclass(frozen=True, slots=True)
class GoodsMargin:
    """Of goods that customers kept, in orders not cancelled; money in minor units.

    `cost` and `margin` are net of tax and count only goods whose cost is known; None where none is. `known_bp`: these
    goods' share of what was paid for all, in basis points. Delivery is in none of them.
    """

    cost: int | None
    margin: int | None
    known_bp: int


# An order that used two of the campaign's coupons is one order. Each line is rounded once, half up, like a price.
MARGIN = """
WITH used AS (
    SELECT DISTINCT order_id FROM coupons_redemption
    WHERE campaign_id = %(campaign)s AND at >= %(since)s AND at < %(until)s
), kept AS (
    SELECT l.cost, l.tax_bp, l.quantity - l.refunded_quantity AS kept,
           (2 * l.total * (l.quantity - l.refunded_quantity) + l.quantity) / (2 * l.quantity) AS sold
    FROM shop_orderline l JOIN used ON used.order_id = l.order_id JOIN shop_order o ON o.id = l.order_id
    WHERE o.status <> 'cancelled' AND l.quantity > l.refunded_quantity
)
SELECT sum(cost * kept) FILTER (WHERE cost IS NOT NULL)::bigint,
       sum((20000 * sold + 10000 + tax_bp) / (2 * (10000 + tax_bp))) FILTER (WHERE cost IS NOT NULL)::bigint,
       coalesce(sum(sold) FILTER (WHERE cost IS NOT NULL), 0)::bigint,
       coalesce(sum(sold), 0)::bigint
FROM kept
"""


def campaign_margin(campaign: CouponCampaign, *, since: datetime, until: datetime) -> GoodsMargin:
    """Of the orders whose coupons were used within [since, until). One query."""
    with connection.cursor() as cursor:
        cursor.execute(MARGIN, {"campaign": campaign.pk, "since": since, "until": until})
        cost, net, known, sold = cursor.fetchone()
    if cost is None:
        return GoodsMargin(None, None, 0)
    # Goods that were given away whole have a cost and no price: all that was paid is then known.
    known_bp = (20_000 * known + sold) // (2 * sold) if sold else 10_000
    return GoodsMargin(cost, net - cost, known_bp)
