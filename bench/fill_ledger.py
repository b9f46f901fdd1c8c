"""A large ledger of one store, made set-based: every balance, portion and use in it adds up."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import connection, transaction

from shop.models import Store

UNTIL = datetime(2026, 6, 1, tzinfo=UTC)
TRANSFERS_PER_CUSTOMER = 10
TABLES = (
    "loyalty_transfer",
    "loyalty_lot",
    "loyalty_lotuse",
    "loyalty_account",
    "shop_customer",
    "shop_order",
    "shop_orderline",
)

CUSTOMERS = """
INSERT INTO shop_customer (id, store_id, ref, language, time_zone, country, is_generated, created_at)
SELECT %(first)s + n, %(store)s, 'c-' || n, '', '', '', false, %(until)s
FROM generate_series(1, %(customers)s) AS n
"""
# Of ten movements, which are one customer's, 260 points are left, and 140 more of every other ten.
ACCOUNTS = """
INSERT INTO loyalty_account (id, store_id, kind, asset, customer_id, balance, held, owed)
SELECT %(first)s + n, %(store)s, 'customer', 'points', %(first)s + n, coalesce(lots."left", 0), 0, 0
FROM generate_series(1, %(customers)s) AS n
LEFT JOIN (
    SELECT 1 + ten * 7919 %% %(customers)s AS n, sum(260 + ten %% 2 * 140)::bigint AS "left"
    FROM generate_series(0, %(transfers)s::bigint / 10 - 1) AS ten GROUP BY 1
) AS lots USING (n)
"""
PROGRAMME = """
INSERT INTO loyalty_account (id, store_id, kind, asset, balance, held, owed)
SELECT %(first)s + %(customers)s + place, %(store)s, kind, 'points', 0, 0, 0
FROM unnest(ARRAY['issued', 'spent', 'expired', 'adjusted']) WITH ORDINALITY AS one (kind, place)
"""
# Of ten movements six bring points, two pay for an order, one and a half end, and half a one gives back what a
# refund returned: portion 10k+1 is spent whole, 10k+2 in part, 10k+3 and every other 10k+4 have ended.
TRANSFERS = """
INSERT INTO loyalty_transfer (id, store_id, kind, asset, source_id, target_id, amount, key, input_hash, order_id,
    reverses_id, effective_at, recorded_at)
SELECT %(first)s + m.id, %(store)s, m.kind, 'points',
    CASE WHEN m.kind = 'accrual' THEN %(first)s + %(customers)s + 1
        WHEN m.kind = 'reversal' THEN %(first)s + %(customers)s + 2 ELSE m.account END,
    CASE m.kind WHEN 'redemption' THEN %(first)s + %(customers)s + 2
        WHEN 'expiry' THEN %(first)s + %(customers)s + 3 ELSE m.account END,
    m.amount, m.kind || ':' || m.id, sha256(int8send(m.id)),
    CASE WHEN m.kind IN ('redemption', 'reversal') THEN %(first)s + m.paid_by END,
    CASE WHEN m.kind = 'reversal' THEN %(first)s + m.paid_by END,
    m.at, m.at
FROM (
    SELECT t.id, s.kind, s.amount, s.paid_by,
        %(first)s + 1 + (t.id / 10 * 7919 %% %(customers)s) AS account,
        %(until)s::timestamptz - interval '1000 days' + interval '1000 days' * (t.id::float8 / %(transfers)s) AS at
    FROM generate_series(0, %(transfers)s::bigint - 1) AS t (id),
    LATERAL (
        SELECT CASE
            WHEN t.id %% 10 < 6 THEN 'accrual'
            WHEN t.id %% 10 < 8 THEN 'redemption'
            WHEN t.id %% 10 = 8 OR t.id / 10 %% 2 = 0 THEN 'expiry'
            ELSE 'reversal' END AS kind,
        CASE WHEN t.id %% 10 < 6 THEN 100 WHEN t.id %% 10 = 6 THEN 100 WHEN t.id %% 10 = 7 THEN 40
            WHEN t.id %% 10 = 8 OR t.id / 10 %% 2 = 0 THEN 100 ELSE 40 END AS amount,
        t.id / 10 * 10 + CASE WHEN t.id %% 10 = 6 THEN 6 ELSE 7 END AS paid_by
    ) AS s
) AS m
"""
LOTS = """
INSERT INTO loyalty_lot (id, account_id, transfer_id, amount, "left", held, active_at, ends_at, origin_id)
SELECT transfer.id, transfer.target_id, transfer.id, transfer.amount,
    CASE WHEN transfer.kind = 'reversal' THEN transfer.amount
        WHEN place.n = 1 OR place.n = 3 OR place.n = 4 AND (transfer.id - %(first)s) / 10 %% 2 = 0 THEN 0
        WHEN place.n = 2 THEN 60 ELSE 100 END,
    0, transfer.effective_at, transfer.effective_at + interval '2000 days',
    CASE WHEN transfer.kind = 'reversal' THEN transfer.id - 7 END
FROM loyalty_transfer transfer, LATERAL (SELECT (transfer.id - %(first)s) %% 10 AS n) AS place
WHERE transfer.store_id = %(store)s AND transfer.kind IN ('accrual', 'reversal')
"""
USES = """
INSERT INTO loyalty_lotuse (transfer_id, lot_id, line_id, amount, returned)
SELECT transfer.id, transfer.id - 5, CASE WHEN transfer.kind = 'redemption' THEN transfer.id END,
    transfer.amount,
    CASE WHEN place.n = 7 AND (transfer.id - %(first)s) / 10 %% 2 = 1 THEN 40 ELSE 0 END
FROM loyalty_transfer transfer, LATERAL (SELECT (transfer.id - %(first)s) %% 10 AS n) AS place
WHERE transfer.store_id = %(store)s AND transfer.kind IN ('redemption', 'expiry')
"""
ORDERS = """
INSERT INTO shop_order (id, store_id, ref, customer_id, placed_at, status, source, goods, payable, discount, delivery,
    delivery_discount, points_spent, points_value, points_amount, refunded, delivery_refunded, offers_version,
    country, recorded_at)
SELECT transfer.id, %(store)s, 'o-' || transfer.id, transfer.source_id, transfer.effective_at, 'paid', 'api',
    10000, 10000 - transfer.amount, 0, 0, 0, transfer.amount, 1, transfer.amount, 0, 0, 0, '', transfer.recorded_at
FROM loyalty_transfer transfer WHERE transfer.store_id = %(store)s AND transfer.kind = 'redemption'
"""
LINES = """
INSERT INTO shop_orderline (id, order_id, ordinal, sku, name, quantity, unit_price, discount, total, points_spent,
    points_amount, tax_bp, refunded_quantity)
SELECT transfer.id, transfer.id, 1, 'sku', '', 1, 10000, 0, 10000, transfer.amount, transfer.amount, 2000, 0
FROM loyalty_transfer transfer WHERE transfer.store_id = %(store)s AND transfer.kind = 'redemption'
"""
STEPS = (CUSTOMERS, ACCOUNTS, PROGRAMME, TRANSFERS, LOTS, USES, ORDERS, LINES)


def large_ledger(*, transfers: int) -> Store:
    """The store that an earlier run on this database has filled, or a new one."""
    there = Store.objects.filter(code__startswith=f"bench-ledger-{transfers}-").order_by("-id").first()
    return there or fill_ledger(transfers=transfers, customers=max(1, transfers // TRANSFERS_PER_CUSTOMER))


def fill_ledger(*, transfers: int, customers: int) -> Store:
    """A store of its own with so many movements. Keys and references are not checked row by row meanwhile, since
    what is written is known to be whole; indexes are built at the end."""
    assert transfers % 20 == 0, "ten movements belong together, and two such tens differ"
    code = f"bench-ledger-{transfers}-{datetime.now(UTC):%d%H%M%S}"
    store = Store.objects.create(code=code, name="Bench", currency="GBP", time_zone="UTC")
    values: dict[str, int | datetime] = {
        "store": store.pk,
        "transfers": transfers,
        "customers": customers,
        "until": UNTIL,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute("SELECT greatest((SELECT max(id) FROM loyalty_transfer), 0)")
        # Ids of all tables go side by side, so that one row's is known from the other's.
        values["first"] = -(-(cursor.fetchone()[0] + 1) // 100_000_000) * 100_000_000
        with without_indexes(TABLES):
            for statement in STEPS:
                cursor.execute(statement, values)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
    return store


@contextmanager
def without_indexes(tables: Sequence[str]) -> Iterator[None]:
    """Plain indexes are dropped and built again at the end; keys stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexdef LIKE 'CREATE INDEX%%'",
            [list(tables)],
        )
        found = list(cursor.fetchall())
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _, definition in found:
            cursor.execute(definition)
