"""Forget what the API no longer has to remember."""

from datetime import datetime, timedelta

from storefront.models import IdempotentRequest, ThrottleCount

ANSWERS_KEPT_FOR = timedelta(days=31)
BATCH = 5_000


def prune(*, at: datetime) -> int:
    """Delete one batch of old answers and of counters that have ended; returns how many. Safe to run twice at once."""
    old = IdempotentRequest.objects.filter(created_at__lt=at - ANSWERS_KEPT_FOR).values("pk")[:BATCH]
    ended = ThrottleCount.objects.filter(ends_at__lt=at).values("pk")[:BATCH]
    answers, _each = IdempotentRequest.objects.filter(pk__in=old).delete()
    counters, _each = ThrottleCount.objects.filter(pk__in=ended, ends_at__lt=at).delete()
    return answers + counters
