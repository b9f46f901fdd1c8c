"""Use up part of a limit that holds for a period: points that a colleague corrects in a day, a customer gives in a
month."""

from django.db import connection

from shop.models import Store

# The limit as it is now, not as it was when the period began.
TAKE = """
INSERT INTO loyalty_allowance AS allowance (store_id, key, used, used_max)
SELECT %(store)s, %(key)s, %(amount)s, %(most)s WHERE %(amount)s <= %(most)s
ON CONFLICT (store_id, key) DO UPDATE SET used = allowance.used + excluded.used, used_max = excluded.used_max
    WHERE allowance.used + excluded.used <= excluded.used_max
"""


def take_allowance(store: Store, *, key: str, amount: int, most: int) -> bool:
    """Whether `amount` still fits under `most`; if so it is used, and nobody else's can pass the limit with it. `key`
    names whose limit it is, and the period."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"store": store.pk, "key": key, "amount": amount, "most": most})
        return bool(cursor.rowcount)


LEFT = "SELECT used FROM loyalty_allowance WHERE store_id = %(store)s AND key = %(key)s"


def used_of_allowance(store: Store, *, key: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(LEFT, {"store": store.pk, "key": key})
        row = cursor.fetchone()
        return 0 if row is None else int(row[0])
