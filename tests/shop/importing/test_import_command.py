from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from shop.models import Order
from tests.factories import make_store
from tests.shop.importing.write_csv import row, write_csv

pytestmark = pytest.mark.django_db


def test_the_command_prints_groups_that_add_up(tmp_path: Path) -> None:
    make_store(code="candles")
    file = write_csv(tmp_path / "orders.csv", row("1"), row("1"), row("2", customer=""), row("3", price="0"))
    out = StringIO()
    report = tmp_path / "bad.csv"
    call_command(
        "import_orders", str(file), "--store", "candles", "--report", str(report), "--progress", stdout=out
    )
    told = out.getvalue()
    assert "        2 lines of 1 orders of 1 customers\n" in told
    assert "        1 lines of 1 guest orders\n" in told
    assert "        1 bad rows: price_not_positive\n" in told
    assert "        4 rows in all\n" in told
    assert "New: 2 orders" in told
    assert "100 %" in told
    assert report.exists()
    call_command("import_orders", str(file), "--store", "candles", "--report", str(report), stdout=out)
    assert "New: 0 orders" in out.getvalue()
    assert "Already there: 2 orders" in out.getvalue()


def test_columns_can_be_named(tmp_path: Path) -> None:
    make_store(code="candles")
    file = write_csv(
        tmp_path / "o.csv", ["7", "A", "1", "2026-03-02", "2.55"], header=["i", "s", "n", "d", "p"]
    )
    columns = "order=i,sku=s,quantity=n,at=d,price=p"
    report = str(tmp_path / "bad.csv")
    call_command(
        "import_orders",
        str(file),
        "--store",
        "candles",
        "--columns",
        columns,
        "--report",
        report,
        stdout=StringIO(),
    )
    assert Order.objects.get().ref == "7"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--store", "nobody"], "There is no store nobody. There are: candles."),
        (["--store", "candles", "--columns", "colour=Red"], "--columns takes pairs like order=InvoiceNo"),
        (["--store", "candles", "--columns", "order"], "--columns takes pairs like order=InvoiceNo"),
        (["--store", "candles", "--columns", "order=Nothing"], r"\[unknown_columns\]"),
    ],
)
def test_wrong_arguments_say_what_is_right(tmp_path: Path, arguments: list[str], says: str) -> None:
    make_store(code="candles")
    file = write_csv(tmp_path / "orders.csv", row())
    with pytest.raises(CommandError, match=says):
        call_command("import_orders", str(file), *arguments, "--report", str(tmp_path / "bad.csv"))
