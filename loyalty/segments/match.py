"""Who is in a segment, by its rule, as one query over a store's customers or some of them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from loyalty.models import LifeCycleLimits
from loyalty.segments import document as rules
from loyalty.segments import order_rules, people_rules
from loyalty.segments.clause import OF_SOME, PERSON, Clause, Setting
from loyalty.segments.document import RulePart, SegmentDocument
from shop.models import Store

Become = Callable[[Any, Setting], Clause]

RULES: Mapping[type[Any], Become] = {
    rules.LifeCycle: order_rules.life_cycle,
    rules.OrderCount: order_rules.order_count,
    rules.Spend: order_rules.spend,
    rules.LastOrder: order_rules.last_order,
    rules.FirstOrderBy: order_rules.first_order_by,
    rules.Bought: order_rules.bought,
    rules.UsedOffer: order_rules.used_offer,
    rules.Rfm: order_rules.rfm,
    rules.InTier: people_rules.in_tier,
    rules.HasStamps: people_rules.has_stamps,
    rules.Points: people_rules.points,
    rules.Consented: people_rules.consented,
    rules.Speaks: people_rules.speaks,
    rules.BirthdayIn: people_rules.birthday_in,
    rules.CameByPartner: people_rules.came_by_partner,
    rules.BroughtByFriend: people_rules.brought_by_friend,
    rules.Listed: people_rules.listed,
}

# Erased and merged customers are in no segment.
MATCHED = """
SELECT customer.id FROM shop_customer customer __joins__
WHERE customer.store_id = %(store)s AND customer.erased_at IS NULL AND customer.merged_into_id IS NULL __some__
    AND __holds__
"""
SOME = "AND customer.id = ANY(%(customers)s)"


@dataclass(frozen=True, slots=True)
class Match:
    """`person` is a part of WITH, `query` answers the ids of those who are in; both with `values`."""

    person: str
    query: str
    values: Mapping[str, Any]


def match(
    store: Store,
    document: SegmentDocument,
    *,
    at: datetime,
    segment: int = 0,
    customers: Collection[int] | None = None,
) -> Match:
    """`at` by the store's own clock. `customers`: only those of them; None: all. One query, for the store's
    limits."""
    limits = LifeCycleLimits.objects.filter(store=store).first() or LifeCycleLimits()
    setting = Setting(store, at, limits, segment)
    joins: list[str] = []
    values: dict[str, Any] = {"store": store.pk, "at": at}
    families = [_joined(getattr(document, name), setting, joins, values) for name in ("all", "any", "none")]
    if customers is not None:
        values["customers"] = sorted(customers)
    query = (
        MATCHED.replace("__joins__", " ".join(joins))
        .replace("__some__", "" if customers is None else SOME)
        .replace("__holds__", _whole(*families))
    )
    return Match(PERSON.replace("__whose__", "" if customers is None else OF_SOME), query, values)


COUNT = "WITH __person__ SELECT count(*) FROM (__query__) AS found"


def count_matched(store: Store, document: SegmentDocument, *, at: datetime, segment: int = 0) -> int:
    """How many are in by this rule, stored or not. Two queries."""
    found = match(store, document, at=at, segment=segment)
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT.replace("__person__", found.person).replace("__query__", found.query), found.values
        )
        return int(cursor.fetchone()[0])


def _joined(
    parts: tuple[RulePart, ...], setting: Setting, joins: list[str], values: dict[str, Any]
) -> list[str]:
    """What must hold, rule by rule; adds their rows to `joins` and their parameters, each under a name of its own."""
    return [_add(_clause(part, setting), joins, values) for part in parts]


def _add(clause: Clause, joins: list[str], values: dict[str, Any]) -> str:
    number = len(values)
    facts, holds = clause.facts, clause.holds
    for name, value in clause.values.items():
        mine = f"{name}_{number}"
        facts, holds = (text.replace(f"%({name})s", f"%({mine})s") for text in (facts, holds))
        values[mine] = value
    alias = f"facts_{len(joins)}"
    if facts:
        joins.append(f"LEFT JOIN ({facts}) AS {alias} ON {alias}.customer_id = customer.id")
    return f"coalesce({holds.replace('__facts__', alias)}, FALSE)"


def _whole(every: list[str], some: list[str], none: list[str]) -> str:
    parts = [*every, *([f"({' OR '.join(some)})"] if some else []), *(f"NOT {one}" for one in none)]
    return " AND ".join(parts)


def _clause(part: RulePart, setting: Setting) -> Clause:
    become = RULES.get(type(part)) or _beyond(str(part.__struct_config__.tag))
    return become(part, setting)


@lru_cache
def _beyond(kind: str) -> Become:
    """Rules that floors above answer, as the settings wire them."""
    become: Become = import_string(settings.SEGMENT_RULES[kind])
    return become
