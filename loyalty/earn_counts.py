"""What earning rules have given a person, when two customers turn out to be one, and when they do not after all."""

from django.db import connection

from shop.models import Store

# Never more than the cap allows: it holds for the person from now on. Birthdays and rests go by the later moment.
JOIN = """
INSERT INTO loyalty_earningcount (store_id, customer_id, code, period, points, points_max, last_at)
SELECT store_id, %(target)s, code, period, points, points_max, last_at FROM loyalty_earningcount
WHERE store_id = %(store)s AND customer_id = %(source)s
ON CONFLICT (customer_id, code, period) DO UPDATE SET
    points = least(loyalty_earningcount.points + excluded.points, loyalty_earningcount.points_max, excluded.points_max),
    last_at = greatest(loyalty_earningcount.last_at, excluded.last_at)
"""
PART = """
UPDATE loyalty_earningcount mine SET points = greatest(mine.points - theirs.points, 0)
FROM loyalty_earningcount theirs
WHERE theirs.store_id = %(store)s AND theirs.customer_id = %(source)s AND mine.customer_id = %(target)s
    AND mine.code = theirs.code AND mine.period = theirs.period
"""


def join_counts(store: Store, *, source_id: int, target_id: int) -> None:
    """The target's counters count what the source was given, too."""
    _execute(JOIN, store, source_id, target_id)


def part_counts(store: Store, *, source_id: int, target_id: int) -> None:
    """What the source was given is not the target's any more; when something was given last stays."""
    _execute(PART, store, source_id, target_id)


def _execute(statement: str, store: Store, source_id: int, target_id: int) -> None:
    assert connection.in_atomic_block, "counters belong to the transaction of the merge"
    with connection.cursor() as cursor:
        cursor.execute(statement, {"store": store.pk, "source": source_id, "target": target_id})
