"""Recheck a store's books: what is kept beside the transfers must equal what the transfers say, so must what the
programmes beside the ledger keep, and days under seal must be as they were."""

from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from loyalty import verify_programmes, verify_statements
from loyalty.findings import Finding, FindingCode
from loyalty.verify_proof import proved_sound
from loyalty.verify_seals import seal_findings
from loyalty.verify_tiers import tier_findings
from shop.models import Store

__all__ = ["STEPS", "Finding", "FindingCode", "findings_by_step", "verify_ledger"]

# A question of many rows for (store, limit=…).
Check = Callable[..., Iterable[Finding]]

QUESTIONS = {**verify_statements.QUESTIONS, **verify_programmes.QUESTIONS}
# The proof, the questions, tiers, what floors above have to ask, and the seals.
STEPS = 1 + len(QUESTIONS) + 1 + len(settings.BOOKS_CHECKS) + 1
# What one sort or hash of the recheck may take before it goes to disk; a few run side by side.
MEMORY = "64MB"
# Tables are read whole, in the order in which they lie; jumping through them by an index is what takes long.
PAGE_COST = "16"
ORDER = {code: place for place, code in enumerate(FindingCode)}


def verify_ledger(store: Store, *, limit: int = 1000) -> list[Finding]:
    """Everything in the store's books that does not add up, at most `limit` of a question; empty if all is well."""
    found = [finding for step in findings_by_step(store, limit=limit) for finding in step]
    return sorted(found, key=lambda finding: ORDER[finding.code])


def findings_by_step(store: Store, *, limit: int) -> Iterator[list[Finding]]:
    """The findings of each of STEPS questions, as soon as it is answered. Each sees the books as they are at one
    moment; what is proved sound for all rows at once is not asked row by row."""
    sound = proved_sound()
    yield []
    for code, statement in QUESTIONS.items():
        yield [] if code in sound else _ask(statement, store, limit)
    yield list(tier_findings(store, limit=limit))
    for path in settings.BOOKS_CHECKS:
        check: Check = import_string(path)
        yield list(check(store, limit=limit))
    yield list(seal_findings(store, limit=limit))


def _ask(statement: str, store: Store, limit: int) -> list[Finding]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('work_mem', %s, true), set_config('random_page_cost', %s, true)",
            [MEMORY, PAGE_COST],
        )
        cursor.execute(statement, {"store": store.pk, "limit": limit})
        return [
            Finding(FindingCode(code), subject, expected, found)
            for code, subject, expected, found in cursor.fetchall()
        ]
