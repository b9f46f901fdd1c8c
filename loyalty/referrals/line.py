"""Who stands above a customer: who brought them, who brought those, and so on."""

from django.db import connection

from loyalty.models.referral import LEVELS_MAX

# Bounded by the levels that can earn; the rows themselves hold no circle.
LINE = """
WITH RECURSIVE line AS (
    (SELECT referrer_id AS id, 1 AS level FROM loyalty_referral
    WHERE customer_id IN (SELECT %(customer)s::bigint
        UNION ALL SELECT id FROM shop_customer WHERE merged_into_id = %(customer)s)
    ORDER BY at, id LIMIT 1)
    UNION ALL
    SELECT above.referrer_id, line.level + 1
    FROM line JOIN loyalty_referral above ON above.customer_id = line.id
    WHERE line.level < %(levels)s
)
SELECT kept.id FROM line JOIN shop_customer told ON told.id = line.id
JOIN shop_customer kept ON kept.id = coalesce(told.merged_into_id, told.id)
WHERE kept.id <> (SELECT coalesce(merged_into_id, id) FROM shop_customer WHERE id = %(customer)s)
GROUP BY kept.id ORDER BY min(line.level)
"""


def line_above(customer_id: int) -> tuple[int, ...]:
    """Customer ids, the nearest first, as many as there are levels; one query.

    For somebody who was merged stands who is left; never the customer again, and nobody twice.
    """
    with connection.cursor() as cursor:
        cursor.execute(LINE, {"customer": customer_id, "levels": LEVELS_MAX})
        return tuple(row[0] for row in cursor.fetchall())
