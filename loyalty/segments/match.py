"""Who is in a segment, by its rule, as one query over a store's customers or some of them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string
from msgspec.structs import replace

from loyalty.models import LifeCycleLimits
from loyalty.segments import document as rules
from loyalty.segments import order_rules, people_rules
from loyalty.segments.clause import LIKELY_PERSON, PERSON, SOME_PERSON, Clause, Setting
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

# Answered from a row a customer or less: asked first, where all must hold, so that the others look at fewer customers.
QUICK = (rules.Speaks, rules.BirthdayIn, rules.InTier, rules.HoldsCard, rules.BroughtByFriend, rules.Listed)

# Erased and merged customers are in no segment.
MATCHED = """
SELECT customer.id FROM shop_customer customer __joins__
WHERE customer.store_id = %(store)s AND customer.erased_at IS NULL AND customer.merged_into_id IS NULL __some__
    AND __holds__
"""
JOIN = "LEFT JOIN ({0}) AS {1} ON {1}.customer_id = customer.id"
SOME = "AND customer.id = ANY(%(customers)s)"
LIKELY = "AND customer.id IN (SELECT head FROM person)"


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
    values: dict[str, Any] = {"store": store.pk, "at": at}
    if customers is not None:
        values["customers"] = sorted(customers)
        return Match(SOME_PERSON, _query(document, setting, values, some=SOME), values)
    first, rest = _split(document)
    if first is None:
        return Match(PERSON, _query(document, setting, values), values)
    likely = _query(first, setting, values)
    person = LIKELY_PERSON.replace("__person__", PERSON).replace("__likely__", likely)
    return Match(person, _query(rest, setting, values, some=LIKELY), values)


def _split(document: SegmentDocument) -> tuple[SegmentDocument | None, SegmentDocument]:
    """What is asked of everybody first, and what only of those for whom that holds."""
    first = tuple([part for part in document.all if isinstance(part, QUICK)])
    rest = replace(document, all=tuple([part for part in document.all if not isinstance(part, QUICK)]))
    if not first or not any(rest.rules()) or document.compares:
        return None, document
    return SegmentDocument(v=1, all=first), rest


def _query(document: SegmentDocument, setting: Setting, values: dict[str, Any], *, some: str = "") -> str:
    """Adds its parameters to `values`."""
    joins: dict[str, str] = {}
    families = [_joined(getattr(document, name), setting, joins, values) for name in ("all", "any", "none")]
    return (
        MATCHED.replace("__joins__", " ".join([JOIN.format(facts, alias) for facts, alias in joins.items()]))
        .replace("__some__", some)
        .replace("__holds__", _whole(*families))
    )


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
    parts: tuple[RulePart, ...], setting: Setting, joins: dict[str, str], values: dict[str, Any]
) -> list[str]:
    """What must hold, rule by rule; adds their parameters, each under a name of its own, and their rows to `joins`, by
    what asks for them: rules of the same facts share them."""
    return [_add(_clause(part, setting), joins, values) for part in parts]


def _add(clause: Clause, joins: dict[str, str], values: dict[str, Any]) -> str:
    number = len(values)
    facts, holds = clause.facts, clause.holds
    for name, value in clause.values.items():
        mine = f"{name}_{number}"
        facts, holds = (text.replace(f"%({name})s", f"%({mine})s") for text in (facts, holds))
        values[mine] = value
    alias = joins.setdefault(facts, f"facts_{len(joins)}") if facts else ""
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
