from datetime import UTC, datetime

import pytest

from shop.importing.check_row import BadRow, Line, Reason, check_row, reading_for
from shop.importing.columns import find_columns
from shop.importing.read_file import Row
from shop.models import Store
from tests.shop.importing.write_csv import HEADER, row

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)


def check(cells: list[str], *, currency: str = "GBP", zone: str = "Europe/London", prefix: str = "C") -> Line:
    store = Store(currency=currency, time_zone=zone)
    columns = find_columns(HEADER, {})
    reading = reading_for(store, columns, width=len(HEADER), at=AT, cancellation_prefix=prefix)
    return check_row(Row(2, cells), reading)


def reason(cells: list[str], **given: str) -> Reason:
    with pytest.raises(BadRow) as caught:
        check(cells, **given)
    return caught.value.reason


def test_a_line_is_read_into_minor_units_and_utc() -> None:
    assert check(row(at="2026-07-01 09:30:00")) == Line(
        line=2,
        kind="order",
        ref="536365",
        sku="85123A",
        name="T-LIGHT HOLDER",
        quantity=6,
        price=255,
        at=datetime(2026, 7, 1, 8, 30, tzinfo=UTC),
        customer="17850",
        country="United Kingdom",
    )


def test_a_cancellation_has_the_prefix_and_a_quantity_below_zero() -> None:
    line = check(row("C536379", quantity=-3, price="27.5"))
    assert (line.kind, line.quantity, line.price) == ("refund", 3, 2750)


def test_a_number_that_only_begins_with_the_letter_is_an_order() -> None:
    assert check(row("CH-1001")).kind == "order"


def test_without_a_prefix_nothing_is_a_cancellation() -> None:
    assert check(row("C536379"), prefix="").kind == "order"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (row()[:-1], Reason.CELLS),
        (row(order=" "), Reason.ORDER),
        (row(order="9" * 65), Reason.ORDER),
        (row(sku=""), Reason.SKU),
        (row(customer="9" * 65), Reason.CUSTOMER),
        (row(name="A\0B"), Reason.CHARACTER),
        (row(at="05/06/2026 09:30"), Reason.AT),
        (row(at="2026-02-30 09:30:00"), Reason.AT),
        (row(at="0001-01-01 00:00:00"), Reason.FUTURE),
        (row(at="1999-12-31 09:30:00"), Reason.FUTURE),
        (row(at="2026-11-04 09:30:00"), Reason.FUTURE),
        (row(quantity="1.5"), Reason.QUANTITY),
        (row(quantity="six"), Reason.QUANTITY),
        (row(quantity="10000001"), Reason.QUANTITY),
        (row(price="£2.55"), Reason.PRICE),
        (row(price="1e5"), Reason.PRICE),
        (row(price=""), Reason.PRICE),
        (row(price="0.001"), Reason.MINOR),
        (row(quantity=10_000_000, price="1000.01"), Reason.LARGE),
        (row(quantity=0), Reason.QUANTITY_SIGN),
        (row(quantity=-1), Reason.QUANTITY_SIGN),
        (row(price="0.0"), Reason.PRICE_SIGN),
        (row(price="-11062.06"), Reason.PRICE_SIGN),
        (row("C536379", quantity=3), Reason.CANCELLATION_SIGN),
        (row("C536379", quantity=-3, price="0"), Reason.PRICE_SIGN),
    ],
)
def test_a_bad_row_says_why(cells: list[str], expected: Reason) -> None:
    assert reason(cells) == expected


def test_the_most_that_one_line_may_cost_is_taken() -> None:
    assert check(row(quantity=10_000_000, price="1000.00")).price == 100_000


@pytest.mark.parametrize(
    ("price", "currency", "minor"),
    [
        ("2.5", "GBP", 250),
        ("2,55", "GBP", 255),
        ("2.5500", "GBP", 255),
        ("3", "GBP", 300),
        ("0.01", "GBP", 1),
        ("120", "JPY", 120),
        ("1.234", "KWD", 1234),
    ],
)
def test_prices_become_minor_units_exactly(price: str, currency: str, minor: int) -> None:
    assert check(row(price=price), currency=currency).price == minor


def test_a_currency_without_minor_units_takes_no_fractions() -> None:
    assert reason(row(price="120.5"), currency="JPY") == Reason.MINOR


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-01-05 09:30", "2026-01-05 09:30"),
        ("2026-07-05 09:30:00", "2026-07-05 08:30"),
        ("2026-07-05T09:30:00+03:00", "2026-07-05 06:30"),
        ("2026-07-05T09:30:00Z", "2026-07-05 09:30"),
        ("05.07.2026 09:30", "2026-07-05 08:30"),
        ("2026-07-05", "2026-07-04 23:00"),
        ("2026-10-25 01:30:00", "2026-10-25 00:30"),  # the hour that comes twice: its first time
        ("2026-03-29 01:30:00", "2026-03-29 01:30"),  # the hour that is skipped: 02:30 on the clock
    ],
)
def test_times_without_offset_are_the_stores(written: str, utc: str) -> None:
    assert check(row(at=written)).at == datetime.fromisoformat(utc).replace(tzinfo=UTC)
