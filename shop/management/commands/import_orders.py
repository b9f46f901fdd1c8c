"""manage.py import_orders FILE --store CODE: past orders from a CSV of order lines."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from shop.import_orders import ImportTotals, import_orders
from shop.importing.columns import Field
from shop.importing.refuse import ImportRefused
from shop.importing.stages import Stage
from shop.models import Store


class Command(BaseCommand):
    # They load every page of the product, twice the memory that an import needs.
    requires_system_checks = ()
    help = (
        "Import past orders from a CSV of order lines (plain or .gz, UTF-8). Safe to repeat and interrupt: "
        "orders that are there already stay as they are. Bad rows go into a report with the reason."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", required=True, help="code of the store, for example candles-uk")
        parser.add_argument(
            "--columns",
            default="",
            help="which column holds what, where the names do not tell: order=InvoiceNo,sku=StockCode,… "
            f"({', '.join(Field.values)})",
        )
        parser.add_argument(
            "--report",
            type=Path,
            help="where the bad rows go; <file>.bad-rows.csv in this folder where not given",
        )
        parser.add_argument("--progress", action="store_true", help="show how far it has come")

    def handle(
        self,
        *args: Any,
        file: Path,
        store: str,
        columns: str,
        report: Path | None,
        progress: bool,
        **options: Any,
    ) -> None:
        target = report or Path(f"{file.name.removesuffix('.gz').removesuffix('.csv')}.bad-rows.csv")
        try:
            totals = import_orders(
                _store(store),
                file,
                parse_columns(columns),
                at=timezone.now(),
                report=target,
                on_progress=self._show if progress else lambda *_: None,
            )
        except ImportRefused as refused:
            raise CommandError(f"{refused.detail} [{refused.code.value}]") from None
        self.stdout.write(totals_text(totals))
        self.stdout.write(f"Bad rows: {target}" if totals.bad_rows else "No bad rows.")

    def _show(self, stage: Stage, done: int, in_all: int) -> None:
        share = 100 * done // in_all if in_all else 100
        ending = "\r" if sys.stdout.isatty() and done < in_all else "\n"
        self.stdout.write(f"{stage.label}: {'#' * (share // 4):<25} {share:>3} %", ending=ending)


def parse_columns(text: str) -> dict[str, str]:
    """Field -> column name from `order=InvoiceNo,sku=StockCode`."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    for field, is_pair, _name in pairs:
        if not is_pair or field.strip() not in Field.values:
            raise CommandError(
                f"--columns takes pairs like order=InvoiceNo; known are {', '.join(Field.values)}."
            )
    return {field.strip(): name.strip() for field, _equals, name in pairs}


def totals_text(totals: ImportTotals) -> str:
    """The groups of rows, which add up to the file, and what of it was new."""
    lines = [
        (
            totals.customer_lines,
            f"lines of {totals.customer_orders:,} orders of {totals.customers:,} customers",
        ),
        (totals.guest_lines, f"lines of {totals.guest_orders:,} guest orders"),
        (totals.refund_lines, f"lines of {totals.refunds:,} cancellations (unmatched refunds)"),
        *((count, f"bad rows: {code}") for code, count in sorted(totals.bad.items())),
        (totals.rows, "rows in all"),
    ]
    added = totals.added
    return "\n".join(
        [
            *(f"{count:>9,} {what}" for count, what in lines),
            f"Amounts in minor units: customers {totals.customer_amount:,}, guests {totals.guest_amount:,}, "
            f"cancellations {totals.refund_amount:,}.",
            f"New: {added.orders:,} orders, {added.refunds:,} refunds, {added.customers:,} customers, "
            f"{added.products:,} products. Already there: {totals.orders_there:,} orders, "
            f"{totals.refunds_there:,} refunds.",
        ]
    )


def _store(code: str) -> Store:
    try:
        return Store.objects.get(code=code)
    except Store.DoesNotExist:
        known = ", ".join(Store.objects.order_by("code").values_list("code", flat=True)[:20])
        raise CommandError(f"There is no store {code}. There are: {known or 'none yet'}.") from None
