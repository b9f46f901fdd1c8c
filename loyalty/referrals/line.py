"""Who stands above a customer: who brought them, who brought those, and so on.

Asked of people: a tie under any of their references is theirs, and leads to who is left of whoever brought them. Of
several ties the first one counts, but none to oneself: two references that had brought one another are one person now.
"""

from django.db import connection
from django.db.models import Q

from loyalty.models import Referral
from loyalty.models.referral import LEVELS_MAX

# Bounded by the levels that can earn: merges may have made a circle.
LINE = """
WITH RECURSIVE line AS (
    SELECT coalesce(merged_into_id, id) AS id, 0 AS level FROM shop_customer WHERE id = %(customer)s
    UNION ALL
    SELECT first.id, line.level + 1
    FROM line CROSS JOIN LATERAL (
        SELECT coalesce(brought.merged_into_id, brought.id) AS id
        FROM loyalty_referral tie JOIN shop_customer brought ON brought.id = tie.referrer_id
        WHERE tie.customer_id IN (
                SELECT line.id UNION ALL SELECT id FROM shop_customer WHERE merged_into_id = line.id)
            AND coalesce(brought.merged_into_id, brought.id) <> line.id
        ORDER BY tie.at, tie.id LIMIT 1
    ) AS first
    WHERE line.level < %(levels)s
)
SELECT id FROM line WHERE id <> (SELECT id FROM line WHERE level = 0) GROUP BY id ORDER BY min(level)
"""


def line_above(customer_id: int) -> tuple[int, ...]:
    """Customer ids, the nearest first, as many as there are levels; one query.

    For somebody who was merged stands who is left; never the customer again, and nobody twice.
    """
    with connection.cursor() as cursor:
        cursor.execute(LINE, {"customer": customer_id, "levels": LEVELS_MAX})
        return tuple(row[0] for row in cursor.fetchall())


def tie_of(head_id: int) -> Referral | None:
    """The tie that counts of the person whose customer is left as `head_id`, with who brought them. One query."""
    mine = Referral.objects.filter(Q(customer_id=head_id) | Q(customer__merged_into_id=head_id))
    to_oneself = Q(referrer_id=head_id) | Q(referrer__merged_into_id=head_id)
    return mine.exclude(to_oneself).select_related("referrer").order_by("at", "id").first()
