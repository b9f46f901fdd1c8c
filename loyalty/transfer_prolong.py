"""Sliding ends: a purchase moves the end of all that its customer can spend. The caller owns the transaction."""

from datetime import datetime

from django.db import connection

from loyalty.points_end import end_after_purchase
from loyalty.transfer_accounts import lock_accounts
from shop.models import Order, Store

# One statement: an end and its history cannot come apart. Only portions that can be spent at that moment and now, only
# later, once per purchase. A portion that is over stays over, however late the job that books its end.
PROLONG = """
WITH open AS (
    SELECT lot.id, lot.ends_at FROM loyalty_lot lot
    WHERE lot.account_id = %(account)s AND lot."left" > 0
        AND lot.active_at <= %(bought)s AND lot.ends_at > greatest(%(bought)s, %(now)s) AND lot.ends_at < %(end)s
    ORDER BY lot.ends_at, lot.id
    FOR UPDATE
), noted AS (
    INSERT INTO loyalty_prolongation (lot_id, order_id, from_at, to_at, recorded_at)
    SELECT id, %(order)s, ends_at, %(end)s, %(recorded)s FROM open
    ON CONFLICT (lot_id, order_id) DO NOTHING
    RETURNING lot_id
), moved AS (
    UPDATE loyalty_lot SET ends_at = %(end)s FROM noted WHERE loyalty_lot.id = noted.lot_id RETURNING 1
)
SELECT count(*) FROM moved
"""


def prolong_for_order(order: Order, *, now: datetime, at_recorded: datetime) -> int:
    """Move the ends of what the buyer of `order` can spend; returns how many portions moved, 0 unless the store's ends
    slide. `now` is the shop's present moment; an order that is reported late counts from when it was placed."""
    assert connection.in_atomic_block, "a prolongation belongs to the transaction of its purchase"
    store = order.store
    if store.points_expiry != Store.Expiry.SLIDING or order.customer_id is None:
        return 0
    locked = lock_accounts(store, [order.customer_id])
    with connection.cursor() as cursor:
        cursor.execute(
            PROLONG,
            {
                "account": locked.accounts[order.customer_id],
                "order": order.pk,
                "bought": order.placed_at,
                "now": now,
                "end": end_after_purchase(store, bought_at=order.placed_at),
                "recorded": at_recorded,
            },
        )
        return int(cursor.fetchone()[0])
