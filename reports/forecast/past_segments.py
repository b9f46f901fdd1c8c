"""The segments that past buyers are in today. Who was in them at the time of an order is not kept by customer."""

from collections.abc import Sequence

from loyalty.models import Segment, SegmentMember
from shop.models import Store


def has_segments(store: Store) -> bool:
    """One query."""
    return Segment.objects.filter(store=store, archived_at=None).exists()


def read_segments(customers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Codes by customer. One query."""
    found: dict[int, tuple[str, ...]] = {}
    mine = SegmentMember.objects.filter(customer__in=customers)
    for customer, code in mine.values_list("customer_id", "segment__code"):
        found[customer] = (*found.get(customer, ()), code)
    return found
