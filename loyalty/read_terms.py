"""Read the terms of a store from the database: offers that run, earning rules, product groups and ladders, at once."""

from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db import connection

from loyalty.earning_terms import EarningTerms
from loyalty.tiers.read_ladders import LadderRow
from shop.prepared import Prepared


class VersionRow(NamedTuple):
    """One version of a running offer; its document is text, as the database writes it."""

    offer_id: int
    version_id: int
    code: str
    name: str
    in_force_at: datetime
    document: msgspec.Raw


class GroupRow(NamedTuple):
    """A product group. Prices are in minor units, None is no bound."""

    code: str
    skus: tuple[str, ...]
    categories: tuple[str, ...]
    price_min: int | None
    price_max: int | None


class StoreTerms(NamedTuple):
    """`versions`: by offer, the newest first, each still as text: see `read_version`. `rules`: the last to start
    first. `ladders`: by version, the steps ascending."""

    versions: tuple[msgspec.Raw, ...]
    rules: tuple[EarningTerms, ...]
    groups: tuple[GroupRow, ...]
    ladders: tuple[LadderRow, ...]


RULE_COLUMNS = {"rule_id": "id"}
RULE = ", ".join(
    f"'{name}', rule.\"{RULE_COLUMNS.get(name, name)}\"" for name in EarningTerms.__dataclass_fields__
)
VERSIONS = """SELECT json_agg(json_build_array(
        version.offer_id, version.id, offer.code, offer.name, version.in_force_at, version.document)
    ORDER BY version.offer_id, version.in_force_at DESC, version.number DESC)
FROM loyalty_offer AS offer JOIN loyalty_offerversion AS version ON version.offer_id = offer.id
WHERE offer.store_id = %(store)s AND offer.status = 'running'"""
RULES = f"""SELECT json_agg(json_build_object({RULE}) ORDER BY rule.starts_at DESC, rule.id DESC)
FROM loyalty_earningrule AS rule WHERE store_id = %(store)s"""  # noqa: S608  (names of columns)
GROUPS = """SELECT json_agg(json_build_array(code, skus, categories, price_min, price_max) ORDER BY id)
FROM shop_productgroup WHERE store_id = %(store)s"""
LADDERS = """SELECT json_agg(json_build_array(rules.number, rules.in_force_at, rules.measure, rules.period,
        rules.months, rules.grace_days, step.tier_id, step.threshold, tier.code, tier.name)
    ORDER BY rules.in_force_at, rules.number, step.threshold)
FROM loyalty_tierrules AS rules LEFT JOIN loyalty_tierstep AS step ON step.rules_id = rules.id
LEFT JOIN loyalty_tier AS tier ON tier.id = step.tier_id WHERE rules.store_id = %(store)s"""
PARTS = ", ".join(f"coalesce(({part}), '[]')" for part in (VERSIONS, RULES, GROUPS, LADDERS))
STATEMENT = Prepared(f"SELECT json_build_array({PARTS})::text", {"store": "bigint"})

_terms = msgspec.json.Decoder(StoreTerms)
_version = msgspec.json.Decoder(VersionRow)


def read_terms(store_id: int) -> StoreTerms:
    """All of them as one moment has them. One query, whatever there is."""
    with connection.cursor() as cursor:
        STATEMENT.execute(cursor, {"store": store_id})
        return _terms.decode(cursor.fetchone()[0])


def read_version(text: bytes) -> VersionRow:
    """What one of `versions` says."""
    return _version.decode(text)
