"""What a usual order of a store comes to: a measure for amounts that a playbook proposes."""

from django.db import connection

from shop.models import Store

ORDERS_LOOKED_AT = 500
# Of fewer nobody can say what is usual.
ORDERS_MIN = 20

# The lower one of the middle two, so that it is what somebody paid. Gift balances are bought for later orders.
MEDIAN = """
SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY paid - gifts) FROM (
    SELECT id, goods - discount AS paid FROM shop_order
    WHERE store_id = %(store)s AND status <> 'cancelled'
    ORDER BY placed_at DESC, id DESC LIMIT %(limit)s
) AS newest, LATERAL (
    SELECT coalesce(sum(total) FILTER (WHERE gift_value IS NOT NULL), 0)::bigint AS gifts,
        bool_and(gift_value IS NOT NULL) AS is_gifts_only
    FROM shop_orderline WHERE order_id = newest.id
) AS bought
WHERE is_gifts_only IS NOT TRUE
"""


def usual_order(store: Store) -> int | None:
    """The median of the newest orders' goods after discounts, in minor units; None where there are too few."""
    with connection.cursor() as cursor:
        cursor.execute(MEDIAN, {"store": store.pk, "limit": ORDERS_LOOKED_AT})
        count, median = cursor.fetchone()
    return int(median) if count >= ORDERS_MIN else None
