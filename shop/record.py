"""Write down what happened, and whom it concerns."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import timezone

from shop.models import Activity, Customer, Outbox, Store, Visitor
from shop.partitions import ensure_partition


def record(
    kind: str,
    *,
    store: Store,
    at: datetime,
    customer: Customer | None = None,
    visitor: Visitor | None = None,
    subject: str = "",
    subject_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """One Activity row, and one Outbox row for each consumer of this kind, in the caller's transaction.

    `at` is when it happened. `subject` is what it is about ("order:536365"), `subject_id` that row's key; kinds that
    have a consumer need it. `data` holds codes and numbers, never personal data.
    """
    assert connection.in_atomic_block, "record() belongs to the transaction of what it records"
    consumers = settings.OUTBOX_CONSUMERS.get(kind, ())
    assert subject_id is not None or not consumers, f"{kind} has a consumer, which needs the row's key"
    ensure_partition("shop_activity", at)
    fact: dict[str, Any] = {
        "store": store.pk,
        "kind": kind,
        "customer": None if customer is None else customer.pk,
        "visitor": None if visitor is None else visitor.pk,
        "subject": subject,
        "data": json.dumps(dict(data or {}), cls=DjangoJSONEncoder),
        "at": at,
        "recorded": timezone.now(),
        "consumers": list(consumers),
        "subject_id": subject_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD, fact)


# What happened and who has to hear of it, in one statement: commits are counted by their statements.
RECORD = """
WITH fact AS (
    INSERT INTO shop_activity (store_id, kind, customer_id, visitor_id, subject, data, at, recorded_at)
    VALUES (%(store)s, %(kind)s, %(customer)s, %(visitor)s, %(subject)s, %(data)s::jsonb, %(at)s, %(recorded)s)
)
INSERT INTO shop_outbox (store_id, consumer, kind, subject_id, at, attempts, due_at, error)
SELECT %(store)s, consumer, %(kind)s, %(subject_id)s, %(at)s, 0, %(recorded)s, ''
FROM unnest(%(consumers)s::text[]) AS consumer
"""


def record_many(facts: Sequence[Activity]) -> None:
    """Many facts at once, not yet saved, in the caller's transaction: one INSERT. Only for kinds without a consumer."""
    assert connection.in_atomic_block, "record_many() belongs to the transaction of what it records"
    now = timezone.now()
    for fact in facts:
        assert not settings.OUTBOX_CONSUMERS.get(fact.kind), f"{fact.kind} has a consumer: use record()"
        ensure_partition("shop_activity", fact.at)
        fact.recorded_at = now
    Activity.objects.bulk_create(facts)


def enqueue(kind: str, *, consumers: Sequence[str], store: Store, subject_id: int, at: datetime) -> None:
    """The Outbox rows of one fact."""
    now = timezone.now()
    Outbox.objects.bulk_create(
        Outbox(store=store, consumer=consumer, kind=kind, subject_id=subject_id, at=at, due_at=now)
        for consumer in consumers
    )
