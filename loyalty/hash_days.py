"""What a store's movements of some days come to, and a hash that any change of any of them changes.

One statement in the database, whatever the number of rows: each piece of up to 10,000 movements is hashed as one text,
the day as the row of its pieces. Changing this text breaks every seal there is: a new form needs a new table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from loyalty.transfer_debts import digest

GENESIS = bytes(32)
DAYS_AT_ONCE = 31

# The key may hold any character, so its length stands before it.
HASH_DAYS = """
SELECT day, sum(transfers)::bigint, sum(points)::bigint, sum(money)::bigint,
    sha256(string_agg(hash, ''::bytea ORDER BY piece))
FROM (
    SELECT (recorded_at AT TIME ZONE 'UTC')::date AS day, id / 10000 AS piece, count(*) AS transfers,
        coalesce(sum(amount) FILTER (WHERE asset = 'points'), 0) AS points,
        coalesce(sum(amount) FILTER (WHERE asset = 'money'), 0) AS money,
        sha256(convert_to(string_agg(
            id || '|' || kind || '|' || asset || '|' || source_id || '|' || target_id || '|' || amount || '|'
                || encode(input_hash, 'hex') || '|' || coalesce(order_id, 0) || '|' || coalesce(rule_id, 0) || '|'
                || coalesce(reverses_id, 0) || '|' || (extract(epoch FROM effective_at) * 1000000)::bigint || '|'
                || (extract(epoch FROM recorded_at) * 1000000)::bigint || '|' || length(key) || '|' || key,
            E'\\n' ORDER BY id
        ), 'UTF8')) AS hash
    FROM loyalty_transfer
    WHERE store_id = %(store)s AND recorded_at >= %(since)s AND recorded_at < %(until)s
    GROUP BY 1, 2
) AS pieces
GROUP BY day ORDER BY day
"""
FIRST = """
SELECT min(recorded_at) FROM loyalty_transfer
WHERE store_id = %(store)s AND recorded_at >= %(since)s AND recorded_at < %(until)s
"""


@dataclass(frozen=True, slots=True)
class Day:
    """`rows_hash` of all the day's movements in the order of their ids."""

    day: date
    transfers: int
    points: int
    money: int
    rows_hash: bytes


def seal_hash(store_id: int, day: Day, *, previous: bytes) -> bytes:
    """What the next seal builds on: this day's figures and everything before it."""
    return digest(
        previous.hex(),
        store_id,
        day.day.isoformat(),
        day.transfers,
        day.points,
        day.money,
        day.rows_hash.hex(),
    )


def hashed_days(store_id: int, *, since: datetime, until: datetime) -> Iterator[Day]:
    """The days (UTC) in [since, until) that have movements, in order; a month at a time, so that the database sorts
    no more than that at once."""
    first = first_recorded(store_id, since=since, until=until)
    while first is not None:
        days = hash_month(store_id, first=first, until=until)
        yield from days
        since = start_of(first.date() + timedelta(days=DAYS_AT_ONCE))
        if since >= until:
            return
        # After a silent month the next movement may be far away.
        first = since if days else first_recorded(store_id, since=since, until=until)


def hash_month(store_id: int, *, first: datetime, until: datetime) -> list[Day]:
    """Those of the 31 days from the day of `first` on, but before `until`."""
    since = start_of(first.date())
    return _hash(store_id, since=since, until=min(since + timedelta(days=DAYS_AT_ONCE), until))


def first_recorded(store_id: int, *, since: datetime, until: datetime) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(FIRST, {"store": store_id, "since": since, "until": until})
        first: datetime | None = cursor.fetchone()[0]
    return None if first is None else first.astimezone(UTC)


def start_of(day: date) -> datetime:
    """The first moment of the day by Greenwich."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def _hash(store_id: int, *, since: datetime, until: datetime) -> list[Day]:
    with connection.cursor() as cursor:
        cursor.execute(HASH_DAYS, {"store": store_id, "since": since, "until": until})
        return [
            Day(day, transfers, points, money, bytes(rows_hash))
            for day, transfers, points, money, rows_hash in cursor.fetchall()
        ]
