"""SQL from the staging tables to what the shop keeps.

Every statement works on a set and changes nothing when it is repeated: what is there already is found by
its unique reference. `%(now)s` is when the import runs, `%(first)s` and `%(last)s` bound a batch of orders.
"""

# Codes of carriage, fees, corrections and vouchers as wholesale systems use them; letter case does not
# matter. PADS is not among them: cushion pads are goods. A sku is kept letter for letter: 85123A and 85123a
# stay two products, since a storefront may tell them apart, and what was joined could not be parted again.
DELIVERY_SKU = "^(POST|DOT|C2)$"
SERVICE_SKU = "^(M|D|S|CRUK|BANK CHARGES|AMAZONFEE|ADJUST[0-9]*)$"
GIFT_BALANCE_SKU = "^gift_[0-9]+_[0-9]+$"

MONTHS = """
SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' FROM import_invoice ORDER BY 1
"""

# The file's last price and last description count. A product that is there already was reported by the
# storefront (or imported before): only a missing name is filled in.
PRODUCTS = """
WITH kept AS (
    INSERT INTO shop_product AS p
        (store_id, sku, name, kind, category, price, tax_bp, is_never_discounted, url, image_url, is_active,
         changed_at)
    SELECT %(store)s, sku,
           coalesce((array_agg(name ORDER BY line DESC) FILTER (WHERE name <> ''))[1], ''),
           CASE WHEN sku ~* %(delivery)s THEN 'delivery' WHEN sku ~* %(service)s THEN 'service'
                WHEN sku ~* %(gift_balance)s THEN 'gift_balance' ELSE 'goods' END,
           '', (array_agg(price ORDER BY line DESC))[1], 0, false, '', '', true, %(now)s
    FROM import_row WHERE kind = 'order' GROUP BY sku ORDER BY sku
    ON CONFLICT (store_id, sku) DO UPDATE SET name = excluded.name, changed_at = excluded.changed_at
        WHERE p.name = '' AND excluded.name <> ''
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new) FROM kept
"""

# Those who only cancelled are customers too: their refunds are theirs. Nobody joins by an import.
CUSTOMERS = """
WITH kept AS (
    INSERT INTO shop_customer AS c (store_id, ref, language, time_zone, country, is_generated, created_at)
    SELECT %(store)s, customer, '', '', (array_agg(country ORDER BY at DESC, n DESC))[1], false, %(now)s
    FROM import_invoice WHERE customer IS NOT NULL GROUP BY customer ORDER BY customer
    ON CONFLICT (store_id, ref) DO UPDATE SET country = excluded.country
        WHERE c.country = '' AND excluded.country <> '' AND c.erased_at IS NULL
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new) FROM kept
"""

ORDERS = """
WITH stored AS (
    INSERT INTO shop_order
        (store_id, ref, customer_id, status, source, placed_at, paid_at, fulfilled_at, goods, discount,
         delivery, delivery_discount, payable, refunded, offers_version, country, recorded_at)
    SELECT %(store)s, i.ref, c.id, 'fulfilled', 'import', i.at, i.at, i.at, i.total, 0,
           0, 0, i.total, 0, 0, i.country, %(now)s
    FROM import_invoice i LEFT JOIN shop_customer c ON c.store_id = %(store)s AND c.ref = i.customer
    WHERE i.kind = 'order' AND i.n BETWEEN %(first)s AND %(last)s ORDER BY i.n
    ON CONFLICT (store_id, ref) DO NOTHING
    RETURNING id, ref, customer_id, placed_at
)
INSERT INTO import_stored SELECT id, ref, customer_id, placed_at FROM stored
"""

ORDER_LINES = """
INSERT INTO shop_orderline
    (order_id, ordinal, product_id, sku, name, quantity, unit_price, discount, total, tax_bp,
     refunded_quantity)
SELECT s.id, row_number() OVER (PARTITION BY s.id ORDER BY r.line), p.id, r.sku, r.name, r.quantity, r.price,
       0, r.quantity * r.price, coalesce(p.tax_bp, 0), 0
FROM import_stored s
JOIN import_row r ON r.ref = s.ref AND r.kind = 'order'
LEFT JOIN shop_product p ON p.store_id = %(store)s AND p.sku = r.sku
"""

# Locked in the order of their keys, as everybody locks them.
CUSTOMERS_LOCKED = """
SELECT id FROM shop_customer
WHERE id IN (SELECT customer_id FROM import_stored) ORDER BY id FOR NO KEY UPDATE
"""

CUSTOMERS_SEEN = """
UPDATE shop_customer c
SET first_order_at = least(c.first_order_at, s.first), last_order_at = greatest(c.last_order_at, s.last)
FROM (SELECT customer_id, min(at) AS first, max(at) AS last FROM import_stored GROUP BY customer_id) s
WHERE c.id = s.customer_id
"""

# Cancellations do not say which order they cancel: they stay unmatched, apart from revenue and points.
REFUNDS = """
WITH stored AS (
    INSERT INTO shop_refund (store_id, ref, customer_id, amount, source, at, recorded_at)
    SELECT %(store)s, i.ref, c.id, i.total, 'import', i.at, %(now)s
    FROM import_invoice i LEFT JOIN shop_customer c ON c.store_id = %(store)s AND c.ref = i.customer
    WHERE i.kind = 'refund' AND i.n BETWEEN %(first)s AND %(last)s ORDER BY i.n
    ON CONFLICT (store_id, ref) DO NOTHING
    RETURNING id, ref, customer_id, at
)
INSERT INTO import_stored SELECT id, ref, customer_id, at FROM stored
"""

REFUND_LINES = """
INSERT INTO shop_refundline (refund_id, ordinal, sku, name, quantity, amount)
SELECT s.id, row_number() OVER (PARTITION BY s.id ORDER BY r.line), r.sku, r.name, r.quantity,
       r.quantity * r.price
FROM import_stored s JOIN import_row r ON r.ref = s.ref AND r.kind = 'refund'
"""

ACTIVITY = """
INSERT INTO shop_activity (store_id, kind, customer_id, subject, data, at, recorded_at)
SELECT %(store)s, %(kind)s, s.customer_id, %(subject)s || s.ref,
       jsonb_build_object('total', i.total, 'lines', i.lines), s.at, %(now)s
FROM import_stored s JOIN import_invoice i ON i.ref = s.ref AND i.kind = %(invoice_kind)s
"""

OUTBOX = """
INSERT INTO shop_outbox (store_id, consumer, kind, subject_id, at, attempts, due_at, error)
SELECT %(store)s, consumer, %(kind)s, s.id, s.at, 0, %(now)s, ''
FROM import_stored s CROSS JOIN unnest(%(consumers)s::text[]) AS consumer
WHERE s.customer_id IS NOT NULL ORDER BY s.at, s.id
"""

TOTALS = """
SELECT coalesce(sum(lines) FILTER (WHERE is_order AND is_known), 0)::bigint AS customer_lines,
       coalesce(sum(lines) FILTER (WHERE is_order AND NOT is_known), 0)::bigint AS guest_lines,
       coalesce(sum(lines) FILTER (WHERE NOT is_order), 0)::bigint AS refund_lines,
       count(*) FILTER (WHERE is_order AND is_known) AS customer_orders,
       count(*) FILTER (WHERE is_order AND NOT is_known) AS guest_orders,
       count(*) FILTER (WHERE NOT is_order) AS refunds,
       count(DISTINCT customer) FILTER (WHERE is_order) AS customers,
       coalesce(sum(total) FILTER (WHERE is_order AND is_known), 0)::bigint AS customer_amount,
       coalesce(sum(total) FILTER (WHERE is_order AND NOT is_known), 0)::bigint AS guest_amount,
       coalesce(sum(total) FILTER (WHERE NOT is_order), 0)::bigint AS refund_amount
FROM (SELECT *, kind = 'order' AS is_order, customer IS NOT NULL AS is_known FROM import_invoice) invoice
"""
