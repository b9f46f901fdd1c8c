"""Interrupted anywhere and repeated, an import ends like one that was left alone."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from shop.import_orders import import_orders
from shop.models import Customer, Order, OrderLine, Outbox, Store
from tests.factories import make_store
from tests.shop.importing.write_csv import row, write_csv

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]
ORDERS, LINES = 4000, 2
SECONDS_MAX = 60


def database_url() -> str:
    server, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    return f"{server}/{connection.settings_dict['NAME']}"


def waiting_to_earn() -> int:
    """One fact of each order; others wait for them as well."""
    return Outbox.objects.filter(consumer="loyalty.earn").count()


def start_import(store: Store, file: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_orders", str(file), "--store", store.code],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        stdout=subprocess.DEVNULL,
    )


def wait_for_orders(process: subprocess.Popen[bytes], *, at_least: int) -> None:
    for _ in range(SECONDS_MAX * 100):
        if Order.objects.count() >= at_least:
            return
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)
    raise AssertionError("no orders were stored")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at_least", [1, 1500], ids=["in the first batches", "in the middle"])
def test_killed_while_storing_and_repeated_it_is_whole(tmp_path: Path, at_least: int) -> None:
    store = make_store()
    file = write_csv(
        tmp_path / "orders.csv",
        *(
            row(str(number), sku=f"SKU-{line}", customer=str(number % 700))
            for number in range(ORDERS)
            for line in range(LINES)
        ),
    )
    process = start_import(store, file)
    wait_for_orders(process, at_least=at_least)
    process.send_signal(signal.SIGKILL)
    process.wait()
    stored = Order.objects.count()
    assert 0 < stored < ORDERS
    # What is there is whole: every order with all its lines, its customer knowing of it, its fact in the Outbox.
    assert OrderLine.objects.count() == stored * LINES
    assert waiting_to_earn() == stored

    totals = import_orders(store, file, {}, at=AT)

    assert (totals.added.orders, totals.orders_there) == (ORDERS - stored, stored)
    assert Order.objects.count() == waiting_to_earn() == ORDERS
    assert OrderLine.objects.count() == ORDERS * LINES
    assert Customer.objects.count() == Customer.objects.filter(first_order_at__isnull=False).count() == 700
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'import\\_%' AND relkind = 'r'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_store_every_order_once(tmp_path: Path) -> None:
    store = make_store()
    file = write_csv(
        tmp_path / "orders.csv", *(row(str(number), customer=str(number % 70)) for number in range(1500))
    )
    processes = [start_import(store, file) for _ in range(2)]
    assert [process.wait(SECONDS_MAX) for process in processes] == [0, 0]
    assert Order.objects.count() == OrderLine.objects.count() == waiting_to_earn() == 1500
    assert Customer.objects.count() == 70
