"""What the database knows about the people, things and limits of one cart, in one query."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from msgspec import Struct

from loyalty.tiers.count import score_of
from loyalty.tiers.outlook import Question
from shop.models import Product, Store


class CustomerFacts(Struct, frozen=True):
    """`points` is what can be spent; None where nobody asked. So are the others where no offer asks for them.

    `orders` were placed by then and not cancelled, the last one at `last_order_at`. `lists` are the ways by which the
    customer agreed to get marketing. `tier` is the code of the one they were in, `tier_score` what counted towards it.
    """

    id: int
    joined_at: datetime | None
    points: int | None = None
    orders: int = 0
    last_order_at: datetime | None = None
    birth_on: date | None = None
    lists: tuple[str, ...] = ()
    tier: str | None = None
    tier_score: int = 0


class VisitorFacts(Struct, frozen=True):
    """A browser, and how often it has come, this visit among them."""

    id: int
    visits: int


class PersonalFacts(Struct, frozen=True):
    """The countdown of one offer for this shopper, in epoch seconds."""

    offer: int
    starts_at: int
    ends_at: int


class CardFacts(Struct, frozen=True):
    """A club card that the customer holds: its plan's code, and what that allows off a line, in basis points."""

    plan: str
    line_limit_bp: int | None


class ProductFacts(Struct, frozen=True):
    """Amounts in minor units; cost is net of tax. `gift_value`: what a gift balance is worth, where that is fixed."""

    id: int
    sku: str
    name: str
    kind: str
    category: str
    cost: int | None
    tax_bp: int
    is_never_discounted: bool
    lowest_price: int | None
    gift_value: int | None = None
    price: int = 0
    stocked_on: date | None = None
    is_preorder: bool = False
    is_to_be_had: bool = True

    @property
    def is_gift_balance(self) -> bool:
        return self.kind == Product.Kind.GIFT_BALANCE

    @property
    def is_goods(self) -> bool:
        return self.kind == Product.Kind.GOODS


class OwnFacts(Struct, frozen=True):
    """What the cart's own reservation holds, which counts as free for it: uses and money by offer id, uses by coupon
    id, money of gift balances by their account's id. Of the customer asked about only: uses per customer and points.
    `quote` is its id, None where there is none."""

    quote: int | None = None
    uses: dict[int, int] = {}
    money: dict[int, int] = {}
    customer_uses: dict[int, int] = {}
    coupons: dict[int, int] = {}
    points: int = 0
    gifts: dict[int, int] = {}


NOTHING_OWN = OwnFacts()
NO_CAPS: Mapping[str, str] = {}


class Facts(Struct, frozen=True):
    """What was found. Limits are by offer id: what is left of them, and how often the customer has used them.

    `partner`: whose link was the last one followed within 30 days, where an offer asks for it.
    `has_lapsed`: the store has holds whose time is over and which nobody has ended yet. `earned` is what earning rules
    with a cap have given the customer in its period, by the rule's code.
    """

    customer: CustomerFacts | None = None
    visitor: VisitorFacts | None = None
    partner: str | None = None
    cart: int | None = None
    products: tuple[ProductFacts, ...] = ()
    cards: tuple[CardFacts, ...] = ()
    uses_left: dict[int, int] = {}
    budget_left: dict[int, int] = {}
    customer_uses: dict[int, int] = {}
    personal: tuple[PersonalFacts, ...] = ()
    own: OwnFacts | None = None
    has_lapsed: bool = False
    earned: dict[str, int] = {}

    def by_sku(self) -> dict[str, ProductFacts]:
        return {product.sku: product for product in self.products}


# The kinds of conditions that ask for facts which most quotes do without.
ORDERS = frozenset({"new_customer", "nth_order", "days_since_last_order"})
BIRTHDAY = "near_birthday"
LISTS = "subscribed"
PARTNER = "partner_traffic"

# One round trip instead of ten. Every part is found by an index that begins with the store, the customer or the offer.
# A changed birthday counts after 30 days. Of a countdown known by cookie and by log-in the one that began first counts.
FACTS = """
WITH who AS (
    SELECT id, joined_at FROM shop_customer WHERE store_id = %(store)s AND ref = %(customer)s
), browser AS (
    SELECT id, visits FROM shop_visitor WHERE store_id = %(store)s AND key = %(visitor)s::uuid
)
SELECT json_build_object(
    'customer', (SELECT json_build_object('id', id, 'joined_at', joined_at, 'points',
            CASE WHEN %(with_points)s THEN (
                SELECT coalesce(sum(lot."left" - lot.held), 0) FROM loyalty_account account
                JOIN loyalty_lot lot ON lot.account_id = account.id AND lot."left" > lot.held
                    AND lot.active_at <= %(at)s AND lot.ends_at > %(at)s
                WHERE account.customer_id = who.id AND account.kind = 'customer'
                    AND account.asset = 'points') END,
            'orders', CASE WHEN %(with_orders)s THEN (
                SELECT count(*) FROM shop_order
                WHERE customer_id = who.id AND placed_at <= %(at)s AND status <> 'cancelled') ELSE 0 END,
            'last_order_at', CASE WHEN %(with_orders)s THEN (
                SELECT max(placed_at) FROM shop_order
                WHERE customer_id = who.id AND placed_at <= %(at)s AND status <> 'cancelled') END,
            'birth_on', CASE WHEN %(with_birthday)s THEN (
                SELECT birth_on FROM shop_person WHERE customer_id = who.id
                    AND (birth_changed_at IS NULL OR birth_changed_at <= %(at)s - interval '30 days')) END,
            'lists', CASE WHEN %(with_lists)s THEN (
                SELECT coalesce(json_agg(channel), '[]') FROM (
                    SELECT DISTINCT ON (channel) channel, is_given FROM shop_consent
                    WHERE customer_id = who.id AND purpose = 'marketing' AND at <= %(at)s
                    ORDER BY channel, at DESC, id DESC) AS newest WHERE is_given) ELSE '[]' END,
            'tier', __tier__, 'tier_score', __tier_score__)
        FROM who),
    'visitor', (SELECT json_build_object('id', id, 'visits', visits) FROM browser),
    'partner', CASE WHEN %(with_partner)s THEN (
        SELECT partner.code FROM (
            SELECT partner_link_id FROM loyalty_linkclick
            WHERE at <= %(at)s AND at > %(at)s - interval '30 days' AND (visitor_id = (SELECT id FROM browser)
                OR visitor_id IN (SELECT id FROM shop_visitor WHERE customer_id = (SELECT id FROM who)))
            ORDER BY at DESC, id DESC LIMIT 1) AS followed
        JOIN loyalty_partnerlink link ON link.id = followed.partner_link_id
        JOIN loyalty_partner partner ON partner.id = link.partner_id AND partner.is_active) END,
    'cart', (SELECT id FROM shop_cart WHERE store_id = %(store)s AND ref = %(cart)s),
    'products', coalesce((SELECT json_agg(json_build_object(
            'id', id, 'sku', sku, 'name', name, 'kind', kind, 'category', category, 'cost', cost,
            'tax_bp', tax_bp, 'is_never_discounted', is_never_discounted, 'lowest_price', lowest_price,
            'gift_value', CASE WHEN kind = 'gift_balance' THEN (
                SELECT face_value FROM coupons_giftproduct WHERE product_id = shop_product.id) END,
            'price', price, 'stocked_on', stocked_on, 'is_preorder', is_preorder,
            'is_to_be_had', is_active AND coalesce(stock, 1) > 0))
        FROM shop_product WHERE store_id = %(store)s AND sku = ANY(%(skus)s)), '[]'),
    'cards', coalesce((SELECT json_agg(json_build_object('plan', plan.code, 'line_limit_bp', plan.line_limit_bp))
        FROM clubcards_membership AS card JOIN clubcards_cardplan AS plan ON plan.id = card.plan_id
        WHERE plan.is_active AND card.starts_at <= %(at)s AND (card.ends_at IS NULL OR card.ends_at > %(at)s)
            AND card.customer_id = (SELECT id FROM who)), '[]'),
    'uses_left', coalesce((SELECT json_object_agg(offer_id, free) FROM (
            SELECT offer_id, sum(uses_max - used - held) AS free
            FROM loyalty_offeruse WHERE offer_id = ANY(%(offers)s) GROUP BY offer_id) AS uses), '{}'),
    'budget_left', coalesce((SELECT json_object_agg(offer_id, budget_max - spent - held)
        FROM loyalty_offerbudget WHERE offer_id = ANY(%(offers)s)), '{}'),
    'customer_uses', coalesce((SELECT json_object_agg(offer_id, n) FROM (
            SELECT offer_id, count(*) AS n FROM loyalty_customeruse
            WHERE offer_id = ANY(%(offers)s) AND customer_id = (SELECT id FROM who)
            GROUP BY offer_id) AS mine), '{}'),
    'personal', coalesce((SELECT json_agg(json_build_object('offer', offer_id,
            'starts_at', floor(extract(epoch FROM starts_at))::bigint,
            'ends_at', floor(extract(epoch FROM ends_at))::bigint)) FROM (
            SELECT DISTINCT ON (offer_id) offer_id, starts_at, ends_at FROM loyalty_personalwindow
            WHERE offer_id = ANY(%(countdowns)s) AND (
                customer_id = (SELECT id FROM who) OR visitor_id = (SELECT id FROM browser))
            ORDER BY offer_id, starts_at, id) AS first_shown), '[]'),
    'has_lapsed', EXISTS (SELECT FROM checkout_quote
        WHERE store_id = %(store)s AND status = 'held' AND ends_at <= %(at)s),
    'own', __own____earned__
)::text
"""
EARNED = """, 'earned', coalesce((SELECT json_object_agg(code, points) FROM loyalty_earningcount
        WHERE customer_id = (SELECT id FROM who) AND (code, period) IN (
            SELECT * FROM unnest(%(cap_codes)s::text[], %(cap_periods)s::text[]))), '{}')"""
OWN = """(SELECT json_build_object('quote', quote.id,
    'uses', coalesce((SELECT json_object_agg(offer_id, n) FROM (
            SELECT counter.offer_id, count(*) AS n FROM checkout_reservation AS row
            JOIN loyalty_offeruse AS counter ON counter.id = row.offer_use_id
            WHERE row.quote_id = quote.id GROUP BY counter.offer_id) AS uses), '{}'),
    'money', coalesce((SELECT json_object_agg(offer_id, amount) FROM (
            SELECT budget.offer_id, sum(row.amount) AS amount FROM checkout_reservation AS row
            JOIN loyalty_offerbudget AS budget ON budget.id = row.budget_id
            WHERE row.quote_id = quote.id GROUP BY budget.offer_id) AS money), '{}'),
    'customer_uses', coalesce((SELECT json_object_agg(offer_id, n) FROM (
            SELECT mine.offer_id, count(*) AS n FROM checkout_reservation AS row
            JOIN loyalty_customeruse AS mine ON mine.id = row.customer_use_id
            JOIN shop_customer AS customer ON customer.id = mine.customer_id AND customer.ref = %(customer)s
            WHERE row.quote_id = quote.id GROUP BY mine.offer_id) AS numbers), '{}'),
    'coupons', coalesce((SELECT json_object_agg(coupon_id, amount) FROM checkout_reservation
            WHERE quote_id = quote.id AND coupon_id IS NOT NULL), '{}'),
    'gifts', coalesce((SELECT json_object_agg(account_id, amount) FROM checkout_reservation
            WHERE quote_id = quote.id AND account_id IS NOT NULL), '{}'),
    'points', coalesce((SELECT sum(row.amount) FROM checkout_reservation AS row
            JOIN loyalty_lot AS lot ON lot.id = row.lot_id
            JOIN loyalty_account AS account ON account.id = lot.account_id
            JOIN shop_customer AS customer ON customer.id = account.customer_id AND customer.ref = %(customer)s
            WHERE row.quote_id = quote.id), 0))
FROM checkout_quote AS quote
WHERE quote.store_id = %(store)s AND quote.status = 'held' AND __whose__)"""
# A tier ends when its end has been written down, never before, however late that is.
TIER = """(SELECT tier.code FROM loyalty_tierchange AS change LEFT JOIN loyalty_tier AS tier ON tier.id = change.tier_id
    WHERE change.customer_id = who.id AND change.at <= %(at)s ORDER BY change.number DESC LIMIT 1)"""
OF_CART = "quote.cart_ref = %(held_for)s AND quote.ends_at > %(at)s"
OF_QUOTE = "quote.id = %(hold)s"
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
        **_wishes(asks, tiers, caps),
        "with_points": with_points,
        "countdowns": sorted(set(countdowns)),
        "at": at,
        "store": store.pk,
        "customer": customer,
        "visitor": None if visitor is None else str(visitor),
        "cart": cart,
        "skus": sorted(set(skus)),
        "offers": sorted(set(offer_ids)),
        "held_for": held_for,
        "hold": hold,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(held_for, hold, tiers=tiers, is_capped=bool(caps)), asked)
        return _decoder.decode(cursor.fetchone()[0])


def _wishes(asks: Collection[str], tiers: Question | None, caps: Mapping[str, str]) -> dict[str, Any]:
    """Which facts only some conditions ask for, from when on something counts towards a tier, and which caps there
    are."""
    return {
        "with_orders": not ORDERS.isdisjoint(asks),
        "with_birthday": BIRTHDAY in asks,
        "with_lists": LISTS in asks,
        "with_partner": PARTNER in asks,
        "tier_since": None if tiers is None else tiers.since,
        "cap_codes": list(caps),
        "cap_periods": list(caps.values()),
    }


def _statement(held_for: str | None, hold: int | None, *, tiers: Question | None, is_capped: bool) -> str:
    """Most carts have no reservation, and many stores no tiers: their question stays as short as it was."""
    own = "NULL"
    if hold is not None:
        own = OWN.replace("__whose__", OF_QUOTE)
    elif held_for is not None:
        own = OWN.replace("__whose__", OF_CART)
    tier = "NULL" if tiers is None else TIER
    score = score_of(tiers.measure, "who.id") if tiers is not None and tiers.with_score else "0"
    earned = EARNED if is_capped else ""
    parts = {"__own__": own, "__tier__": tier, "__tier_score__": score, "__earned__": earned}
    statement = FACTS
    for place, part in parts.items():
        statement = statement.replace(place, part)
    return statement
