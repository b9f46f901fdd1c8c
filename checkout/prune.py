"""Forget reserved quotes that are over: the orders that they became keep all that counts."""

from datetime import datetime, timedelta

from checkout.models import Quote

KEPT_FOR = timedelta(days=31)
BATCH = 5_000


def prune_quotes(*, at: datetime) -> int:
    """Delete one batch; returns how many. Safe to run twice at once."""
    over = Quote.objects.exclude(status=Quote.Status.HELD).filter(ends_at__lt=at - KEPT_FOR)
    gone, _each = Quote.objects.filter(pk__in=over.values("pk")[:BATCH]).delete()
    return gone
