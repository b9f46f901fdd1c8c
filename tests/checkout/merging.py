"""Two customers who are one person, merged and parted in a transaction of their own, as the edges do it."""

from datetime import datetime

from checkout.merge import merge_customers
from checkout.models import Merge
from checkout.transaction import atomic_with_retry
from checkout.unmerge import undo_merge
from shop.models import Customer
from tests.factories import AT, number


def merge(kept: Customer, merged: Customer, *, key: str = "", at: datetime = AT) -> Merge:
    name = key or f"merge-{number()}"
    return atomic_with_retry(lambda: merge_customers(kept, merged, key=name, by=None, at=at, at_recorded=at))


def undo(done: Merge, *, at: datetime = AT) -> Merge:
    return atomic_with_retry(lambda: undo_merge(done, by=None, at=at, at_recorded=at))
