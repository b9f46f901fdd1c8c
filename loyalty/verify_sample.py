"""Recheck some accounts of a store, drawn at random: quick enough for every hour."""

from django.db import connection, transaction

from loyalty.findings import Finding, FindingCode
from shop.models import Store

SAMPLE = 200  # accounts; fewer where two draws meet

# Each draw is a number between the first and the last account, and means the next account from there on.
SAMPLED = """
WITH bounds AS (
    SELECT min(id) AS low, max(id) AS high FROM loyalty_account WHERE store_id = %(store)s
), draws AS MATERIALIZED (
    SELECT low + floor(random() * (high - low + 1))::bigint AS draw FROM bounds, generate_series(1, %(sample)s)
), picked AS MATERIALIZED (
    SELECT DISTINCT account.id, account.balance, account.held, account.kind
    FROM draws, LATERAL (
        SELECT id, balance, held, kind FROM loyalty_account
        WHERE store_id = %(store)s AND id >= draw AND kind IN ('customer', 'gift')
        ORDER BY id LIMIT 1
    ) AS account
), seen AS (
    SELECT picked.*,
        coalesce((SELECT sum(amount) FROM loyalty_transfer WHERE target_id = picked.id), 0)::bigint
            - coalesce((SELECT sum(amount) FROM loyalty_transfer WHERE source_id = picked.id), 0)::bigint AS moved,
        coalesce((SELECT sum("left") FROM loyalty_lot WHERE account_id = picked.id), 0)::bigint AS lots,
        coalesce((SELECT sum(held) FROM loyalty_lot WHERE account_id = picked.id), 0)::bigint AS lots_held
    FROM picked
)
SELECT 'balance_is_not_its_transfers', 'account:' || id, moved, balance FROM seen WHERE moved <> balance
UNION ALL
SELECT 'balance_is_not_its_lots', 'account:' || id, lots, balance FROM seen WHERE kind = 'customer' AND lots <> balance
UNION ALL
SELECT 'held_is_not_its_lots', 'account:' || id, lots_held, held FROM seen WHERE kind = 'customer' AND lots_held <> held
"""


def sample_findings(store: Store, *, sample: int = SAMPLE) -> list[Finding]:
    """What does not add up among at most so many accounts. One query, on indexes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SAMPLED, {"store": store.pk, "sample": sample})
        return [
            Finding(FindingCode(code), subject, expected, found)
            for code, subject, expected, found in cursor.fetchall()
        ]
