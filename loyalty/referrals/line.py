"""Who stands above a customer: who brought them, who brought those, and so on."""

from django.db import connection

from loyalty.models.referral import LEVELS_MAX

# Bounded by the levels that can earn; the rows themselves hold no circle.
LINE = """
WITH RECURSIVE line AS (
    SELECT referrer_id AS id, 1 AS level FROM loyalty_referral WHERE customer_id = %(customer)s
    UNION ALL
    SELECT above.referrer_id, line.level + 1
    FROM line JOIN loyalty_referral above ON above.customer_id = line.id
    WHERE line.level < %(levels)s
)
SELECT id FROM line ORDER BY level
"""


def line_above(customer_id: int) -> tuple[int, ...]:
    """Customer ids, the nearest first, as many as there are levels; one query."""
    with connection.cursor() as cursor:
        cursor.execute(LINE, {"customer": customer_id, "levels": LEVELS_MAX})
        return tuple(row[0] for row in cursor.fetchall())
