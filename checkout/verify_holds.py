"""What a recheck of the books asks of reserved carts: each counter of what is held is the sum of what carts hold. A
check of BOOKS_CHECKS."""

from collections.abc import Iterator

from django.db import connection

from loyalty.findings import Finding, FindingCode
from shop.models import Store

# What a reservation refers to: its column, the table, how a finding names it, and whose it is.
OF_OFFER = "(SELECT store_id FROM loyalty_offer WHERE id = counter.offer_id)"
COUNTERS: tuple[tuple[str, str, str, str], ...] = (
    ("lot_id", "loyalty_lot", "lot", "(SELECT store_id FROM loyalty_account WHERE id = counter.account_id)"),
    ("coupon_id", "coupons_coupon", "coupon", "counter.store_id"),
    ("offer_use_id", "loyalty_offeruse", "offer_use", OF_OFFER),
    ("day_use_id", "loyalty_offerdayuse", "day_use", OF_OFFER),
    ("budget_id", "loyalty_offerbudget", "budget", OF_OFFER),
)
HELD = """
SELECT '__name__:' || counter.id, coalesce(reserved.amount, 0), counter.held
FROM __table__ counter
LEFT JOIN (
    SELECT __column__ AS id, sum(amount)::bigint AS amount FROM checkout_reservation
    WHERE __column__ IS NOT NULL GROUP BY __column__
) AS reserved ON reserved.id = counter.id
WHERE (counter.held <> 0 OR reserved.id IS NOT NULL) AND counter.held <> coalesce(reserved.amount, 0)
    AND __of__ = %(store)s
"""
# Of a gift balance. What is held of a customer's account is the sum over its portions: another question asks that.
GIFTS = """
SELECT 'account:' || account.id, coalesce(reserved.amount, 0), account.held
FROM loyalty_account account
LEFT JOIN (
    SELECT account_id, sum(amount)::bigint AS amount FROM checkout_reservation
    WHERE account_id IS NOT NULL GROUP BY account_id
) AS reserved ON reserved.account_id = account.id
WHERE account.store_id = %(store)s AND account.kind = 'gift' AND account.held <> coalesce(reserved.amount, 0)
"""
# A number that is nobody's order is a cart's.
NUMBERS = """
SELECT 'customer_use:' || mine.id, 0::bigint, 1::bigint
FROM loyalty_customeruse mine JOIN loyalty_offer offer ON offer.id = mine.offer_id
WHERE offer.store_id = %(store)s AND mine.order_id IS NULL
    AND NOT EXISTS (SELECT FROM checkout_reservation reserved WHERE reserved.customer_use_id = mine.id)
"""
PARTS = [
    *(
        HELD.replace("__column__", column)
        .replace("__table__", table)
        .replace("__name__", name)
        .replace("__of__", of)
        for column, table, name, of in COUNTERS
    ),
    GIFTS,
    NUMBERS,
]
STATEMENT = "SELECT * FROM (__parts__) AS found LIMIT %(limit)s".replace(
    "__parts__", " UNION ALL ".join(PARTS)
)


def hold_findings(store: Store, *, limit: int) -> Iterator[Finding]:
    """At most `limit`. One query."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, {"store": store.pk, "limit": limit})
        for subject, reserved, held in cursor.fetchall():
            yield Finding(FindingCode.HELD_IS_NOT_ITS_RESERVATIONS, subject, reserved, held)
