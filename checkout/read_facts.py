"""Find all that a cart's price depends on, in one query made of those parts that this cart needs."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from checkout.facts import Facts, ProductFacts
from loyalty.tiers.count import COUNTED, score_of
from loyalty.tiers.outlook import Question
from shop.clock import local_date
from shop.lowest_price import LOWEST, lowest_since
from shop.models import Store
from shop.prepared import Prepared

# The kinds of conditions that ask for facts which most quotes do without.
ORDERS = frozenset({"new_customer", "nth_order", "days_since_last_order"})
BIRTHDAY = "near_birthday"
LISTS = "subscribed"
PARTNER = "partner_traffic"
SEGMENTS = "in_segment"

NO_CAPS: Mapping[str, str] = {}

# Mixtures of parts that a process remembers the text of.
STATEMENTS_MAX = 256


@dataclass(frozen=True, slots=True)
class Part:
    """A value of the answer by its name; left out where one of the parameters that it `needs` is empty."""

    name: str
    text: str
    needs: tuple[str, ...] = ()


TYPES: Mapping[str, str] = {
    "store": "bigint",
    "at": "timestamptz",
    "day": "date",
    "lowest_since": "timestamptz",
    "tier_since": "timestamptz",
    "customer": "text",
    "visitor": "uuid",
    "cart": "text",
    "skus": "text[]",
    "offers": "bigint[]",
    "countdowns": "bigint[]",
    "held_for": "text",
    "hold": "bigint",
    "cap_codes": "text[]",
    "cap_periods": "text[]",
}
# Every part is found by an index that begins with the store, the customer or the offer.
PEOPLE: Mapping[str, str] = {
    # The reference of somebody who was merged leads to the one who is left; `ids` are all that are theirs.
    "who": """SELECT kept.id, kept.ref, kept.joined_at,
        ARRAY[kept.id] || ARRAY(SELECT id FROM shop_customer WHERE merged_into_id = kept.id) AS ids
        FROM shop_customer told JOIN shop_customer kept ON kept.id = coalesce(told.merged_into_id, told.id)
        WHERE told.store_id = %(store)s AND told.ref = %(customer)s""",
    "browser": "SELECT id, visits FROM shop_visitor WHERE store_id = %(store)s AND key = %(visitor)s::uuid",
}
# A changed birthday counts after 30 days.
OF_CUSTOMER = (
    Part("id", "id"),
    Part("ref", "ref"),
    Part("joined_at", "joined_at"),
    Part(
        "points",
        """(SELECT coalesce(sum(lot."left" - lot.held), 0) FROM loyalty_account account
        JOIN loyalty_lot lot ON lot.account_id = account.id AND lot."left" > lot.held
            AND lot.active_at <= %(at)s AND lot.ends_at > %(at)s
        WHERE account.customer_id = who.id AND account.kind = 'customer' AND account.asset = 'points')""",
        needs=("with_points",),
    ),
    Part(
        "orders",
        """(SELECT count(*) FROM shop_order
        WHERE customer_id = ANY(who.ids) AND placed_at <= %(at)s AND status <> 'cancelled')""",
        needs=("with_orders",),
    ),
    Part(
        "last_order_at",
        """(SELECT max(placed_at) FROM shop_order
        WHERE customer_id = ANY(who.ids) AND placed_at <= %(at)s AND status <> 'cancelled')""",
        needs=("with_orders",),
    ),
    Part(
        "birth_on",
        """(SELECT birth_on FROM shop_person WHERE customer_id = who.id
        AND (birth_changed_at IS NULL OR birth_changed_at <= %(at)s - interval '30 days'))""",
        needs=("with_birthday",),
    ),
    Part(
        "lists",
        """(SELECT coalesce(json_agg(channel), '[]') FROM (
            SELECT DISTINCT ON (channel) channel, is_given FROM shop_consent
            WHERE customer_id = ANY(who.ids) AND purpose = 'marketing' AND at <= %(at)s
            ORDER BY channel, at DESC, id DESC) AS newest WHERE is_given)""",
        needs=("with_lists",),
    ),
    # As they are now: who was in a segment at another moment is not kept by customer.
    Part(
        "segments",
        """(SELECT coalesce(json_agg(segment.code), '[]') FROM loyalty_segmentmember AS mine
        JOIN loyalty_segment AS segment ON segment.id = mine.segment_id WHERE mine.customer_id = who.id)""",
        needs=("with_segments",),
    ),
    # A tier ends when its end has been written down, never before, however late that is.
    Part(
        "tier",
        """(SELECT tier.code FROM loyalty_tierchange AS change
        LEFT JOIN loyalty_tier AS tier ON tier.id = change.tier_id
        WHERE change.customer_id = who.id AND change.at <= %(at)s ORDER BY change.number DESC LIMIT 1)""",
        needs=("tier_since",),
    ),
    *(Part("tier_score", score_of(measure, "who.id"), needs=(f"score_by_{measure}",)) for measure in COUNTED),
)
# Of a product: its columns, what it is worth as a gift balance, and whether it can be had.
NO_COLUMNS: Mapping[str, str] = {
    "gift_value": """CASE WHEN kind = 'gift_balance' THEN (
        SELECT face_value FROM coupons_giftproduct WHERE product_id = shop_product.id) END""",
    "is_to_be_had": "is_active AND coalesce(stock, 1) > 0",
}
PRODUCT = ", ".join(NO_COLUMNS.get(field, field) for field in ProductFacts.__struct_fields__)
# Of what the cart's own reserved quote holds.
OWN = """SELECT json_build_object('quote', quote.id,
    'uses', coalesce((SELECT json_object_agg(offer_id, n) FROM (
            SELECT counter.offer_id, count(*) AS n FROM checkout_reservation AS row
            JOIN loyalty_offeruse AS counter ON counter.id = row.offer_use_id
            WHERE row.quote_id = quote.id GROUP BY counter.offer_id) AS uses), '{}'),
    'day_uses', coalesce((SELECT json_object_agg(offer_id, n) FROM (
            SELECT counter.offer_id, count(*) AS n FROM checkout_reservation AS row
            JOIN loyalty_offerdayuse AS counter ON counter.id = row.day_use_id
            WHERE row.quote_id = quote.id GROUP BY counter.offer_id) AS day_uses), '{}'),
    'money', coalesce((SELECT json_object_agg(offer_id, amount) FROM (
            SELECT budget.offer_id, sum(row.amount) AS amount FROM checkout_reservation AS row
            JOIN loyalty_offerbudget AS budget ON budget.id = row.budget_id
            WHERE row.quote_id = quote.id GROUP BY budget.offer_id) AS money), '{}'),
    'customer_uses', coalesce((SELECT json_object_agg(offer_id, n) FROM (
            SELECT mine.offer_id, count(*) AS n FROM checkout_reservation AS row
            JOIN loyalty_customeruse AS mine ON mine.id = row.customer_use_id
                AND mine.customer_id = ANY((SELECT ids FROM who)::bigint[])
            WHERE row.quote_id = quote.id GROUP BY mine.offer_id) AS numbers), '{}'),
    'coupons', coalesce((SELECT json_object_agg(coupon_id, amount) FROM checkout_reservation
            WHERE quote_id = quote.id AND coupon_id IS NOT NULL), '{}'),
    'gifts', coalesce((SELECT json_object_agg(account_id, amount) FROM checkout_reservation
            WHERE quote_id = quote.id AND account_id IS NOT NULL), '{}'),
    'points', coalesce((SELECT sum(row.amount) FROM checkout_reservation AS row
            JOIN loyalty_lot AS lot ON lot.id = row.lot_id
            JOIN loyalty_account AS account ON account.id = lot.account_id
                AND account.customer_id = (SELECT id FROM who)
            WHERE row.quote_id = quote.id), 0))
FROM checkout_quote AS quote WHERE quote.store_id = %(store)s AND quote.status = 'held'"""
# Of a countdown known by cookie and by log-in the one that began first counts.
PARTS = (
    Part(
        "visitor", "(SELECT json_build_object('id', id, 'visits', visits) FROM browser)", needs=("visitor",)
    ),
    Part(
        "partner",
        """(SELECT partner.code FROM (
            SELECT partner_link_id FROM loyalty_linkclick
            WHERE at <= %(at)s AND at > %(at)s - interval '30 days' AND (visitor_id = (SELECT id FROM browser)
                OR visitor_id IN (
                    SELECT id FROM shop_visitor WHERE customer_id = ANY((SELECT ids FROM who)::bigint[])))
            ORDER BY at DESC, id DESC LIMIT 1) AS followed
        JOIN loyalty_partnerlink AS link ON link.id = followed.partner_link_id
        JOIN loyalty_partner AS partner ON partner.id = link.partner_id AND partner.is_active)""",
        needs=("with_partner",),
    ),
    Part("cart", "(SELECT id FROM shop_cart WHERE store_id = %(store)s AND ref = %(cart)s)", needs=("cart",)),
    Part(
        "products",
        f"""coalesce((SELECT json_agg(json_build_array({PRODUCT}))
        FROM shop_product WHERE store_id = %(store)s AND sku = ANY(%(skus)s)), '[]')""",  # noqa: S608  (names of columns)
    ),
    Part(
        "lowest",
        f"""coalesce((SELECT json_object_agg(product.id, {LOWEST})
        FROM shop_product AS product WHERE store_id = %(store)s AND sku = ANY(%(skus)s)), '{{}}')""",  # noqa: S608  (text)
        needs=("lowest_since",),
    ),
    Part(
        "cards",
        """coalesce((
        SELECT json_agg(json_build_object('plan', plan.code, 'line_limit_bp', plan.line_limit_bp))
        FROM clubcards_membership AS card JOIN clubcards_cardplan AS plan ON plan.id = card.plan_id
        WHERE plan.is_active AND card.starts_at <= %(at)s AND (card.ends_at IS NULL OR card.ends_at > %(at)s)
            AND card.customer_id = ANY((SELECT ids FROM who)::bigint[])), '[]')""",
        needs=("customer",),
    ),
    Part(
        "uses_left",
        """coalesce((SELECT json_object_agg(offer_id, free) FROM (
            SELECT offer_id, sum(uses_max - used - held) AS free
            FROM loyalty_offeruse WHERE offer_id = ANY(%(offers)s) GROUP BY offer_id) AS uses), '{}')""",
        needs=("offers",),
    ),
    Part(
        "day_uses_left",
        """coalesce((SELECT json_object_agg(offer_id, free) FROM (
            SELECT offer_id, sum(uses_max - used - held) AS free
            FROM loyalty_offerdayuse WHERE offer_id = ANY(%(offers)s) AND day = %(day)s
            GROUP BY offer_id) AS day_uses), '{}')""",
        needs=("offers",),
    ),
    Part(
        "budget_left",
        """coalesce((SELECT json_object_agg(offer_id, budget_max - spent - held)
        FROM loyalty_offerbudget WHERE offer_id = ANY(%(offers)s)), '{}')""",
        needs=("offers",),
    ),
    Part(
        "customer_uses",
        """coalesce((SELECT json_object_agg(offer_id, n) FROM (
            SELECT offer_id, count(*) AS n FROM loyalty_customeruse
            WHERE offer_id = ANY(%(offers)s) AND customer_id = ANY((SELECT ids FROM who)::bigint[])
            GROUP BY offer_id) AS mine), '{}')""",
        needs=("offers", "customer"),
    ),
    Part(
        "personal",
        """coalesce((SELECT json_agg(json_build_object('offer', offer_id,
            'starts_at', floor(extract(epoch FROM starts_at))::bigint,
            'ends_at', floor(extract(epoch FROM ends_at))::bigint)) FROM (
            SELECT DISTINCT ON (offer_id) offer_id, starts_at, ends_at FROM loyalty_personalwindow
            WHERE offer_id = ANY(%(countdowns)s) AND (
                customer_id = ANY((SELECT ids FROM who)::bigint[]) OR visitor_id = (SELECT id FROM browser))
            ORDER BY offer_id, starts_at, id) AS first_shown), '[]')""",
        needs=("countdowns",),
    ),
    Part(
        "has_lapsed",
        """EXISTS (SELECT FROM checkout_quote
        WHERE store_id = %(store)s AND status = 'held' AND ends_at <= %(at)s)""",
    ),
    Part(
        "own",
        f"({OWN} AND quote.cart_ref = %(held_for)s AND quote.ends_at > %(at)s)",
        needs=("held_for",),
    ),
    Part("own", f"({OWN} AND quote.id = %(hold)s)", needs=("hold",)),
    Part(
        "earned",
        """coalesce((SELECT json_object_agg(code, points) FROM loyalty_earningcount
        WHERE customer_id = (SELECT id FROM who) AND (code, period) IN (
            SELECT * FROM unnest(%(cap_codes)s::text[], %(cap_periods)s::text[]))), '{}')""",
        needs=("cap_codes", "customer"),
    ),
)
_decoder = msgspec.json.Decoder(Facts)


def read_facts(
    store: Store,
    *,
    skus: Iterable[str],
    customer: str | None,
    visitor: UUID | None,
    cart: str | None,
    offer_ids: Iterable[int],
    countdowns: Iterable[int] = (),
    asks: Collection[str] = (),
    at: datetime,
    with_points: bool = False,
    tiers: Question | None = None,
    held_for: str | None = None,
    hold: int | None = None,
    caps: Mapping[str, str] = NO_CAPS,
) -> Facts:
    """The facts of one cart; cards, orders and points as of `at`.

    `offer_ids` are the offers with limits that it may use, `countdowns` those with a time of the shopper's own; `asks`
    are the kinds of the offers' conditions. `with_points`: the customer wants to spend points; `hold` is the id of the
    quote whose rights are the cart's own, or `held_for` the cart whose quote it is. `tiers`: what counts there.
    """
    asked: dict[str, Any] = {
        **_here_and_now(store, at=at),
        **_of_programme(tiers, caps),
        **_asked_by(asks, with_points=with_points),
        "countdowns": sorted(set(countdowns)),
        "customer": customer,
        "visitor": None if visitor is None else str(visitor),
        "cart": cart,
        "skus": sorted(set(skus)),
        "offers": sorted(set(offer_ids)),
        "held_for": held_for if hold is None else None,
        "hold": hold,
    }
    given = frozenset(name for name, value in asked.items() if value)
    with connection.cursor() as cursor:
        _statement(given).execute(cursor, asked)
        return _decoder.decode(cursor.fetchone()[0])


def _here_and_now(store: Store, *, at: datetime) -> dict[str, Any]:
    return {
        "store": store.pk,
        "at": at,
        "day": local_date(store, at),
        "lowest_since": lowest_since(store, at=at),
    }


def _asked_by(asks: Collection[str], *, with_points: bool) -> dict[str, bool]:
    return {
        "with_points": with_points,
        "with_orders": not ORDERS.isdisjoint(asks),
        "with_birthday": BIRTHDAY in asks,
        "with_lists": LISTS in asks,
        "with_partner": PARTNER in asks,
        "with_segments": SEGMENTS in asks,
    }


def _of_programme(tiers: Question | None, caps: Mapping[str, str]) -> dict[str, Any]:
    capped = {"cap_codes": list(caps), "cap_periods": list(caps.values())}
    if tiers is None:
        return capped
    return {**capped, "tier_since": tiers.since, f"score_by_{tiers.measure}": tiers.with_score}


@lru_cache(maxsize=STATEMENTS_MAX)
def _statement(given: frozenset[str]) -> Prepared:
    """`given`: the parameters that are not empty."""
    parts = _object(PARTS, given)
    if "customer" in given:
        # The parts are texts of this file.
        parts = f"'customer', (SELECT json_build_object({_object(OF_CUSTOMER, given)}) FROM who), {parts}"  # noqa: S608
    people = ", ".join(f"{name} AS ({text})" for name, text in PEOPLE.items() if f"FROM {name})" in parts)
    return Prepared(f"{people and f'WITH {people}'} SELECT json_build_object({parts})::text", TYPES)


def _object(parts: Iterable[Part], given: frozenset[str]) -> str:
    """Names and values, as json_build_object takes them."""
    return ", ".join(f"'{part.name}', {part.text}" for part in parts if given.issuperset(part.needs))
