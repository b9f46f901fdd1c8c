"""How many customers a rule that is still being built would have in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction

from loyalty.segments.document import SegmentInvalid, parse_segment
from loyalty.segments.match import count_matched
from shop.models import Customer, Store

# Whoever types waits for it: a page is not held longer than this.
PATIENCE = "2s"


@dataclass(frozen=True, slots=True)
class Counted:
    """`size` of `customers`; None where it takes too long to count while somebody waits."""

    size: int | None
    customers: int


def count_now(store: Store, document: Mapping[str, Any], *, segment: int, at: datetime) -> Counted | None:
    """None for a rule that is not one yet. `segment`: whose list is meant, 0 for a new one."""
    try:
        rules = parse_segment(document)
    except SegmentInvalid:
        return None
    customers = Customer.objects.filter(store=store, erased_at=None, merged_into=None).count()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
            return Counted(count_matched(store, rules, at=at, segment=segment), customers)
    except OperationalError:
        return Counted(None, customers)
