"""Put days of the ledger under seal: a chain of hashes, so that no old movement changes unseen.

A day (UTC, of recording) is sealed six hours after it has ended, and not while a transaction is open that began before
then: whatever was recorded on the day has been committed by that time, even by a host whose clock is hours slow.
"""

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from loyalty.hash_days import GENESIS, Day, first_recorded, hash_month, seal_hash, start_of
from loyalty.models import DaySeal
from shop.models import Store

GRACE = timedelta(hours=6)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

OPEN_SINCE = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < %(before)s
) OR EXISTS (SELECT FROM pg_prepared_xacts WHERE database = current_database() AND prepared < %(before)s)
"""
TAKE_TURN = "SELECT pg_try_advisory_xact_lock(hashtextextended('loyalty.seal', %(store)s))"


def seal_due(*, at: datetime) -> int:
    """Up to 31 days of one store that are safely over; returns how many were sealed. None while somebody is late."""
    until = start_of((at - GRACE).astimezone(UTC).date())
    if _is_open_since(until + GRACE):
        return 0
    for store in Store.objects.order_by("id").iterator():
        if sealed := seal_days(store, until=until, at=at):
            return sealed
    return 0


def seal_days(store: Store, *, until: datetime, at: datetime) -> int:
    """The next days before `until` that have movements and no seal. The caller knows that they are over.

    Returns how many. One worker at a time, who comes second does nothing; and the database keeps the chain from
    forking.
    """
    with transaction.atomic():
        if not _take_turn(store):
            return 0
        last = last_seal(store)
        since = EARLIEST if last is None else start_of(last.day + timedelta(days=1))
        first = first_recorded(store.pk, since=since, until=until)
        if first is None:
            return 0
        seals = _chain(store, hash_month(store.pk, first=first, until=until), previous=last, at=at)
        DaySeal.objects.bulk_create(seals)
        return len(seals)


def last_seal(store: Store) -> DaySeal | None:
    return DaySeal.objects.filter(store=store).order_by("-day").first()


def _chain(store: Store, days: list[Day], *, previous: DaySeal | None, at: datetime) -> list[DaySeal]:
    seals: list[DaySeal] = []
    before = GENESIS if previous is None else bytes(previous.hash)
    for day in days:
        now = seal_hash(store.pk, day, previous=before)
        seals.append(
            DaySeal(
                store=store,
                day=day.day,
                transfers=day.transfers,
                points=day.points,
                money=day.money,
                rows_hash=day.rows_hash,
                previous_hash=before,
                hash=now,
                sealed_at=at,
            )
        )
        before = now
    return seals


def _is_open_since(before: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(OPEN_SINCE, {"before": before})
        return bool(cursor.fetchone()[0])


def _take_turn(store: Store) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(TAKE_TURN, {"store": store.pk})
        return bool(cursor.fetchone()[0])
