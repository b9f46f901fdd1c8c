"""A store of 100,000 customers and 1,000,000 order lines, made set-based: whatever a segment may ask for is there.

Who has what comes from hashes of running numbers, so that every run has the same store. A few customers order often,
most a few times, and every tenth never.
"""

from datetime import UTC, datetime

from django.db import connection, transaction

from bench.fill_ledger import without_indexes
from shop.models import Store

UNTIL = datetime(2026, 6, 1, tzinfo=UTC)
CUSTOMERS, ORDERS, LINES_PER_ORDER, PRODUCTS = 100_000, 500_000, 2, 1_000
TABLES = ("shop_customer", "shop_person", "shop_consent", "shop_order", "shop_orderline")

# A number from 0 to 1 out of a hash.
CHANCE = "((hashint8extended({of}, {salt}) & 1048575) / 1048576.0)"

CATALOGUE = """
INSERT INTO shop_product (id, store_id, sku, name, kind, category, price, tax_bp, is_preorder, is_never_discounted,
    url, image_url, is_active, changed_at)
SELECT %(first)s + n, %(store)s, 'sku-' || n, '', 'goods', 'c-' || n %% 50, 1000, 2000, false, false, '', '', true,
    %(until)s
FROM generate_series(0, %(products)s - 1) AS n;
INSERT INTO shop_productgroup (store_id, code, name, skus, categories)
VALUES (%(store)s, 'candles', 'Candles', '{sku-3,sku-5,sku-8}', '{c-7}')
"""
PEOPLE = f"""
INSERT INTO shop_customer (id, store_id, ref, language, time_zone, country, is_generated, created_at)
SELECT %(first)s + n, %(store)s, 'c-' || n, (ARRAY['', 'ru', 'de', 'en'])[1 + n %% 4], '', '', false, %(until)s
FROM generate_series(1, %(customers)s) AS n;
INSERT INTO shop_person (customer_id, store_id, name, email, phone, birth_on)
SELECT %(first)s + n, %(store)s, '', 'c-' || n || '@example.org', '', date '1960-01-01' + n * 7919 %% 14000
FROM generate_series(1, %(customers)s, 2) AS n;
INSERT INTO shop_consent (store_id, customer_id, purpose, channel, is_given, wording, source, at, recorded_at)
SELECT %(store)s, %(first)s + n, 'marketing', 'email', {CHANCE.format(of="n + turn", salt=1)} < 0.7, '', 'api',
    %(until)s::timestamptz - interval '1 day' * (900 - turn * 400), %(until)s
FROM generate_series(1, %(customers)s) AS n, generate_series(0, 1) AS turn
"""
SALES = f"""
INSERT INTO shop_order (id, store_id, ref, customer_id, placed_at, status, source, goods, payable, discount, delivery,
    delivery_discount, points_spent, points_value, points_amount, balance_amount, delivery_balance_amount, refunded,
    balance_refunded, delivery_refunded, offers_version, country, partner, referral, recorded_at)
SELECT %(first)s + n, %(store)s, 'o-' || n,
    %(first)s + 1 + floor(%(customers)s * 0.9 * power({CHANCE.format(of="n", salt=2)}, 1.5))::bigint,
    %(until)s::timestamptz - interval '1 minute' - interval '1000 days' * {CHANCE.format(of="n", salt=3)},
    CASE WHEN n %% 33 = 0 THEN 'cancelled' ELSE 'paid' END, 'api',
    money.goods, money.goods - money.discount, money.discount, 0, 0, 0, 0, 0, 0, 0,
    CASE WHEN n %% 41 = 0 THEN 500 ELSE 0 END, 0, 0, 0, '', '', '', %(until)s
FROM generate_series(1, %(orders)s) AS n,
    LATERAL (SELECT %(lines)s * (1000 + n %% 3000) AS goods, CASE WHEN n %% 3 = 0 THEN 100 ELSE 0 END AS discount)
        AS money;
INSERT INTO shop_orderline (id, order_id, ordinal, product_id, sku, name, quantity, unit_price, discount, total,
    points_spent, points_amount, balance_amount, is_gift, tax_bp, refunded_quantity)
SELECT %(first)s + n * %(lines)s + place, %(first)s + n, place, %(first)s + one.product, 'sku-' || one.product, '', 1,
    1000 + n %% 3000, 0, 1000 + n %% 3000, 0, 0, 0, false, 2000, CASE WHEN n %% 41 = 0 THEN 1 ELSE 0 END
FROM generate_series(1, %(orders)s) AS n, generate_series(1, %(lines)s) AS place,
    LATERAL (SELECT abs(hashint8(n * %(lines)s + place)::bigint) %% %(products)s AS product) AS one
"""
OFFERS = """
INSERT INTO loyalty_offer (id, store_id, code, name, status, created_at)
VALUES (%(first)s, %(store)s, 'spring', 'Spring', 'running', %(until)s);
INSERT INTO loyalty_offerversion (id, offer_id, number, document, in_force_at, created_at)
VALUES (%(first)s, %(first)s, 1, '{}', %(until)s, %(until)s);
INSERT INTO loyalty_discount (store_id, order_id, version_id, amount)
SELECT %(store)s, %(first)s + n, %(first)s, 100 FROM generate_series(3, %(orders)s, 3) AS n;
INSERT INTO loyalty_partner (id, store_id, code, name, default_bp, campaign, is_active, statement_number,
    statement_is_open, created_at)
VALUES (%(first)s, %(store)s, 'blog', 'Blog', 500, '', true, 0, false, %(until)s);
INSERT INTO loyalty_acquisition (store_id, order_id, kind, how, partner_id, line, at)
SELECT %(store)s, %(first)s + n, CASE WHEN n %% 2 = 0 THEN 'partner' ELSE 'referral' END, 'link',
    CASE WHEN n %% 2 = 0 THEN %(first)s END,
    CASE WHEN n %% 2 = 0 THEN '{}' ELSE ARRAY[%(first)s + 1] END::bigint[], %(until)s
FROM generate_series(7, %(orders)s, 7) AS n;
INSERT INTO loyalty_referral (store_id, customer_id, referrer_id, how, at)
SELECT %(store)s, %(first)s + n, %(first)s + n - 1, 'click', %(until)s FROM generate_series(10, %(customers)s, 10) AS n
"""
CLUB = """
INSERT INTO loyalty_tier (id, store_id, code, name, benefits)
SELECT %(first)s + place, %(store)s, code, code, ''
FROM unnest(ARRAY['silver', 'gold']) WITH ORDINALITY AS one (code, place);
INSERT INTO loyalty_tierstatus (store_id, customer_id, tier_id, since_at, until_at, changes, next_from, missing)
SELECT %(store)s, %(first)s + n, %(first)s + 1 + n %% 2, %(until)s, %(until)s::timestamptz + interval '1 year', 0, 0, 0
FROM generate_series(1, %(customers)s, 5) AS n;
INSERT INTO clubcards_cardplan (id, store_id, code, name, kind, discount_bp, "group", is_active, created_at)
VALUES (%(first)s, %(store)s, 'vip', 'VIP', 'vip', 1000, '', true, %(until)s);
INSERT INTO clubcards_membership (store_id, plan_id, customer_id, number, starts_at, created_at)
SELECT %(store)s, %(first)s, %(first)s + n, lpad(n::text, 12, '0'), %(until)s::timestamptz - interval '90 days',
    %(until)s
FROM generate_series(1, %(customers)s, 3) AS n;
INSERT INTO loyalty_stampcard (id, store_id, code, name, by, "group", per_unit, needed, reward, campaign, points,
    starts_at, is_active)
VALUES (%(first)s, %(store)s, 'coffee', 'Coffee', 'order', '', false, 10, 'points', '', 100, %(until)s, true);
INSERT INTO loyalty_stampholder (id, store_id, card_id, customer_id)
SELECT %(first)s + n, %(store)s, %(first)s, %(first)s + n FROM generate_series(1, %(customers)s, 2) AS n;
INSERT INTO loyalty_stamp (store_id, holder_id, key, at)
SELECT %(store)s, %(first)s + n, n || ':' || place, %(until)s::timestamptz - interval '1 day' * place
FROM generate_series(1, %(customers)s, 2) AS n, generate_series(1, 1 + n %% 6) AS place;
INSERT INTO loyalty_account (id, store_id, kind, asset, customer_id, balance, held, owed)
SELECT %(first)s + n, %(store)s, 'customer', 'points', %(first)s + n, 200, 0, 0
FROM generate_series(1, %(customers)s) AS n;
INSERT INTO loyalty_lot (account_id, transfer_id, amount, "left", held, active_at, ends_at)
SELECT %(first)s + n, %(first)s + n * 2 + turn, 100, n * 31 %% 101, 0, %(until)s::timestamptz - interval '100 days',
    %(until)s::timestamptz + interval '1 day' * (turn * 200 - 50)
FROM generate_series(1, %(customers)s) AS n, generate_series(0, 1) AS turn
"""
FILLED = (
    "loyalty_discount",
    "loyalty_acquisition",
    "loyalty_referral",
    "loyalty_tierstatus",
    "clubcards_membership",
    "loyalty_stampholder",
    "loyalty_stamp",
    "loyalty_account",
    "loyalty_lot",
    "shop_product",
)


def fill_store() -> Store:
    """References are not checked row by row meanwhile, since what is written is known to be whole."""
    code = f"bench-segments-{datetime.now(UTC):%d%H%M%S}"
    store = Store.objects.create(code=code, name="Bench", currency="GBP", time_zone="UTC", language="en")
    values: dict[str, int | datetime] = {
        "store": store.pk,
        "until": UNTIL,
        "customers": CUSTOMERS,
        "orders": ORDERS,
        "lines": LINES_PER_ORDER,
        "products": PRODUCTS,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        # Ids of all tables go side by side, so that one row's is known from the other's.
        cursor.execute("SELECT coalesce((SELECT max(id) FROM shop_orderline), 0)")
        values["first"] = -(-(cursor.fetchone()[0] + 1) // 10_000_000) * 10_000_000
        with without_indexes(TABLES):
            for statement in (CATALOGUE, PEOPLE, SALES, OFFERS, CLUB):
                cursor.execute(statement, values)
    with connection.cursor() as cursor:
        for table in (*TABLES, *FILLED):
            cursor.execute(f"VACUUM ANALYZE {table}")
    return store
