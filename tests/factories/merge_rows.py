"""Customers who are one person."""

from typing import Any

from checkout.models import Merge
from shop.models import Store
from tests.factories.moments import AT, number
from tests.factories.shop_rows import make_customer


def make_merge(store: Store, **given: Any) -> Merge:
    """The row alone: what a merge does is for the verb."""
    fresh = {"store": store, "key": f"merge-{number()}", "at": AT}
    kept = given.pop("kept", None) or make_customer(store)
    merged = given.pop("merged", None) or make_customer(store)
    return Merge.objects.create(**fresh | {"kept": kept, "merged": merged} | given)
