"""The excerpt that the demo ships, and how its dates are moved."""

import csv
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from panel.demo.cut_excerpt import chosen_rows, cut_excerpt
from panel.demo.shift_dates import EXCERPT, weeks_until, write_shifted

BYTES_MAX = 1_500_000


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with gzip.open(EXCERPT, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_excerpt_is_small_and_says_where_it_comes_from() -> None:
    assert EXCERPT.stat().st_size <= BYTES_MAX
    attribution = EXCERPT.with_name("ATTRIBUTION.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in attribution
    assert "https://doi.org/10.24432/C5BW33" in attribution
    assert "Changes made" in attribution


def test_every_month_and_every_oddity_is_there(rows: list[dict[str, str]]) -> None:
    assert {row["InvoiceDate"][:7] for row in rows} == {
        "2010-12",
        *(f"2011-0{month}" for month in range(1, 7)),
    }
    assert any(row["InvoiceNo"].startswith("C") for row in rows)
    assert any(not row["CustomerID"] for row in rows)
    assert any(row["UnitPrice"] == "0.001" for row in rows)
    assert any(row["UnitPrice"] == "0.0" for row in rows)
    assert {"POST", "DOT", "M", "D", "gift_0001_10"} <= {row["StockCode"] for row in rows}
    assert len({tuple(row.values()) for row in rows}) < len(rows)  # exact duplicates


def test_customers_come_whole_and_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    full = tmp_path / "full.csv.gz"
    with gzip.open(full, "wt", encoding="utf-8", newline="") as file:
        file.write("InvoiceNo,CustomerID\n")
        file.writelines(f"{number},{number % 100 or ''}\n" for number in range(3000))
    first, second = tmp_path / "1.csv.gz", tmp_path / "2.csv.gz"
    assert cut_excerpt(full, first) == cut_excerpt(full, second)
    assert first.read_bytes() == second.read_bytes()
    with gzip.open(first, "rt", newline="") as file:
        kept = [row["CustomerID"] for row in csv.DictReader(file) if row["CustomerID"]]
    assert {kept.count(customer) for customer in kept} == {30}


def test_about_a_fifth_is_chosen() -> None:
    chosen = list(chosen_rows(["InvoiceNo", "CustomerID"], ([str(number), ""] for number in range(10_000))))
    assert 2000 < len(chosen) < 2400


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 24, 6, 33, tzinfo=UTC),
        datetime(2026, 11, 26, 20, 7, 59, tzinfo=UTC),
        datetime(2026, 11, 26, 20, 8, tzinfo=UTC),
        datetime(2028, 2, 29, 12, tzinfo=UTC),
    ],
)
def test_the_last_order_falls_into_the_seven_days_to_come(at: datetime) -> None:
    last = datetime(2011, 6, 30, 20, 8, tzinfo=UTC) + timedelta(weeks=weeks_until(at))
    assert timedelta() < last - at <= timedelta(days=7)


def test_what_is_still_to_come_is_left_out(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    until = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
    write_shifted(tmp_path / "shifted.csv", weeks=weeks_until(until), until=until)
    with (tmp_path / "shifted.csv").open(encoding="utf-8", newline="") as file:
        shifted = [row["InvoiceDate"] for row in csv.DictReader(file)]
    dates = sorted(row["InvoiceDate"] for row in rows)
    assert max(shifted) == "2026-11-24 12:09:00"  # the excerpt's last one up to that minute of its week
    assert len(shifted) == sum(date <= "2011-06-28 12:30:00" for date in dates)


def test_dates_move_by_whole_weeks_and_nothing_else_changes(
    tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    write_shifted(tmp_path / "shifted.csv", weeks=803, until=datetime(2027, 1, 1, tzinfo=UTC))
    with (tmp_path / "shifted.csv").open(encoding="utf-8", newline="") as file:
        shifted = list(csv.DictReader(file))
    assert len(shifted) == len(rows)
    for before, after in zip(rows[::997], shifted[::997], strict=True):
        moved = datetime.fromisoformat(after["InvoiceDate"]) - datetime.fromisoformat(before["InvoiceDate"])
        assert moved == timedelta(weeks=803)
        assert {**before, "InvoiceDate": ""} == {**after, "InvoiceDate": ""}
