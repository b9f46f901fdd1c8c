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
from shop.prepared import Prepared


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
        RECORD.execute(cursor, fact)


# What happened and who has to hear of it, in one statement: commits are counted by their statements.
RECORD = Prepared(
    """
WITH fact AS (
    INSERT INTO shop_activity (store_id, kind, customer_id, visitor_id, subject, data, at, recorded_at)
    VALUES (%(store)s, %(kind)s, %(customer)s, %(visitor)s, %(subject)s, %(data)s::jsonb, %(at)s, %(recorded)s)
)
INSERT INTO shop_outbox (store_id, consumer, kind, subject_id, at, attempts, due_at, error)
SELECT %(store)s, consumer, %(kind)s, %(subject_id)s, %(at)s, 0, %(recorded)s, ''
FROM unnest(%(consumers)s::text[]) AS consumer
""",
    {
        "store": "bigint",
        "kind": "text",
        "customer": "bigint",
        "visitor": "bigint",
        "subject": "text",
        "data": "text",
        "at": "timestamptz",
        "recorded": "timestamptz",
        "consumers": "text[]",
        "subject_id": "bigint",
    },
)


def record_many(facts: Sequence[Activity], *, subject_ids: Sequence[int] = ()) -> None:
    """Many facts at once, not yet saved, in the caller's transaction: one INSERT, and one more for the Outbox rows of
    kinds that have a consumer, which need `subject_ids`, one for each fact."""
    assert connection.in_atomic_block, "record_many() belongs to the transaction of what it records"
    now = timezone.now()
    waiting: list[Outbox] = []
    for place, fact in enumerate(facts):
        consumers = settings.OUTBOX_CONSUMERS.get(fact.kind, ())
        assert not consumers or subject_ids, f"{fact.kind} has a consumer, which needs the rows' keys"
        ensure_partition("shop_activity", fact.at)
        fact.recorded_at = now
        waiting += [
            Outbox(
                store_id=fact.store_id,
                consumer=consumer,
                kind=fact.kind,
                subject_id=subject_ids[place],
                at=fact.at,
                due_at=now,
            )
            for consumer in consumers
        ]
    if facts:
        Activity.objects.bulk_create(facts)
    if waiting:
        Outbox.objects.bulk_create(waiting)


def record_for_customers(
    kind: str,
    *,
    store: Store,
    customers: Sequence[int],
    at: datetime,
    subject: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """The same fact of many customers, by their keys, in the caller's transaction: one statement, none for nobody.

    The subject of a consumer's row is the customer.
    """
    assert connection.in_atomic_block, "record_for_customers() belongs to the transaction of what it records"
    if not customers:
        return
    ensure_partition("shop_activity", at)
    facts: dict[str, Any] = {
        "store": store.pk,
        "kind": kind,
        "customers": list(customers),
        "subject": subject,
        "data": json.dumps(dict(data or {}), cls=DjangoJSONEncoder),
        "at": at,
        "recorded": timezone.now(),
        "consumers": list(settings.OUTBOX_CONSUMERS.get(kind, ())),
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD_FOR_CUSTOMERS, facts)


RECORD_FOR_CUSTOMERS = """
WITH fact AS (
    INSERT INTO shop_activity (store_id, kind, customer_id, subject, data, at, recorded_at)
    SELECT %(store)s, %(kind)s, customer_id, %(subject)s, %(data)s::jsonb, %(at)s, %(recorded)s
    FROM unnest(%(customers)s::bigint[]) AS customer_id
)
INSERT INTO shop_outbox (store_id, consumer, kind, subject_id, at, attempts, due_at, error)
SELECT %(store)s, consumer, %(kind)s, customer_id, %(at)s, 0, %(recorded)s, ''
FROM unnest(%(customers)s::bigint[]) AS customer_id, unnest(%(consumers)s::text[]) AS consumer
"""


def enqueue(kind: str, *, consumers: Sequence[str], store: Store, subject_id: int, at: datetime) -> None:
    """The Outbox rows of one fact."""
    now = timezone.now()
    Outbox.objects.bulk_create(
        Outbox(store=store, consumer=consumer, kind=kind, subject_id=subject_id, at=at, due_at=now)
        for consumer in consumers
    )
