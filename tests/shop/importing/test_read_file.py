import gzip
import io
import tracemalloc
from pathlib import Path

import pytest

from shop.importing import read_file
from shop.importing.read_file import Row, open_rows
from shop.importing.refuse import ImportRefused, Refused


def rows_of(content: bytes) -> list[Row]:
    with open_rows(io.BytesIO(content)) as opened:
        return list(opened.rows)


def refused(content: bytes) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        rows_of(content)
    return caught.value


def test_plain_and_gz_read_alike() -> None:
    content = b"a,b\n1,2\n3,4\n"
    assert rows_of(content) == rows_of(gzip.compress(content)) == [Row(2, ["1", "2"]), Row(3, ["3", "4"])]


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    with open_rows(io.BytesIO(b"\xef\xbb\xbforder,sku\n")) as opened:
        assert opened.header == ["order", "sku"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_tells_what_parts_the_cells(delimiter: str) -> None:
    assert rows_of(f"a{delimiter}b\n1{delimiter}2\n".encode()) == [Row(2, ["1", "2"])]


def test_line_numbers_count_lines_not_rows() -> None:
    lines = [row.line for row in rows_of(b'a,b\n1,"two\nlines"\n3,4\r\n\n7,8\n')]
    assert lines == [2, 4, 6]


def test_a_file_that_ends_inside_quotes_has_one_bad_row() -> None:
    assert rows_of(b'a,b\n1,2\n3,"hal') == [Row(2, ["1", "2"]), Row(3, [], is_cut=True)]


def test_a_stray_quote_is_refused_with_its_line() -> None:
    answer = refused(b'a,b\n1,2\n3,"4\n5,6\n7,8\n')
    assert answer.code == Refused.BROKEN_CSV
    assert "line 3" in answer.detail


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Refused.EMPTY),
        (b"\n\n", Refused.EMPTY),
        (b"PK\x03\x04rest", Refused.NOT_CSV),
        ("a,b\n1,2\n".encode("utf-16"), Refused.NOT_UTF8),
        ("a,b\n1,Grüße\n".encode("latin-1"), Refused.NOT_UTF8),
        (gzip.compress(b"a,b\n1,2\n" * 1000)[:-20], Refused.BROKEN_GZIP),
        (gzip.compress(b"a,b\n1,2\n")[:12] + b"\xff" * 30, Refused.BROKEN_GZIP),
        (b",".join([b"a"] * 201) + b"\n", Refused.TOO_MANY_COLUMNS),
        (b"a,b\n" + b"x" * 32_001 + b"\n", Refused.LINE_TOO_LONG),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_list_of_order_lines_is_refused(content: bytes, code: Refused) -> None:
    assert refused(content).code == code


def test_a_line_of_the_longest_length_is_read() -> None:
    assert rows_of(b"a,b\n" + b"x" * 31_999 + b"\n")[0].line == 2


def test_rows_up_to_the_limit_are_read_and_one_more_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_file, "ROWS_MAX", 3)
    assert len(rows_of(b"a,b\n" + b"1,2\n" * 3)) == 3
    assert refused(b"a,b\n" + b"1,2\n" * 4).code == Refused.TOO_MANY_ROWS


def test_a_zip_bomb_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_file, "RATIO_FROM", 1_000_000)
    bomb = gzip.compress(b"a,b\n" + (b"0" * 20_000 + b",0\n") * 4_000, compresslevel=9)
    assert len(bomb) < 100_000
    tracemalloc.start()
    with pytest.raises(ImportRefused) as caught, open_rows(io.BytesIO(bomb)) as opened:
        for _ in opened.rows:
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.code == Refused.ZIP_BOMB
    assert peak < 4_000_000


def test_more_bytes_than_allowed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_file, "BYTES_MAX", 10_004)
    assert len(rows_of(b"a,b\n" + b"1,2\n" * 2500)) == 2500
    assert refused(b"a,b\n" + b"1,2\n" * 2501).code == Refused.ZIP_BOMB


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as caught, open_rows(tmp_path / "gone.csv"):
        pass
    assert caught.value.code == Refused.NOT_READABLE


def test_a_file_that_was_given_open_stays_open() -> None:
    file = io.BytesIO(b"a,b\n1,2\n")
    with open_rows(file) as opened:
        list(opened.rows)
    del opened
    assert not file.closed
