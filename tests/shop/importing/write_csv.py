"""Files of order lines as shops export them."""

import csv
import io
from pathlib import Path

HEADER = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
]


def row(
    order: str = "536365",
    sku: str = "85123A",
    quantity: int | str = 6,
    price: str = "2.55",
    *,
    name: str = "T-LIGHT HOLDER",
    at: str = "2026-03-02 08:26:00",
    customer: str = "17850",
    country: str = "United Kingdom",
) -> list[str]:
    return [order, sku, name, str(quantity), at, price, customer, country]


def text_of(*rows: list[str], header: list[str] = HEADER) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


def write_csv(path: Path, *rows: list[str], header: list[str] = HEADER) -> Path:
    path.write_text(text_of(*rows, header=header), encoding="utf-8")
    return path
