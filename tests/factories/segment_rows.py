"""Segments: bare rows, and ones made by the product's own verbs with their members found."""

from typing import Any

from django.db import transaction

from loyalty.models import LifeCycleLimits, Segment, SegmentDay, SegmentListed, SegmentMember
from loyalty.segments.keep import make_segment
from loyalty.segments.recompute import Moved, recompute
from shop.models import Customer, Store
from tests.factories.moments import AT, number


def make_segment_row(store: Store, **given: Any) -> Segment:
    """Of everybody who has never bought."""
    fresh: dict[str, Any] = {
        "store": store,
        "code": f"segment-{number()}",
        "name": "Sleeping",
        "document": {"v": 1, "all": [{"kind": "orders", "at_most": 0}]},
        "changed_at": AT,
        "due_at": AT,
    }
    return Segment.objects.create(**fresh | given)


def make_member_row(segment: Segment, customer: Customer, **given: Any) -> SegmentMember:
    fresh = {"store": segment.store, "segment": segment, "customer": customer, "since_at": AT}
    return SegmentMember.objects.create(**fresh | given)


def make_listed_row(segment: Segment, customer: Customer, **given: Any) -> SegmentListed:
    return SegmentListed.objects.create(
        **{"store": segment.store, "segment": segment, "customer": customer} | given
    )


def make_segment_day(segment: Segment, **given: Any) -> SegmentDay:
    fresh = {"store": segment.store, "segment": segment, "day": AT.date(), "size": 1}
    return SegmentDay.objects.create(**fresh | given)


def make_limits(store: Store, **given: Any) -> LifeCycleLimits:
    return LifeCycleLimits.objects.create(**{"store": store} | given)


def segment_of(store: Store, *rules: dict[str, Any], name: str = "Sleeping", **families: Any) -> Segment:
    """All of `rules` must hold; `any` and `none` by name. Its members have not been looked for yet."""
    document = {"v": 1, "all": list(rules), **families}
    with transaction.atomic():
        return make_segment(store, name=name, document=document, by=None, at=AT)


def look(segment: Segment, *, at: Any = AT, customers: Any = None) -> Moved:
    with transaction.atomic():
        return recompute(segment, at=at, customers=customers)


def members(segment: Segment) -> set[str]:
    """Their references."""
    return set(segment.members.values_list("customer__ref", flat=True))
