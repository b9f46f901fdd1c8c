"""Good rows into temporary tables, from which the orders are then stored set by set.

Temporary tables belong to the connection: whatever happens to the process, the server drops them, so there
are no leftovers, no two imports meet, and nothing of them goes through the write-ahead log. They need one
connection for the whole import, hence no transaction pooling between a worker and its database.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

from shop.importing.check_row import BadRow, Line, Reading, Reason, check_row
from shop.importing.columns import Columns
from shop.importing.read_file import OpenedFile
from shop.importing.report_bad_rows import Report

CHUNK = 10_000

TABLES = """
CREATE TEMPORARY TABLE import_row (
    line integer NOT NULL, kind text NOT NULL, ref text NOT NULL, sku text NOT NULL, name text NOT NULL,
    quantity integer NOT NULL, price bigint NOT NULL, at timestamptz NOT NULL, customer text,
    country text NOT NULL
);
CREATE TEMPORARY TABLE import_stored (
    id bigint NOT NULL, ref text NOT NULL, customer_id bigint, at timestamptz NOT NULL
);
"""
DROP = "DROP TABLE IF EXISTS pg_temp.import_row, pg_temp.import_stored, pg_temp.import_invoice"
COPY = "COPY import_row FROM STDIN (FORMAT csv, FORCE_NOT_NULL (name, country))"

# Who an order belongs to: the customer that its first row names. Other names are errors of the file.
MARK_OTHER_CUSTOMERS = """
UPDATE import_row r SET kind = 'other'
FROM (
    SELECT kind, ref, (array_agg(customer ORDER BY line) FILTER (WHERE customer IS NOT NULL))[1] AS customer
    FROM import_row GROUP BY kind, ref HAVING count(DISTINCT customer) > 1
) first
WHERE r.kind = first.kind AND r.ref = first.ref AND r.customer <> first.customer
"""
READ_OTHER_CUSTOMERS = """
SELECT line, ref, sku, name, quantity::text, price::text, at::text, customer, country
FROM import_row WHERE kind = 'other' AND line > %s ORDER BY line LIMIT %s
"""

# One row for each order and cancellation, numbered in the file's order; the earliest of its times counts.
INVOICES = """
CREATE TEMPORARY TABLE import_invoice AS
SELECT kind, row_number() OVER (PARTITION BY kind ORDER BY min(line)) AS n, ref, min(at) AS at,
       min(customer) AS customer, (array_agg(country ORDER BY line))[1] AS country,
       count(*) AS lines, sum(quantity * price)::bigint AS total
FROM import_row WHERE kind IN ('order', 'refund') GROUP BY kind, ref;
CREATE INDEX ON import_invoice (kind, n);
CREATE INDEX ON import_row (ref);
ANALYZE import_invoice;
ANALYZE import_row;
"""


@contextmanager
def staging() -> Iterator[None]:
    """The tables exist within this block, on this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute(DROP + ";" + TABLES)
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute(DROP)


def stage(
    opened: OpenedFile, reading: Reading, report: Report, on_progress: Callable[[int, int], None]
) -> int:
    """Check every row: the good into `import_row`, the others into the report. Returns their number."""
    report.head(opened.header)
    rows = 0
    good: list[Line] = []
    for row in opened.rows:
        rows += 1
        try:
            good.append(check_row(row, reading))
        except BadRow as bad:
            report.add(row.line, bad.reason, row.cells)
        if rows % CHUNK == 0:
            _copy(good)
            good.clear()
            on_progress(opened.bytes_read, opened.bytes_total)
    _copy(good)
    on_progress(opened.bytes_total, opened.bytes_total)
    return rows


def settle_invoices(report: Report, columns: Columns, *, width: int) -> None:
    """Rows that contradict their order's customer go to the report; the others make `import_invoice`."""
    with connection.cursor() as cursor:
        cursor.execute(MARK_OTHER_CUSTOMERS)
        if cursor.rowcount:
            _report_other_customers(report, columns, width=width)
        cursor.execute(INVOICES)


def _copy(lines: Iterable[Line]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(lines)
    buffer.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(COPY, buffer)


def _report_other_customers(report: Report, columns: Columns, *, width: int) -> None:
    places = ("order", "sku", "name", "quantity", "price", "at", "customer", "country")
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(READ_OTHER_CUSTOMERS, [last, CHUNK])
            found = cursor.fetchall()
        if not found:
            return
        for line, *values in found:
            cells = [""] * width
            for place, value in zip(places, values, strict=True):
                if (position := getattr(columns, place)) is not None:
                    cells[position] = value or ""
            report.add(line, Reason.OTHER_CUSTOMER, cells)
        last = found[-1][0]
