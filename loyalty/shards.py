"""How a limit is split over rows, so that the orders of a busy day do not queue at one of them."""

from collections.abc import Iterable
from typing import Protocol

# A limit of this size or more is split.
SPLIT_FROM = 1_000
SHARDS_MAX = 8


class Counter(Protocol):
    """A row that counts a part of a limit."""

    used: int
    held: int
    uses_max: int


def shards_of(uses_max: int) -> int:
    """Over how many rows a limit is split."""
    return SHARDS_MAX if uses_max >= SPLIT_FROM else 1


def parts_of(uses_max: int) -> list[int]:
    """A fresh limit by shard."""
    return _equal_parts(uses_max, shards_of(uses_max))


def spread(uses_max: int, over: Iterable[Counter]) -> int:
    """Give each row what it has used and holds, and an equal part of the rest; nothing more where there is none.

    Returns the rest, which is negative where more is taken than the limit allows.
    """
    rows = list(over)
    rest = uses_max - sum(row.used + row.held for row in rows)
    for row, part in zip(rows, _equal_parts(max(rest, 0), len(rows)), strict=True):
        row.uses_max = row.used + row.held + part
    return rest


def _equal_parts(amount: int, count: int) -> list[int]:
    return [amount // count + (place < amount % count) for place in range(count)]
