"""The first rows of a file, and which column seems to hold what: for a person to confirm."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from shop.importing.columns import find_columns, guess_columns
from shop.importing.read_file import open_rows
from shop.importing.refuse import ImportRefused

FIRST_ROWS = 5


@dataclass(frozen=True, slots=True)
class Preview:
    """`columns`: field -> column name as guessed. `problems`: sentences; none if it can be imported so."""

    header: list[str]
    rows: list[list[str]]
    columns: dict[str, str]
    problems: list[str]


def preview(file: BinaryIO | Path) -> Preview:
    """Reads no further than the first rows. Raises ImportRefused where the file can not be read at all."""
    with open_rows(file) as opened:
        rows = [row.cells for row in islice(opened.rows, FIRST_ROWS)]
        problems = []
        try:
            find_columns(opened.header, {})
        except ImportRefused as refused:
            problems.append(refused.detail)
        return Preview(opened.header, rows, guess_columns(opened.header), problems)
