"""Tell those who count points that customers have got some, in the transaction that gave them."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from shop.models import Outbox, Store

KIND = "points.earned"


def tell_of_points(store: Store, customer_ids: Iterable[int], *, at: datetime) -> None:
    """One fact for each customer and consumer; none for an order's commit, whose own fact says it. One statement."""
    now = timezone.now()
    Outbox.objects.bulk_create(
        Outbox(store=store, consumer=consumer, kind=KIND, subject_id=customer_id, at=at, due_at=now)
        for consumer in settings.OUTBOX_CONSUMERS.get(KIND, ())
        for customer_id in sorted(set(customer_ids))
    )
