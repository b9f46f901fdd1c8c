"""Sliding ends: a purchase moves the end of all that its customer can spend. The caller owns the transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from loyalty.models import Lot
from loyalty.points_end import end_after_purchase
from loyalty.transfer_accounts import lock_accounts
from shop.find_customer import same_person
from shop.models import Order, Store

# One statement: an end and its history cannot come apart. Only portions that can be spent at that moment and now, only
# later, once per purchase. A portion that is over stays over, however late the job that books its end.
PROLONG = """
WITH open AS (
    SELECT lot.id, lot.ends_at FROM loyalty_lot lot
    WHERE lot.account_id = %(account)s AND lot."left" > 0
        AND (%(lots)s::bigint[] IS NULL OR lot.id = ANY(%(lots)s))
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
    account_id = lock_accounts(store, [order.customer_id]).accounts[order.customer_id]
    return _prolong(order, account_id, now=now, at_recorded=at_recorded)


def prolong_late(store: Store, keys: Sequence[str], *, now: datetime, at_recorded: datetime) -> int:
    """Portions that movements with these keys have just opened, and that could be spent before `now`, catch up: what
    was bought meanwhile prolongs them, as if they had been there in time. Returns how many prolongations there were.

    One query where the store's ends do not slide, or nothing came late.
    """
    assert connection.in_atomic_block, "a prolongation belongs to the transaction of its purchase"
    if store.points_expiry != Store.Expiry.SLIDING:
        return 0
    late = Lot.objects.filter(transfer__store=store, transfer__key__in=keys, active_at__lt=now)
    moved = 0
    for lot in late.select_related("account__customer").order_by("account_id", "id"):
        for order in _bought_since(lot, now=now):
            moved += _prolong(
                order, lot.account_id, now=order.placed_at, at_recorded=at_recorded, lots=[lot.pk]
            )
    return moved


def _bought_since(lot: Lot, *, now: datetime) -> QuerySet[Order]:
    """One after the other; a gap ends the portion, and then the later ones find nothing to move."""
    buyer = lot.account.customer
    assert buyer is not None, "portions are customers'"
    bought = Order.objects.filter(same_person(buyer), placed_at__gte=lot.active_at, placed_at__lte=now)
    return bought.select_related("store").order_by("placed_at", "id")


def _prolong(
    order: Order,
    account_id: int,
    *,
    now: datetime,
    at_recorded: datetime,
    lots: list[int] | None = None,
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            PROLONG,
            {
                "account": account_id,
                "lots": lots,
                "order": order.pk,
                "bought": order.placed_at,
                "now": now,
                "end": end_after_purchase(order.store, bought_at=order.placed_at),
                "recorded": at_recorded,
            },
        )
        return int(cursor.fetchone()[0])
