"""Rules by what a customer has bought, as SQL."""

from typing import Any

from loyalty.segments.clause import LATELY, REAL_ORDER, Clause, Setting, within
from loyalty.segments.document import (
    Bought,
    FirstOrderBy,
    LastOrder,
    LifeCycle,
    OrderCount,
    Rfm,
    Spend,
    UsedOffer,
)

# In minor units: what the order cost, gift balances included, less what was given back.
PAID = """("order".payable + "order".balance_amount - "order".refunded - "order".balance_refunded)"""

ORDERS = f"""
SELECT person.head AS customer_id, count(*) AS orders, min("order".placed_at) AS first_at,
    max("order".placed_at) AS last_at, sum({PAID})::bigint AS paid
FROM person JOIN {REAL_ORDER} __lately__
GROUP BY person.head
"""  # noqa: S608  (texts of this room)
ALL_ORDERS, LATE_ORDERS = ORDERS.replace("__lately__", ""), ORDERS.replace("__lately__", LATELY)

# A gap is the time between the first and the last order by the number of steps between them; one order has none.
STAGE = """CASE
    WHEN __facts__.orders IS NULL THEN CASE WHEN customer.id IN (
        SELECT person.head FROM person JOIN shop_cart cart ON cart.customer_id = person.id)
        THEN 'potential' ELSE 'subscriber' END
    WHEN __facts__.last_at <= %(at)s - make_interval(days => %(lost_days)s) THEN 'lost'
    WHEN __facts__.last_at < %(at)s - make_interval(days => %(passive_days)s) THEN 'passive'
    WHEN __facts__.last_at - __facts__.first_at
        > make_interval(days => %(passive_days)s) * (__facts__.orders - 1) THEN 'passive'
    WHEN __facts__.last_at >= %(at)s - make_interval(days => %(active_days)s)
        AND __facts__.last_at - __facts__.first_at
        <= make_interval(days => %(active_days)s) * (__facts__.orders - 1) THEN 'active'
    ELSE 'slowing' END"""


def life_cycle(rule: LifeCycle, setting: Setting) -> Clause:
    limits = setting.limits
    return Clause(
        f"{STAGE} = ANY(%(stages)s)",
        ALL_ORDERS,
        {
            "stages": list(rule.stages),
            "active_days": limits.active_days,
            "passive_days": limits.passive_days,
            "lost_days": limits.lost_days,
        },
    )


def order_count(rule: OrderCount, setting: Setting) -> Clause:
    holds, values = within("coalesce(__facts__.orders, 0)", rule.at_least, rule.at_most)
    return _of_orders(holds, values, days=rule.days)


def spend(rule: Spend, setting: Setting) -> Clause:
    holds, values = within("coalesce(__facts__.paid, 0)", rule.amount_min, rule.amount_max)
    return _of_orders(holds, values, days=rule.days)


def last_order(rule: LastOrder, setting: Setting) -> Clause:
    """Whole days of 24 hours, as an offer counts them."""
    holds, values = within(
        "floor(extract(epoch FROM %(at)s - __facts__.last_at) / 86400)", rule.days_min, rule.days_max
    )
    return Clause(holds, ALL_ORDERS, values)


FIRST = f"""
SELECT first.customer_id, CASE
    WHEN EXISTS (SELECT FROM loyalty_acquisition WHERE order_id = first.id AND kind IN ('referral', 'gift'))
        THEN 'referral'
    WHEN first.is_reduced THEN 'discount' ELSE 'full_price' END AS way
FROM (
    SELECT DISTINCT ON (person.head) person.head AS customer_id, "order".id,
        "order".discount + "order".delivery_discount > 0 AS is_reduced
    FROM person JOIN {REAL_ORDER}
    ORDER BY person.head, "order".placed_at, "order".id) AS first
"""  # noqa: S608


def first_order_by(rule: FirstOrderBy, setting: Setting) -> Clause:
    return Clause("__facts__.way = ANY(%(ways)s)", FIRST, {"ways": list(rule.ways)})


# Bands of prices are looked at line by line: only where one of the groups has any.
BOUGHT = f"""
SELECT DISTINCT person.head AS customer_id
FROM person JOIN {REAL_ORDER} __lately__
JOIN shop_orderline line ON line.order_id = "order".id AND line.refunded_quantity < line.quantity
LEFT JOIN shop_product product ON product.id = line.product_id
WHERE line.sku = ANY(%(skus)s)
    OR line.sku IN (SELECT unnest(skus) FROM shop_productgroup
        WHERE store_id = %(store)s AND code = ANY(%(groups)s))
    OR product.category IN (SELECT unnest(categories) FROM shop_productgroup
        WHERE store_id = %(store)s AND code = ANY(%(groups)s))
    OR (SELECT count(*) FROM shop_productgroup WHERE store_id = %(store)s AND code = ANY(%(groups)s)
            AND (price_min IS NOT NULL OR price_max IS NOT NULL)) > 0
        AND EXISTS (SELECT FROM shop_productgroup WHERE store_id = %(store)s AND code = ANY(%(groups)s)
            AND (price_min IS NOT NULL OR price_max IS NOT NULL)
            AND line.unit_price >= coalesce(price_min, 0) AND line.unit_price <= coalesce(price_max, line.unit_price))
"""  # noqa: S608


def bought(rule: Bought, setting: Setting) -> Clause:
    values: dict[str, Any] = {"skus": list(rule.skus), "groups": list(rule.groups)}
    return _any_row(BOUGHT, values, days=rule.days)


# The versions come first: joined to, so few rows let the planner take the discounts for few too.
USED = f"""
SELECT DISTINCT person.head AS customer_id
FROM person JOIN {REAL_ORDER} __lately__
JOIN loyalty_discount discount ON discount.order_id = "order".id AND discount.version_id = ANY(ARRAY(
    SELECT version.id FROM loyalty_offerversion version JOIN loyalty_offer offer ON offer.id = version.offer_id
    WHERE offer.store_id = %(store)s AND offer.code = ANY(%(offers)s)))
"""  # noqa: S608


def used_offer(rule: UsedOffer, setting: Setting) -> Clause:
    return _any_row(USED, {"offers": list(rule.offers)}, days=rule.days)


# Fifths of all buyers: one customer's facts move others, so this is never asked for some of them only.
FIFTHS = f"""
SELECT ranked.customer_id,
    ntile(5) OVER (ORDER BY ranked.last_at, ranked.ref) AS recency,
    ntile(5) OVER (ORDER BY ranked.orders, ranked.ref) AS frequency,
    ntile(5) OVER (ORDER BY ranked.paid, ranked.ref) AS monetary
FROM (SELECT found.*, buyer.ref COLLATE "C" AS ref FROM ({ALL_ORDERS}) AS found
    JOIN shop_customer buyer ON buyer.id = found.customer_id AND buyer.erased_at IS NULL) AS ranked
"""  # noqa: S608


def rfm(rule: Rfm, setting: Setting) -> Clause:
    parts: list[str] = []
    values: dict[str, Any] = {}
    for name in ("recency", "frequency", "monetary"):
        parts.append(f"__facts__.{name} BETWEEN %({name}_min)s AND %({name}_max)s")
        values |= {f"{name}_{end}": getattr(rule, f"{name}_{end}") for end in ("min", "max")}
    return Clause(" AND ".join(parts), FIFTHS, values)


def _of_orders(holds: str, values: dict[str, Any], *, days: int | None) -> Clause:
    if days is None:
        return Clause(holds, ALL_ORDERS, values)
    return Clause(holds, LATE_ORDERS, {**values, "days": days})


def _any_row(facts: str, values: dict[str, Any], *, days: int | None) -> Clause:
    """Whoever has a row is meant."""
    told = values if days is None else {**values, "days": days}
    return Clause(
        "__facts__.customer_id IS NOT NULL", facts.replace("__lately__", "" if days is None else LATELY), told
    )
