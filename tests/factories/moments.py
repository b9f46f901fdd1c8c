"""The moment at which tests happen, and numbers that never repeat."""

from datetime import UTC, datetime, timedelta
from itertools import count

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)

_numbers = count(1)


def number() -> int:
    """Another one with every call."""
    return next(_numbers)
