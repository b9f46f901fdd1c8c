"""Store what is staged, batch by batch, each batch in a transaction of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction

from shop.importing import statements
from shop.models import Store
from shop.partitions import ensure_partition

BATCH = 500  # orders in one transaction: its locks last for some tenths of a second
TRIES = 3
DEADLOCK, SERIALIZATION_FAILURE = "40P01", "40001"


@dataclass(frozen=True, slots=True)
class Kind:
    """Orders and cancellations are stored alike, into other tables."""

    invoice_kind: str
    activity: str
    subject: str
    statements: tuple[str, ...]


ORDERS = Kind(
    invoice_kind="order",
    activity="order.imported",
    subject="order:",
    statements=(
        statements.ORDERS,
        statements.ORDER_LINES,
        statements.CUSTOMERS_LOCKED,
        statements.CUSTOMERS_SEEN,
        statements.ACTIVITY,
        statements.OUTBOX,
    ),
)
REFUNDS = Kind(
    invoice_kind="refund",
    activity="refund.imported",
    subject="refund:",
    statements=(statements.REFUNDS, statements.REFUND_LINES, statements.ACTIVITY, statements.OUTBOX),
)


@dataclass(frozen=True, slots=True)
class Stored:
    """How many rows this run added; those that were there already are not counted."""

    products: int
    customers: int
    orders: int
    refunds: int


def store_staged(store: Store, *, at: datetime, on_progress: Callable[[int, int], None]) -> Stored:
    """Everything in the staging tables. `on_progress` gets orders and cancellations done, and their number
    in all.

    Interrupted anywhere, it leaves whole orders behind, and a repetition adds the others.
    """
    values = {
        "store": store.pk,
        "now": at,
        "delivery": statements.DELIVERY_SKU,
        "service": statements.SERVICE_SKU,
        "gift_balance": statements.GIFT_BALANCE_SKU,
    }
    _make_partitions()
    products = _patiently(lambda: _count(statements.PRODUCTS, values))
    customers = _patiently(lambda: _count(statements.CUSTOMERS, values))
    counts = {kind: _invoices(kind) for kind in (ORDERS, REFUNDS)}
    done, in_all = 0, sum(counts.values())
    added = {ORDERS: 0, REFUNDS: 0}
    for kind, count in counts.items():
        for first in range(1, count + 1, BATCH):
            last = min(first + BATCH - 1, count)
            batch = {**values, "first": first, "last": last}
            added[kind] += _patiently(lambda kind=kind, batch=batch: _store_batch(kind, batch))  # type: ignore[misc]
            done += last - first + 1
            on_progress(done, in_all)
    return Stored(products=products, customers=customers, orders=added[ORDERS], refunds=added[REFUNDS])


def _make_partitions() -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements.MONTHS)
        months = [month for (month,) in cursor.fetchall()]
    for month in months:
        with transaction.atomic():
            ensure_partition("shop_activity", month)


def _invoices(kind: Kind) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM import_invoice WHERE kind = %s", [kind.invoice_kind])
        return int(cursor.fetchone()[0])


def _count(statement: str, values: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])


def _store_batch(kind: Kind, batch: Mapping[str, Any]) -> int:
    """How many of the batch were new."""
    values = {
        **batch,
        "kind": kind.activity,
        "invoice_kind": kind.invoice_kind,
        "subject": kind.subject,
        "consumers": list(settings.OUTBOX_CONSUMERS.get(kind.activity, ())),
    }
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE import_stored")
        cursor.execute(kind.statements[0], values)
        added: int = cursor.rowcount
        if added:
            for statement in kind.statements[1:]:
                cursor.execute(statement, values)
        return added


def _patiently(step: Callable[[], int]) -> int:
    """The step in a transaction, again if it lost a deadlock: one that was rolled back has left nothing."""
    for tries_left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return step()
        except OperationalError as error:
            if not tries_left or getattr(error.__cause__, "pgcode", "") not in {
                DEADLOCK,
                SERIALIZATION_FAILURE,
            }:
                raise
    raise AssertionError("unreachable: the last try returns or raises")
