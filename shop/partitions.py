"""Monthly partitions of the tables that only grow."""

from datetime import datetime, timedelta

from django.db import connection, transaction

PARTITIONED = ("shop_activity", "triggers_delivery")
_known: set[tuple[str, str, int, int]] = set()


def ensure_partition(table: str, at: datetime) -> None:
    """Make the partition of `table` that holds `at`. Asks the database once per process and month."""
    key = (connection.settings_dict["NAME"], table, at.year, at.month)
    if key in _known:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT shop_make_partition(%s, %s)", [table, at])
    # Remembered only once it is there for good: a rolled back transaction takes the partition with it.
    transaction.on_commit(lambda: _known.add(key))


def make_partitions(*, at: datetime) -> int:
    """The partitions of this month and the next two, so that writers seldom make one. Returns how many were made."""
    made = 0
    with connection.cursor() as cursor:
        for table in PARTITIONED:
            for days in (0, 31, 62):
                cursor.execute("SELECT shop_make_partition(%s, %s)", [table, at + timedelta(days=days)])
                made += bool(cursor.fetchone()[0])
    return made
