"""Do many things at once, each on a database connection of its own; and do them with a guard taken away."""

import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import pytest
from django.db import connection

Result = TypeVar("Result")
Rewrite = Callable[[str], str]


def at_once(
    jobs: Sequence[Callable[[], Result]], *, workers: int, rewrite: Rewrite | None = None
) -> list[Result | Exception]:
    """What the jobs returned or raised, in any order. `workers` connections are open before the first one starts.

    `rewrite` changes the text of every statement on its way to the database: a test takes a guard out with it.
    """
    waiting: SimpleQueue[Callable[[], Result]] = SimpleQueue()
    for job in jobs:
        waiting.put(job)
    results: list[Result | Exception] = []
    start = threading.Barrier(workers)

    def work() -> None:
        try:
            connection.ensure_connection()
            if rewrite is not None:
                # As behind a pooler: a plan that the session keeps has no text that could be changed.
                connection.settings_dict = {**connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS": True}
            start.wait(timeout=60)
            with connection.execute_wrapper(_rewriting(rewrite)):
                _drain(waiting, results)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    assert len(results) == len(jobs), "a worker is stuck or could not start"
    return results


def _drain(waiting: "SimpleQueue[Callable[[], Result]]", results: list[Result | Exception]) -> None:
    while True:
        try:
            job = waiting.get_nowait()
        except Empty:
            return
        try:
            results.append(job())
        except Exception as error:  # the test says which ones it expects
            results.append(error)


def _rewriting(rewrite: Rewrite | None) -> Callable[..., Any]:
    def run(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        return execute(rewrite(sql) if rewrite and isinstance(sql, str) else sql, params, many, context)

    return run


def meet_after(monkeypatch: pytest.MonkeyPatch, *targets: str, workers: int) -> None:
    """The first call of one of `targets` on each thread waits until all the others have made theirs: everybody has
    looked before anybody acts, which is the worst moment there is."""
    everybody = threading.Barrier(workers)
    here = threading.local()

    def meeting(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **given: Any) -> Any:
            result = original(*args, **given)
            if not getattr(here, "has_met", False):
                here.has_met = True
                everybody.wait(timeout=60)
            return result

        return call

    for target in targets:
        module, _, name = target.rpartition(".")
        original: Callable[..., Any] = getattr(__import__(module, fromlist=[name]), name)
        monkeypatch.setattr(target, meeting(original))


def drop_constraint(table: str, name: str) -> None:
    """In this test's own database, which is thrown away after it."""
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')


def drop_index(name: str) -> None:
    """A unique key with a condition is an index, not a constraint."""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP INDEX "{name}"')


def without(*guards: str) -> Rewrite:
    """Statements without these texts: a condition becomes true whatever it says, a clause is left out."""

    def rewrite(sql: str) -> str:
        for guard in guards:
            is_clause = guard.lstrip().startswith(("ON CONFLICT", "FOR "))
            sql = sql.replace(guard, "" if is_clause else f"(TRUE OR {guard})")
        return sql

    return rewrite


def of_type(results: Sequence[Any], kind: type[Any]) -> list[Any]:
    return [result for result in results if isinstance(result, kind)]
