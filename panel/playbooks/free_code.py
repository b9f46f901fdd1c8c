"""A short name that nothing else of the store bears yet."""

from typing import Any

from django.db.models import QuerySet

TRIES_MAX = 1000


def free_code(code: str, *, among: QuerySet[Any]) -> str:
    """`code`, or `code-2`, `code-3`… where rows of `among` bear it already; a lost race ends at their unique index.

    Raises ValueError after a thousand namesakes.
    """
    taken = set(among.filter(code__startswith=code).values_list("code", flat=True)[: TRIES_MAX * 2])
    for number in range(1, TRIES_MAX):
        candidate = code if number == 1 else f"{code}-{number}"
        if candidate not in taken:
            return candidate
    raise ValueError(f"More than {TRIES_MAX} rows are called {code}.")
