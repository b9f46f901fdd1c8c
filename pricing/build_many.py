"""Named tuples by the dozen: a quote is mostly made of them."""

from collections.abc import Iterable
from itertools import repeat
from typing import TypeVar

new_tuple = tuple.__new__
Row = TypeVar("Row", bound=tuple[object, ...])


def build_many(kind: type[Row], rows: Iterable[tuple[object, ...]]) -> list[Row]:
    """Each of `rows` holds all the fields, defaults too. A third of the time of calling `kind` for each."""
    return list(map(new_tuple, repeat(kind), rows))
