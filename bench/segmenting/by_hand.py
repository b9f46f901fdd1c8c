"""Segments that ask for all eighteen rules, and the same members by one statement each, written by hand.

The statements know what the product cannot: that in this store nobody was merged or erased.
"""

from typing import Any

DOCUMENTS: dict[str, dict[str, Any]] = {
    "slipping": {
        "v": 1,
        "all": [
            {"kind": "life_cycle", "stages": ["passive", "lost"]},
            {"kind": "spend", "amount_min": 20_000},
        ],
        "none": [{"kind": "in_tier", "tiers": ["gold"]}],
    },
    "champions": {
        "v": 1,
        "all": [{"kind": "rfm", "recency_min": 4, "frequency_min": 4, "monetary_min": 4}],
    },
    "regulars": {
        "v": 1,
        "all": [
            {"kind": "orders", "at_least": 2, "days": 365},
            {"kind": "last_order", "days_max": 90},
            {"kind": "language", "languages": ["ru", "en"]},
            {"kind": "birthday_month"},
        ],
    },
    "bargainers": {
        "v": 1,
        "all": [
            {"kind": "bought", "groups": ["candles"], "days": 365},
            {"kind": "used_offer", "offers": ["spring"]},
            {"kind": "first_order_by", "ways": ["discount"]},
        ],
    },
    "club": {
        "v": 1,
        "all": [
            {"kind": "holds_card", "plans": ["vip"]},
            {"kind": "stamps", "cards": ["coffee"], "at_least": 2},
            {"kind": "points", "at_least": 50},
            {"kind": "consented", "purposes": ["marketing"], "channels": ["email"]},
        ],
    },
    "brought": {
        "v": 1,
        "any": [{"kind": "came_by_partner"}, {"kind": "brought_by_friend"}, {"kind": "listed"}],
    },
}
KINDS = {
    rule["kind"]
    for one in DOCUMENTS.values()
    for name in ("all", "any", "none")
    for rule in one.get(name, ())
}

ORDERS = """shop_order o WHERE o.store_id = %(store)s AND o.status <> 'cancelled' AND o.placed_at <= %(at)s"""
PAID = "o.payable + o.balance_amount - o.refunded - o.balance_refunded"
BY_HAND: dict[str, str] = {
    "slipping": f"""
SELECT o.customer_id FROM {ORDERS}
    AND NOT EXISTS (SELECT FROM loyalty_tierstatus s JOIN loyalty_tier t ON t.id = s.tier_id
        WHERE s.customer_id = o.customer_id AND t.code = 'gold')
GROUP BY o.customer_id
HAVING sum({PAID}) >= 20000 AND (
    max(o.placed_at) < %(at)s - interval '60 days'
    OR max(o.placed_at) - min(o.placed_at) > interval '60 days' * (count(*) - 1))""",
    "champions": f"""
SELECT f.customer_id FROM (
    SELECT b.customer_id, ntile(5) OVER (ORDER BY last_at, ref) AS r, ntile(5) OVER (ORDER BY orders, ref) AS f,
        ntile(5) OVER (ORDER BY paid, ref) AS m
    FROM (SELECT o.customer_id, count(*) AS orders, max(o.placed_at) AS last_at, sum({PAID})::bigint AS paid
        FROM {ORDERS} GROUP BY o.customer_id) AS b
    JOIN (SELECT id, ref COLLATE "C" AS ref FROM shop_customer) AS c ON c.id = b.customer_id) AS f
WHERE f.r >= 4 AND f.f >= 4 AND f.m >= 4""",
    "regulars": f"""
SELECT o.customer_id FROM {ORDERS} AND o.placed_at > %(at)s - interval '365 days'
    AND o.customer_id IN (SELECT c.id FROM shop_customer c JOIN shop_person p ON p.customer_id = c.id
        WHERE c.store_id = %(store)s AND coalesce(nullif(c.language, ''), 'en') IN ('ru', 'en')
        AND extract(month FROM p.birth_on) = 6)
GROUP BY o.customer_id
HAVING count(*) >= 2 AND max(o.placed_at) > %(at)s - interval '91 days'""",
    "bargainers": f"""
SELECT customer_id FROM (
    SELECT DISTINCT ON (o.customer_id) o.customer_id, o.id, o.discount + o.delivery_discount > 0 AS reduced
    FROM {ORDERS} ORDER BY o.customer_id, o.placed_at, o.id) AS first
WHERE reduced AND NOT EXISTS (SELECT FROM loyalty_acquisition a WHERE a.order_id = first.id AND a.kind <> 'partner')
    AND customer_id IN (SELECT o.customer_id FROM loyalty_discount d JOIN shop_order o ON o.id = d.order_id
        WHERE d.version_id IN (SELECT v.id FROM loyalty_offerversion v JOIN loyalty_offer f ON f.id = v.offer_id
            WHERE f.store_id = %(store)s AND f.code = 'spring') AND o.status <> 'cancelled')
    AND customer_id IN (SELECT o.customer_id FROM shop_order o JOIN shop_orderline l ON l.order_id = o.id
        JOIN shop_product p ON p.id = l.product_id
        WHERE o.store_id = %(store)s AND o.status <> 'cancelled' AND o.placed_at > %(at)s - interval '365 days'
        AND l.refunded_quantity < l.quantity AND (p.category = 'c-7' OR l.sku IN ('sku-3', 'sku-5', 'sku-8')))""",
    "club": """
SELECT m.customer_id FROM clubcards_membership m JOIN clubcards_cardplan p ON p.id = m.plan_id AND p.code = 'vip'
    JOIN loyalty_account a ON a.customer_id = m.customer_id AND a.kind = 'customer' AND a.asset = 'points'
    JOIN loyalty_stampholder h ON h.customer_id = m.customer_id
WHERE m.store_id = %(store)s AND m.starts_at <= %(at)s AND (m.ends_at IS NULL OR m.ends_at > %(at)s)
    AND (SELECT count(*) FROM loyalty_stamp s WHERE s.holder_id = h.id AND s.withdrawn_at IS NULL
        AND s.at <= %(at)s) >= 2
    AND (SELECT sum(l."left" - l.held) FROM loyalty_lot l WHERE l.account_id = a.id AND l.active_at <= %(at)s
        AND l.ends_at > %(at)s) >= 50
    AND (SELECT c.is_given FROM shop_consent c WHERE c.customer_id = m.customer_id AND c.purpose = 'marketing'
        AND c.channel = 'email' AND c.at <= %(at)s ORDER BY c.at DESC, c.id DESC LIMIT 1)""",
    "brought": """
SELECT o.customer_id FROM loyalty_acquisition a JOIN shop_order o ON o.id = a.order_id
WHERE a.store_id = %(store)s AND a.kind = 'partner' AND o.status <> 'cancelled'
UNION SELECT customer_id FROM loyalty_referral WHERE store_id = %(store)s
UNION SELECT customer_id FROM loyalty_segmentlisted WHERE segment_id = %(segment)s""",
}
