"""What counts as revenue, the same in every report: what goods and delivery of standing orders were paid for, by
money or by gift balances, less what went back.

A gift balance is payment for later, so its sale is no revenue; what it pays for is, when it pays (as IFRS 15 has it for
vouchers, B44 to B47). Points are what the shop itself gives, so what they pay for is not.
"""

from datetime import datetime

from django.db import connection

from shop.models import Store

# Of the order `o`, beside `sold`: minor units.
REVENUE = "(o.payable + o.balance_amount - o.refunded - o.balance_refunded - coalesce(sold.amount, 0))"
# By order: what was paid for gift balances, less what was given back for them. Such lines are paid with money alone.
GIFTS_SOLD = """(
    SELECT line.order_id, sum(line.total - coalesce(back.amount, 0))::bigint AS amount
    FROM shop_product product
    JOIN shop_orderline line ON line.product_id = product.id AND line.gift_value IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT sum(part.amount) AS amount FROM shop_refundline part WHERE part.order_line_id = line.id
    ) AS back ON true
    WHERE product.store_id = %(store)s AND product.kind = 'gift_balance'
    GROUP BY line.order_id
)"""
BETWEEN = """
SELECT count(*), coalesce(sum(__revenue__), 0)::bigint
FROM shop_order o LEFT JOIN __sold__ AS sold ON sold.order_id = o.id
WHERE o.store_id = %(store)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s AND o.status <> 'cancelled'
"""


def with_revenue(statement: str) -> str:
    """`__revenue__` and `__sold__` filled in."""
    return statement.replace("__revenue__", REVENUE).replace("__sold__", GIFTS_SOLD)


def orders_and_revenue(store: Store, *, since: datetime, until: datetime) -> tuple[int, int]:
    """Of orders placed in [since, until) that were not cancelled. One query."""
    with connection.cursor() as cursor:
        cursor.execute(with_revenue(BETWEEN), {"store": store.pk, "since": since, "until": until})
        orders, revenue = cursor.fetchone()
    return orders, revenue
