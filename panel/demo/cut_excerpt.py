"""Cut the demo's excerpt out of the full Online Retail file.

    python -m panel.demo.cut_excerpt FULL.csv.gz panel/demo/online_retail_excerpt.csv.gz

Keeps whole customers (all their orders and cancellations) and whole guest invoices, chosen by a hash of
their numbers, so that every month and every oddity of the original is there and the same input gives the
same bytes. Rows are copied as they are, in their order; dates are not moved here (`shift_dates` does, when
a demo is made).
"""

import argparse
import csv
import gzip
import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

SHARE_PERCENT = 22
# Who bought for a price below the smallest coin: the one row of its kind.
CUSTOMERS_KEPT = frozenset({"13952"})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("full", type=Path)
    parser.add_argument("excerpt", type=Path)
    options = parser.parse_args()
    rows = cut_excerpt(options.full, options.excerpt)
    print(f"{rows:,} rows, {options.excerpt.stat().st_size:,} bytes")


def cut_excerpt(full: Path, excerpt: Path) -> int:
    """Write the excerpt; returns how many rows it has."""
    packed = io.BytesIO()
    count = 0
    with (
        gzip.open(full, "rt", encoding="utf-8", newline="") as source,
        gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0) as target,
        io.TextIOWrapper(target, encoding="utf-8", newline="") as text,
    ):
        reader = csv.reader(source)
        writer = csv.writer(text, lineterminator="\n")
        header = next(reader)
        writer.writerow(header)
        for row in chosen_rows(header, reader):
            writer.writerow(row)
            count += 1
    excerpt.write_bytes(packed.getvalue())
    return count


def chosen_rows(header: list[str], rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Rows of the chosen customers and guest invoices. A guest's cancellation is chosen by its own number."""
    customer, invoice = header.index("CustomerID"), header.index("InvoiceNo")
    for row in rows:
        if row[customer] in CUSTOMERS_KEPT or is_chosen(row[customer] or row[invoice]):
            yield row


def is_chosen(number: str) -> bool:
    return int.from_bytes(hashlib.sha256(number.encode()).digest()[:4], "big") % 100 < SHARE_PERCENT


if __name__ == "__main__":
    main()
