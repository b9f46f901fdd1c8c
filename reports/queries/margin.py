"""What goods that were sold cost the shop, and what they left over: a campaign's, or all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from coupons.models import CouponCampaign
from shop.models import Store


@dataclass(frozen=True, slots=True)
class GoodsMargin:
    """Of goods that customers kept, in orders not cancelled; money in minor units.

    `cost` and `margin` are net of tax and count only goods whose cost is known; None where none is. `known_bp`: these
    goods' share of what was paid for all, in basis points. Delivery and gift balances sold are in none of them.
    """

    cost: int | None
    margin: int | None
    known_bp: int


# An order that used two of the campaign's coupons is one order.
OF_CAMPAIGN = """SELECT DISTINCT order_id FROM coupons_redemption
    WHERE campaign_id = %(of)s AND at >= %(since)s AND at < %(until)s"""
OF_STORE = """SELECT id AS order_id FROM shop_order
    WHERE store_id = %(of)s AND placed_at >= %(since)s AND placed_at < %(until)s"""
# Each line is rounded once, half up, like a price.
KEPT = """, kept AS (
    SELECT l.cost, l.tax_bp, l.quantity - l.refunded_quantity AS kept,
           (2 * l.total * (l.quantity - l.refunded_quantity) + l.quantity) / (2 * l.quantity) AS sold
    FROM shop_orderline l JOIN used ON used.order_id = l.order_id JOIN shop_order o ON o.id = l.order_id
    WHERE o.status <> 'cancelled' AND l.quantity > l.refunded_quantity AND l.gift_value IS NULL
)
SELECT sum(cost * kept) FILTER (WHERE cost IS NOT NULL)::bigint,
       sum((20000 * sold + 10000 + tax_bp) / (2 * (10000 + tax_bp))) FILTER (WHERE cost IS NOT NULL)::bigint,
       coalesce(sum(sold) FILTER (WHERE cost IS NOT NULL), 0)::bigint,
       coalesce(sum(sold), 0)::bigint
FROM kept
"""


def campaign_margin(campaign: CouponCampaign, *, since: datetime, until: datetime) -> GoodsMargin:
    """Of the orders whose coupons were used within [since, until). One query."""
    return _margin(OF_CAMPAIGN, {"of": campaign.pk, "since": since, "until": until})


def store_margin(store: Store, *, since: datetime, until: datetime) -> GoodsMargin:
    """Of all orders placed within [since, until). One query."""
    return _margin(OF_STORE, {"of": store.pk, "since": since, "until": until})


def _margin(orders: str, values: Mapping[str, Any]) -> GoodsMargin:
    with connection.cursor() as cursor:
        cursor.execute(f"WITH used AS ({orders}){KEPT}", values)
        cost, net, known, sold = cursor.fetchone()
    if cost is None:
        return GoodsMargin(None, None, 0)
    # Goods that were given away whole have a cost and no price: all that was paid is then known.
    known_bp = (20_000 * known + sold) // (2 * sold) if sold else 10_000
    return GoodsMargin(cost, net - cost, known_bp)
