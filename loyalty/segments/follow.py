"""Segments follow what happens to a customer within seconds; what time alone changes follows by night."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from loyalty.models import Segment
from loyalty.segments.document import SegmentInvalid
from loyalty.segments.recompute import recompute
from shop.clock import store_moment
from shop.models import Customer, Order, Outbox
from shop.outbox import consume

CONSUMER = "loyalty.segments"
BATCH = 500
# Tiers, stamps and points follow the same facts: theirs are there by then.
REST = timedelta(seconds=10)
# These facts are about an order; the others about a customer.
ABOUT_ORDERS = "order."


def follow_facts(*, at: datetime) -> int:
    """One batch of facts that have rested; returns how many were acted on. `at` is the clock."""
    return consume(CONSUMER, lambda facts: _follow(facts, at=at), at=at - REST, limit=BATCH)


def _follow(facts: Sequence[Outbox], *, at: datetime) -> None:
    moved = _customers_by_store(facts)
    live = Segment.objects.filter(store__in=moved, archived_at=None).select_related("store")
    # Ascending: whoever locks in this order does not wait in a circle.
    for segment in live.order_by("id"):
        try:
            recompute(segment, at=store_moment(segment.store, at), customers=moved[segment.store_id])
        except SegmentInvalid:
            continue  # said where all are recomputed


def _customers_by_store(facts: Sequence[Outbox]) -> dict[int, set[int]]:
    """Those whom the facts are about, and whom they were merged into."""
    orders = [fact.subject_id for fact in facts if fact.kind.startswith(ABOUT_ORDERS)]
    told = [fact.subject_id for fact in facts if not fact.kind.startswith(ABOUT_ORDERS)]
    bought = Order.objects.filter(pk__in=orders, customer__isnull=False).values_list("customer_id", flat=True)
    found: defaultdict[int, set[int]] = defaultdict(set)
    people = Customer.objects.filter(pk__in={*bought, *told})
    for store_id, customer_id, head_id in people.values_list("store_id", "pk", "merged_into_id"):
        found[store_id] |= {customer_id} if head_id is None else {customer_id, head_id}
    return found
