"""What a recheck of the books asks of coupons and gift balances: uses are their redemptions, and what a gift balance's
own rows say is what moved. A check of BOOKS_CHECKS."""

from collections.abc import Iterator

from django.db import connection

from loyalty.findings import Finding, FindingCode
from shop.models import Store

# A cancelled order gives its use back, but not of a coupon that was revoked before.
USES = """
SELECT coupon.id, used.standing, coupon.used
FROM coupons_coupon coupon
LEFT JOIN coupons_revocation revocation ON revocation.coupon_id = coupon.id
LEFT JOIN (
    SELECT redemption.coupon_id, count(*) AS whole, count(*) FILTER (WHERE "order".status <> 'cancelled') AS standing
    FROM coupons_redemption redemption JOIN shop_order "order" ON "order".id = redemption.order_id
    WHERE redemption.store_id = %(store)s GROUP BY redemption.coupon_id
) AS used ON used.coupon_id = coupon.id
WHERE coupon.store_id = %(store)s AND coupon.uses_max IS NOT NULL
    AND (coupon.used > 0 OR used.coupon_id IS NOT NULL)
    AND NOT coupon.used BETWEEN coalesce(used.standing, 0)
        AND coalesce(CASE WHEN revocation.id IS NULL THEN used.standing ELSE used.whole END, 0)
ORDER BY coupon.id LIMIT %(limit)s
"""
GIFTS = """
SELECT gift.account_id, coalesce(moved.issued, 0) - coalesce(moved.withdrawn, 0),
    gift.face_value - coalesce(gone.amount, 0)
FROM coupons_giftbalance gift
LEFT JOIN (
    SELECT account_id, sum(amount) FILTER (WHERE kind = 'issue')::bigint AS issued,
        sum(amount) FILTER (WHERE kind = 'withdrawal')::bigint AS withdrawn
    FROM (
        SELECT CASE kind WHEN 'issue' THEN target_id ELSE source_id END AS account_id, kind, amount
        FROM loyalty_transfer
        WHERE store_id = %(store)s AND asset = 'money' AND kind IN ('issue', 'withdrawal')
    ) AS moves GROUP BY account_id
) AS moved ON moved.account_id = gift.account_id
LEFT JOIN (
    SELECT balance_id, sum(amount)::bigint AS amount FROM coupons_giftwithdrawal
    WHERE store_id = %(store)s GROUP BY balance_id
) AS gone ON gone.balance_id = gift.id
WHERE gift.store_id = %(store)s AND (
    gift.face_value <> coalesce(moved.issued, 0) OR coalesce(gone.amount, 0) <> coalesce(moved.withdrawn, 0)
)
ORDER BY gift.id LIMIT %(limit)s
"""


def coupon_findings(store: Store, *, limit: int) -> Iterator[Finding]:
    """At most `limit` of coupons and as many of gift balances. Two queries."""
    for coupon_id, standing, used in _ask(USES, store, limit):
        code = FindingCode.COUPON_USES_ARE_NOT_ITS_REDEMPTIONS
        yield Finding(code, f"coupon:{coupon_id}", standing or 0, used)
    for account_id, moved, written in _ask(GIFTS, store, limit):
        yield Finding(FindingCode.GIFT_RECORD_IS_NOT_ITS_MOVEMENTS, f"account:{account_id}", moved, written)


def _ask(statement: str, store: Store, limit: int) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"store": store.pk, "limit": limit})
        return list(cursor.fetchall())
