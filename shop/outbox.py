"""Hand waiting facts to their consumer: claimed, acted on and deleted in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction

from shop.models import Outbox

Act = Callable[[Sequence[Outbox]], object]

BATCH = 500
RETRY_MAX = timedelta(hours=1)


def consume(consumer: str, act: Act, *, at: datetime, limit: int = BATCH) -> int:
    """Give up to `limit` due rows of `consumer` to `act`; returns how many were done.

    Safe to run many times at once: rows being worked on elsewhere are passed over. If the batch fails, its rows are
    tried one by one, so that one bad row holds up no other; a row that fails waits twice as long each time, an hour
    at most, and keeps the error where a person can see it.
    """
    try:
        with transaction.atomic():
            rows = _claim(consumer, at=at, limit=limit)
            if rows:
                act(rows)
                Outbox.objects.filter(pk__in=[row.pk for row in rows]).delete()
            return len(rows)
    except (DatabaseError, ValueError, LookupError):
        return sum(_consume_one(consumer, act, at=at) for _ in range(min(limit, 50)))


def _consume_one(consumer: str, act: Act, *, at: datetime) -> int:
    with transaction.atomic():
        rows = _claim(consumer, at=at, limit=1)
        if not rows:
            return 0
        try:
            with transaction.atomic():
                act(rows)
        except (DatabaseError, ValueError, LookupError) as error:
            _postpone(rows[0], error, at=at)
            return 0
        rows[0].delete()
        return 1


def _claim(consumer: str, *, at: datetime, limit: int) -> list[Outbox]:
    due = Outbox.objects.filter(consumer=consumer, due_at__lte=at).order_by("due_at", "id")
    return list(due.select_for_update(skip_locked=True)[:limit])


def _postpone(row: Outbox, error: Exception, *, at: datetime) -> None:
    wait = min(timedelta(seconds=2 ** min(row.attempts + 1, 12)), RETRY_MAX)
    row.attempts = min(row.attempts + 1, 32_000)
    row.due_at = at + wait
    row.error = f"{type(error).__name__}: {error}"[:200]
    row.save(update_fields=["attempts", "due_at", "error"])
