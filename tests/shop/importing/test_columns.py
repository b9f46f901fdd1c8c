import pytest

from shop.importing.columns import Columns, find_columns, guess_columns
from shop.importing.refuse import ImportRefused, Refused
from tests.shop.importing.write_csv import HEADER


def test_the_columns_of_online_retail_are_known_by_their_names() -> None:
    assert find_columns(HEADER, {}) == Columns(
        order=0, sku=1, name=2, quantity=3, at=4, price=5, customer=6, country=7
    )


@pytest.mark.parametrize(
    "header",
    [
        ["order_id", "sku", "qty", "price", "customer", "date", "name", "country"],
        ["Order ID", "SKU", "Quantity", "Unit price", "Customer no", "Created at"],
        ["ORDER_NUMBER", "product_code", "Qty", "Item Price", "placed_at"],
    ],
)
def test_common_names_are_guessed(header: list[str]) -> None:
    guessed = guess_columns(header)
    assert {"order", "sku", "quantity", "at", "price"} <= set(guessed)
    assert set(guessed.values()) <= set(header)


def test_chosen_columns_go_before_guessed_ones() -> None:
    header = ["order", "sku", "qty", "date", "price", "net"]
    assert find_columns(header, {"price": "net"}).price == 5


def test_an_empty_choice_says_that_there_is_no_such_column() -> None:
    assert find_columns(HEADER, {"country": ""}).country is None


def test_missing_columns_are_named() -> None:
    with pytest.raises(ImportRefused) as caught:
        find_columns(["order", "sku", "qty"], {})
    assert caught.value.code == Refused.MISSING_COLUMNS
    assert "date and time, unit price" in caught.value.detail


@pytest.mark.parametrize("chosen", [{"price": "Cost"}, {"colour": "UnitPrice"}])
def test_columns_that_are_not_in_the_file_are_refused(chosen: dict[str, str]) -> None:
    with pytest.raises(ImportRefused) as caught:
        find_columns(HEADER, chosen)
    assert caught.value.code == Refused.UNKNOWN_COLUMNS
