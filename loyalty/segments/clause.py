"""One rule as SQL: rows of facts by customer, and what must hold of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from loyalty.models import LifeCycleLimits
from shop.models import Store

# A customer, and the one that they were merged into: facts of both are that one's. Kept as a table of its own it would
# hide from the planner how many there are, and let nobody work beside.
PERSON = """person AS NOT MATERIALIZED (
    SELECT id, coalesce(merged_into_id, id) AS head FROM shop_customer WHERE store_id = %(store)s)"""
# Where only some are looked at: those named, or those whom a query answers.
SOME_PERSON = """person AS (
    SELECT id, coalesce(merged_into_id, id) AS head FROM shop_customer
    WHERE store_id = %(store)s AND (id = ANY(%(customers)s) OR merged_into_id = ANY(%(customers)s)))"""
LIKELY_PERSON = """person AS (
    SELECT id, coalesce(merged_into_id, id) AS head FROM shop_customer
    WHERE store_id = %(store)s AND coalesce(merged_into_id, id) IN (WITH __person__ __likely__))"""

REAL_ORDER = """shop_order "order" ON "order".customer_id = person.id
    AND "order".placed_at <= %(at)s AND "order".status <> 'cancelled'"""
LATELY = """AND "order".placed_at > %(at)s - make_interval(days => %(days)s)"""


@dataclass(frozen=True, slots=True)
class Clause:
    """`holds` is true of a customer in the segment; null counts as false. `facts` is a query for the rows that are
    joined to it as __facts__, one a customer at most, with the column customer_id. `values` are its parameters;
    %(store)s, %(at)s and the query `person` are there for all."""

    holds: str
    facts: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a rule may depend on beside its own words. `segment` is 0 for one that is not stored yet."""

    store: Store
    at: datetime
    limits: LifeCycleLimits
    segment: int = 0


def within(column: str, least: int | None, most: int | None) -> tuple[str, dict[str, Any]]:
    """Both ends count."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    if least is not None:
        parts.append(f"{column} >= %(least)s")
        values["least"] = least
    if most is not None:
        parts.append(f"{column} <= %(most)s")
        values["most"] = most
    return " AND ".join(parts), values
