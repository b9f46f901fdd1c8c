"""Statements that PostgreSQL plans once a connection instead of each time: what nearly every request asks.

Planning them takes longer than running them. A plan does not outlive a migration that changes a column's type: it is
thrown away and made anew. Where a pooler hands each transaction to another session, which the
setting DISABLE_SERVER_SIDE_CURSORS says, there is nothing to come back to, and they are sent as they are.
"""

from collections.abc import Mapping
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import NotSupportedError, connection

# As PostgreSQL says it; its code covers more than this.
OUTDATED = "cached plan must not change result type"
# A session keeps this many plans; more mixtures of a statement than that are planned each time.
KEPT_MAX = 64

_numbers = count(1)
# By the driver's connection, which is one thread's: the numbers of the statements that its session has prepared.
_kept: WeakKeyDictionary[Any, set[int]] = WeakKeyDictionary()
# Those of them that are to be thrown away before they are used again.
_outdated: WeakKeyDictionary[Any, set[int]] = WeakKeyDictionary()


class PlanOutdated(NotSupportedError):
    """A migration has changed a type under a plan, and the transaction that found out is over; the next one plans
    anew."""


class Prepared:
    """`text` as the driver takes it, with %(name)s for values; `types` are PostgreSQL's, of every value by its name."""

    def __init__(self, text: str, types: Mapping[str, str]) -> None:
        names = [name for name in types if f"%({name})s" in text]
        self._text, self._number = text, next(_numbers)
        kinds = ", ".join(types[name] for name in names)
        places = {name: f"${place}" for place, name in enumerate(names, start=1)}
        self._prepare = f"PREPARE reprise_{self._number} ({kinds}) AS {text % places}"
        self._execute = f"EXECUTE reprise_{self._number} ({', '.join(f'%({name})s' for name in names)})"

    def execute(self, cursor: Any, values: Mapping[str, Any]) -> None:
        """On the default database's cursor, which then has the rows. Raises PlanOutdated inside a transaction, which
        the error has ended: whoever opened it begins again."""
        if not self._is_kept(cursor.connection):
            cursor.execute(self._text, values)
            return
        try:
            cursor.execute(self._execute, values)
        except NotSupportedError as error:
            if OUTDATED not in str(error):
                raise
            _outdated.setdefault(cursor.connection, set()).add(self._number)
            if connection.in_atomic_block:
                raise PlanOutdated(str(error)) from error
            self._is_kept(cursor.connection)
            cursor.execute(self._execute, values)

    def _is_kept(self, session: Any) -> bool:
        """Preparing outlives a rollback, so it is done once, and past the wrappers that count what a request asks."""
        kept = _kept.setdefault(session, set())
        outdated = _outdated.get(session)
        if outdated and self._number in outdated:
            self._throw_away(session)
            outdated.discard(self._number)
            kept.discard(self._number)
        if self._number in kept:
            return True
        if len(kept) >= KEPT_MAX or connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
            return False
        with connection.wrap_database_errors, session.cursor() as cursor:
            cursor.execute(self._prepare)
        kept.add(self._number)
        return True

    def _throw_away(self, session: Any) -> None:
        with connection.wrap_database_errors, session.cursor() as cursor:
            cursor.execute(f"DEALLOCATE reprise_{self._number}")
