"""Tiers follow what happens: orders, returns, and the passing of time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Coalesce

from loyalty.models import TierStatus
from loyalty.tiers.recompute import recompute
from shop.clock import store_moment
from shop.models import Customer, Order, Outbox, Store
from shop.outbox import consume

CONSUMER = "loyalty.tiers"
BATCH = 200
# Facts about a customer; the others are about an order.
ABOUT_CUSTOMERS = frozenset({"customer.joined", "points.earned"})

# A sandbox goes by its own clock.
DUE = """
SELECT customer_id FROM (
    SELECT customer_id, review_at FROM loyalty_tierstatus WHERE review_at <= %(at)s
    UNION
    SELECT mine.customer_id, mine.review_at FROM shop_store ahead JOIN loyalty_tierstatus mine
        ON mine.store_id = ahead.id
        AND mine.review_at <= %(at)s + make_interval(secs => ahead.clock_shift_seconds)
    WHERE ahead.clock_shift_seconds > 0
) AS due ORDER BY review_at, customer_id LIMIT %(limit)s
"""


def follow_facts(*, at: datetime) -> int:
    """One batch of waiting facts; returns how many were acted on. `at` is the clock."""
    return consume(CONSUMER, lambda facts: _follow(facts, at=at), at=at, limit=BATCH)


def end_due(*, at: datetime) -> int:
    """One batch of customers whose tier is to be looked at again; returns how many. `at` is the clock."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(DUE, {"at": at, "limit": BATCH})
            ids = [row[0] for row in cursor.fetchall()]
        rows = TierStatus.objects.filter(customer_id__in=ids).values_list("store_id", "customer_id")
        _recompute_each(rows, at=at)
        return len(ids)


def _follow(facts: Sequence[Outbox], *, at: datetime) -> None:
    orders = [fact.subject_id for fact in facts if fact.kind not in ABOUT_CUSTOMERS]
    whose = Coalesce("customer__merged_into_id", "customer_id")
    found = Order.objects.filter(pk__in=orders, customer__isnull=False).values_list("store_id", whose)
    people = [fact.subject_id for fact in facts if fact.kind in ABOUT_CUSTOMERS]
    told = Customer.objects.filter(pk__in=people).values_list("store_id", Coalesce("merged_into_id", "pk"))
    _recompute_each([*found, *told], at=at)


def _recompute_each(rows: Iterable[tuple[int, int | None]], *, at: datetime) -> None:
    """By store, ascending: whoever locks in this order does not wait in a circle."""
    of_store: defaultdict[int, set[int]] = defaultdict(set)
    for store_id, customer_id in rows:
        if customer_id is not None:
            of_store[store_id].add(customer_id)
    stores = Store.objects.in_bulk(of_store)
    for store_id in sorted(of_store):
        store = stores[store_id]
        recompute(store, of_store[store_id], at=store_moment(store, at), at_recorded=at)
