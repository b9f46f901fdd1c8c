"""Rows of a CSV file, plain or gz, read as a stream within limits."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from shop.importing.refuse import ImportRefused, Refused

BYTES_MAX = 2_000_000_000  # decompressed
LINE_MAX = 32_000  # characters
ROWS_MAX = 5_000_000
COLUMNS_MAX = 200
# A gz may swell 200 times; the shared export swells 7 times. Only looked at once it is large enough to harm.
RATIO_MAX = 200
RATIO_FROM = 16_000_000

GZIP_MAGIC = b"\x1f\x8b"
OTHER_KINDS = {
    b"PK\x03\x04": "ZIP or Excel",
    b"\xd0\xcf\x11\xe0": "Excel",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"%PDF": "PDF",
}
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """`line`: its first line in the file, the header being line 1. `is_cut`: the file ends inside it."""

    line: int
    cells: list[str]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """`bytes_read` of `bytes_total`, both as they lie on the disk, tell how far the reading has come."""

    header: list[str]
    rows: Iterator[Row]
    raw: BinaryIO
    bytes_total: int

    @property
    def bytes_read(self) -> int:
        return min(self.raw.tell(), self.bytes_total)


class Swelling(io.RawIOBase):
    """What the gz decompresses to, refused once it is too much for what was read of the file."""

    def __init__(self, source: BinaryIO | gzip.GzipFile, raw: BinaryIO) -> None:
        self.source, self.raw, self.given = source, raw, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        try:
            data = self.source.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise ImportRefused(Refused.BROKEN_GZIP) from None
        self.given += len(data)
        self._refuse_bomb()
        buffer[: len(data)] = data
        return len(data)

    def _refuse_bomb(self) -> None:
        if self.given > BYTES_MAX:
            raise ImportRefused(Refused.ZIP_BOMB)
        if self.given > RATIO_FROM and self.given > RATIO_MAX * self.raw.tell():
            raise ImportRefused(Refused.ZIP_BOMB)


@contextmanager
def open_rows(file: BinaryIO | Path) -> Iterator[OpenedFile]:
    """The header, and the rows one by one. Raises ImportRefused, here or while the rows are read.

    A file that was given open is left open, wherever the reading ended.
    """
    if not isinstance(file, Path):
        yield _open(file)
        return
    try:
        raw = file.open("rb")
    except OSError as error:
        raise ImportRefused(Refused.NOT_READABLE, why=error.strerror or error) from error
    with raw:
        yield _open(raw)


def _open(raw: BinaryIO) -> OpenedFile:
    total = raw.seek(0, io.SEEK_END)
    raw.seek(0)
    start = raw.read(8)
    raw.seek(0)
    _refuse_other_kinds(start)
    source = gzip.GzipFile(fileobj=raw) if start.startswith(GZIP_MAGIC) else raw
    text = io.TextIOWrapper(
        io.BufferedReader(Swelling(source, raw), 256 * 1024),  # type: ignore[type-var]
        encoding="utf-8-sig",
        newline="",
    )
    lines = Lines(text)
    first = next(lines, "")
    if not first.strip():
        raise ImportRefused(Refused.EMPTY)
    delimiter = max(",;\t", key=first.count)
    header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
    if len(header) > COLUMNS_MAX:
        raise ImportRefused(Refused.TOO_MANY_COLUMNS, limit=COLUMNS_MAX)
    return OpenedFile(header, _rows(lines, delimiter), raw, total)


def _refuse_other_kinds(start: bytes) -> None:
    for magic, kind in OTHER_KINDS.items():
        if start.startswith(magic):
            raise ImportRefused(Refused.NOT_CSV, kind=kind)
    if start.startswith(UTF16_MARKS):
        raise ImportRefused(Refused.NOT_UTF8, line=0)


class Lines:
    """Lines of text, none longer than allowed; counts them. csv's own limit is one for the whole process."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text, self.count = text, 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        try:
            line = self.text.readline(LINE_MAX + 1)
        except UnicodeDecodeError:
            raise ImportRefused(Refused.NOT_UTF8, line=self.count) from None
        if not line:
            raise StopIteration
        self.count += 1
        if len(line) > LINE_MAX:
            raise ImportRefused(Refused.LINE_TOO_LONG, line=self.count, limit=LINE_MAX)
        return line


def _rows(lines: Lines, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows = 0
    while True:
        line = lines.count + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            # A file that was cut off inside quotes: that row is bad, all before it are whole. Elsewhere a
            # stray quote swallows the rows after it, and nobody can say where the next one begins.
            if lines.count > line or "unexpected end" not in str(error):
                raise ImportRefused(Refused.BROKEN_CSV, line=line) from None
            yield Row(line, [], is_cut=True)
            return
        if cells is None:
            return
        if not cells:  # an empty line is no row
            continue
        rows += 1
        if rows > ROWS_MAX:
            raise ImportRefused(Refused.TOO_MANY_ROWS, limit=ROWS_MAX)
        yield Row(line, cells)
