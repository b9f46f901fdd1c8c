"""The report of bad rows: a CSV with line number, reason and the row, there whole or not at all."""

import csv
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from shop.importing.check_row import Reason
from shop.importing.refuse import ImportRefused, Refused

# Cells that a spreadsheet would take for a formula; plain negative numbers are none.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Report:
    """Counts bad rows by reason, and writes them where there is a file to write to."""

    def __init__(self, file: TextIO | None) -> None:
        self.counts: Counter[str] = Counter()
        self._writer = csv.writer(file) if file else None

    def head(self, header: Sequence[str]) -> None:
        if self._writer:
            self._writer.writerow([_("line"), _("code"), _("reason"), *map(_unharmed, header)])

    def add(self, line: int, reason: Reason, cells: Sequence[str]) -> None:
        self.counts[reason.value] += 1
        if self._writer:
            self._writer.writerow([line, reason.value, reason.label, *map(_unharmed, cells)])


@contextmanager
def open_report(path: Path | None) -> Iterator[Report]:
    """A report that appears under `path` when the block ends well and a row was bad; None counts only.

    Raises ImportRefused (disk_full, not_writable).
    """
    if path is None:
        yield Report(None)
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            report = Report(file)
            yield report
            file.flush()
            os.fsync(file.fileno())
        if report.counts:
            part.replace(path)
    except OSError as error:
        if error.errno in {ENOSPC, EDQUOT}:
            raise ImportRefused(Refused.DISK_FULL) from error
        raise ImportRefused(Refused.NOT_WRITABLE, why=error.strerror or error) from error
    finally:
        part.unlink(missing_ok=True)


def _unharmed(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would run."""
    if not cell.startswith(FORMULA_STARTS):
        return cell
    is_number = cell[0] in "+-" and cell[1:].replace(".", "", 1).replace(",", "", 1).isdigit()
    return cell if is_number else f"'{cell}"
