"""A database that goes away in the midst of an import: a clear word, nothing half, and a repeat that completes it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from shop.import_orders import import_orders
from shop.importing.refuse import ImportRefused, Refused
from shop.importing.stages import Stage
from shop.models import Order, Store
from tests.factories import make_store
from tests.shop.importing.write_csv import row, write_csv

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
# More than one batch of 500.
ROWS = [row(str(order)) for order in range(1, 1_202)]


def lose_the_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_orders_stored_before_the_loss_stay_whole_and_a_repeat_adds_the_rest(tmp_path: Path) -> None:
    store = make_store()
    file = write_csv(tmp_path / "orders.csv", *ROWS)

    def lose_it_after_the_first_batch(stage: Stage, done: int, in_all: int) -> None:
        if stage == Stage.STORING and 0 < done < in_all:
            lose_the_connection()

    with pytest.raises(ImportRefused) as caught:
        import_orders(store, file, {}, at=AT, on_progress=lose_it_after_the_first_batch)
    assert caught.value.code == Refused.DATABASE_GONE
    connection.close()
    stored = Order.objects.filter(store=store).count()
    assert 0 < stored < len(ROWS)
    assert not Order.objects.filter(store=store, lines=None).exists()

    totals = import_orders(store, file, {}, at=AT)
    assert (totals.orders_there, totals.added.orders) == (stored, len(ROWS) - stored)
    assert Order.objects.filter(store=store).count() == len(ROWS)


def test_another_fault_of_the_database_is_not_mistaken_for_it(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "orders.csv", *ROWS[:3])

    def wait_too_long(*_args: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '10ms'; SELECT pg_sleep(1)")

    with pytest.raises(OperationalError, match="statement timeout"):
        import_orders(make_store(), file, {}, at=AT, on_progress=wait_too_long)
    connection.close()
    assert not Store.objects.filter(order__isnull=False).exists()
