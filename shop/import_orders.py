"""Import past orders from a file of order lines."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.db import OperationalError, connection

from shop.importing.check_row import reading_for
from shop.importing.columns import find_columns
from shop.importing.read_file import open_rows
from shop.importing.refuse import ImportRefused, Refused
from shop.importing.report_bad_rows import open_report
from shop.importing.stage import settle_invoices, stage, staging
from shop.importing.stages import Stage
from shop.importing.statements import TOTALS
from shop.importing.store_orders import Stored, store_staged
from shop.models import Store

# Stage, done, in all: bytes of the file while reading, orders and cancellations while storing.
OnProgress = Callable[[Stage, int, int], None]

DISK_FULL = "53100"
# No code: the connection broke. Else the server is ending, has crashed, or is coming up again.
GONE = {None, "57P01", "57P02", "57P03"}


@dataclass(frozen=True, slots=True)
class ImportTotals:
    """What was in the file, and what of it was new.

    customer_lines + guest_lines + refund_lines + bad_rows = rows. Amounts in minor units. `bad`: code of
    the reason -> rows.
    """

    rows: int
    customer_lines: int
    guest_lines: int
    refund_lines: int
    customer_orders: int
    guest_orders: int
    refunds: int
    customers: int
    customer_amount: int
    guest_amount: int
    refund_amount: int
    added: Stored
    bad: Mapping[str, int] = field(default_factory=dict)

    @property
    def bad_rows(self) -> int:
        return sum(self.bad.values())

    @property
    def orders_there(self) -> int:
        """Orders that had been stored before, and were left as they are."""
        return self.customer_orders + self.guest_orders - self.added.orders

    @property
    def refunds_there(self) -> int:
        return self.refunds - self.added.refunds

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "bad_rows": self.bad_rows,
            "orders_there": self.orders_there,
            "refunds_there": self.refunds_there,
        }


def import_orders(
    store: Store,
    file: BinaryIO | Path,
    columns: Mapping[str, str],
    *,
    at: datetime,
    report: Path | None = None,
    on_progress: OnProgress = lambda *_: None,
) -> ImportTotals:
    """Read the whole file first, then store its orders in batches; the caller opens no transaction around it.

    `columns`: field -> column name ("": none), guessed where not given. `report`: where the CSV of bad rows
    goes. Repeating it adds only what is missing. Raises ImportRefused; unless it is disk_full or
    database_gone, nothing was stored then.
    """
    try:
        with staging():
            return _import(store, file, columns, at=at, report=report, on_progress=on_progress)
    except OperationalError as error:
        code = getattr(error.__cause__, "pgcode", "")
        if code == DISK_FULL:
            raise ImportRefused(Refused.DISK_FULL) from error
        if code in GONE:
            raise ImportRefused(Refused.DATABASE_GONE) from error
        raise


def _import(
    store: Store,
    file: BinaryIO | Path,
    columns: Mapping[str, str],
    *,
    at: datetime,
    report: Path | None,
    on_progress: OnProgress,
) -> ImportTotals:
    with open_report(report) as bad, open_rows(file) as opened:
        found = find_columns(opened.header, columns)
        reading = reading_for(store, found, width=len(opened.header), at=at)
        rows = stage(opened, reading, bad, lambda done, in_all: on_progress(Stage.READING, done, in_all))
        settle_invoices(bad, found, width=len(opened.header))
    counted = _count_staged()
    added = store_staged(
        store, at=at, on_progress=lambda done, in_all: on_progress(Stage.STORING, done, in_all)
    )
    return ImportTotals(rows=rows, added=added, bad=dict(bad.counts), **counted)


def _count_staged() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(TOTALS)
        names = [column.name for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))
