"""Forget counters of days long over, and countdowns of offers that can never run again. Bounded batches."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef

from loyalty.models import Offer, OfferDayUse, OrderDayUse, PersonalWindow

# An order cancelled later than this gives nothing back to its day, which nobody can order on any more.
DAYS_KEPT = timedelta(days=60)
# A shopper may ask why the time was over; after this nobody does.
COUNTDOWNS_KEPT = timedelta(days=90)
BATCH = 5_000

# What an order used goes first, then the counters that nothing refers to: a cart that holds one keeps it.
OF_ORDERS = """
DELETE FROM loyalty_orderdayuse WHERE id IN (
    SELECT mine.id FROM loyalty_orderdayuse AS mine
    JOIN loyalty_offerdayuse AS counter ON counter.id = mine.counter_id AND counter.day < %(before)s
    LIMIT %(limit)s)
"""


def prune_day_uses(*, at: datetime) -> int:
    """Delete one batch; returns how many rows. Safe to run twice at once."""
    before = (at - DAYS_KEPT).date()
    with connection.cursor() as cursor:
        cursor.execute(OF_ORDERS, {"before": before, "limit": BATCH})
        gone = int(cursor.rowcount)
    if gone:
        return gone
    used = OrderDayUse.objects.filter(counter=OuterRef("pk"))
    over = OfferDayUse.objects.filter(~Exists(used), day__lt=before, held=0)
    gone, _each = OfferDayUse.objects.filter(pk__in=over.order_by("pk").values("pk")[:BATCH]).delete()
    return gone


def prune_countdowns(*, at: datetime) -> int:
    """Delete one batch of those that ended long ago, of archived offers only; returns how many.

    A countdown never restarts, so it is kept for as long as its offer could be shown to the same shopper again; the
    database refuses to lose it before. Safe to run twice at once.
    """
    over = PersonalWindow.objects.filter(
        offer__status=Offer.Status.ARCHIVED, ends_at__lt=at - COUNTDOWNS_KEPT
    )
    gone, _each = PersonalWindow.objects.filter(pk__in=over.order_by("pk").values("pk")[:BATCH]).delete()
    return gone
