"""Remember browsers by their cookie, and whose they turned out to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from shop.models import Customer, Store, Visitor

SQL = """
INSERT INTO shop_visitor AS known (store_id, key, customer_id, visits, first_seen_at, last_seen_at)
SELECT %s, key, customer_id, visits, first_seen_at, last_seen_at
FROM unnest(%s::uuid[], %s::bigint[], %s::int[], %s::timestamptz[], %s::timestamptz[])
    AS seen (key, customer_id, visits, first_seen_at, last_seen_at)
ORDER BY key
ON CONFLICT (store_id, key) DO UPDATE SET
    customer_id = coalesce(known.customer_id, excluded.customer_id),
    visits = known.visits + excluded.visits,
    first_seen_at = least(known.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at)
RETURNING id, key, customer_id, visits, first_seen_at, last_seen_at
"""


@dataclass(slots=True)
class Seen:
    """What one report says of one visitor: so many visits between two moments, and perhaps who it is."""

    first_at: datetime
    last_at: datetime
    visits: int = 0
    customer: Customer | None = None

    def also(self, at: datetime, *, visits: int, customer: Customer | None) -> None:
        self.first_at, self.last_at = min(self.first_at, at), max(self.last_at, at)
        self.visits += visits
        self.customer = self.customer or customer


def know_visitor(store: Store, key: UUID, *, customer: Customer | None, at: datetime) -> Visitor:
    """The visitor with this cookie, seen at `at`; joined to `customer` if nobody's yet."""
    return know_visitors(store, {key: Seen(at, at, customer=customer)})[key]


def know_visitors(store: Store, seen: dict[UUID, Seen]) -> dict[UUID, Visitor]:
    """Cookie -> visitor, made or brought up to date in one statement. A visitor that is somebody's stays theirs."""
    if not seen:
        return {}
    columns: list[list[Any]] = [
        [str(key) for key in seen],
        [one.customer and one.customer.pk for one in seen.values()],
        [one.visits for one in seen.values()],
        [one.first_at for one in seen.values()],
        [one.last_at for one in seen.values()],
    ]
    with connection.cursor() as cursor:
        cursor.execute(SQL, [store.pk, *columns])
        return {visitor.key: visitor for visitor in (_visitor(store, row) for row in cursor.fetchall())}


def _visitor(store: Store, row: Sequence[Any]) -> Visitor:
    pk, key, customer_id, visits, first_seen_at, last_seen_at = row
    return Visitor(
        pk=pk,
        store=store,
        key=key if isinstance(key, UUID) else UUID(key),
        customer_id=customer_id,
        visits=visits,
        first_seen_at=first_seen_at,
        last_seen_at=last_seen_at,
    )
