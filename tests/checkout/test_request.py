"""What a request may hold: bounded, so that nothing it says can pass what the database can keep."""

from typing import Any

import msgspec
import pytest

from checkout.request import AMOUNT_MAX, LINES_MAX, QUANTITY_MAX, OrderRequest

LINE: dict[str, Any] = {"sku": "MUG", "quantity": 1, "unit_price": 1000}


def read(**given: Any) -> OrderRequest:
    return msgspec.convert({"ref": "1", "lines": [LINE]} | given, OrderRequest)


def test_the_largest_order_fits_into_the_database() -> None:
    largest = LINE | {"quantity": QUANTITY_MAX, "unit_price": AMOUNT_MAX}
    request = read(lines=[largest] * LINES_MAX, delivery=AMOUNT_MAX)
    assert sum(line.quantity * line.unit_price for line in request.lines) + request.delivery < 2**63


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"lines": []}, "lines"),
        ({"lines": [LINE] * (LINES_MAX + 1)}, "lines"),
        ({"lines": [LINE | {"quantity": 0}]}, r"lines\[0\].quantity"),
        ({"lines": [LINE | {"quantity": -1}]}, r"lines\[0\].quantity"),
        ({"lines": [LINE | {"quantity": 1.5}]}, r"lines\[0\].quantity"),
        ({"lines": [LINE | {"quantity": True}]}, r"lines\[0\].quantity"),
        ({"lines": [LINE | {"unit_price": -1}]}, r"lines\[0\].unit_price"),
        ({"lines": [LINE | {"unit_price": AMOUNT_MAX + 1}]}, r"lines\[0\].unit_price"),
        ({"lines": [LINE | {"sku": "M\u0000G"}]}, r"lines\[0\].sku"),
        ({"ref": ""}, "ref"),
        ({"ref": "x" * 65}, "ref"),
        ({"codes": ["A"] * 11}, "codes"),
        ({"placed_at": "2026-01-01T00:00:00"}, "placed_at"),
        ({"visitor": "no uuid"}, "visitor"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_cannot_be_is_refused_by_its_path(given: dict[str, Any], where: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=where):
        read(**given)
