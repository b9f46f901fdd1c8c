"""Statements that are planned once a connection: the same rows as without, and they outlive a rollback."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from checkout.transaction import atomic_with_retry
from shop.prepared import PlanOutdated, Prepared

pytestmark = pytest.mark.django_db
ADD = "SELECT %(one)s + %(other)s"
NUMBERS = {"one": "integer", "other": "integer"}


def ask(statement: Prepared, values: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        statement.execute(cursor, values)
        return cursor.fetchone()[0]


def kept_by_the_session() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%%$1 + $2%%"])
        return int(cursor.fetchone()[0])


def test_statement_is_prepared_once_for_many_answers() -> None:
    before, add = kept_by_the_session(), Prepared(ADD, NUMBERS)
    assert [ask(add, {"one": n, "other": 1}) for n in range(3)] == [1, 2, 3]
    assert kept_by_the_session() == before + 1


def test_statement_outlives_the_rollback_of_the_transaction_that_prepared_it() -> None:
    before, add = kept_by_the_session(), Prepared(ADD, NUMBERS)
    with transaction.atomic():
        ask(add, {"one": 1, "other": 1})
        transaction.set_rollback(True)
    assert ask(add, {"one": 2, "other": 3}) == 5
    assert kept_by_the_session() == before + 1


def test_behind_a_pooler_nothing_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    before, add = kept_by_the_session(), Prepared(ADD, NUMBERS)
    assert ask(add, {"one": 2, "other": 3}) == 5
    assert kept_by_the_session() == before


def test_values_that_the_statement_does_not_name_are_left_out() -> None:
    one = Prepared("SELECT %(one)s", {**NUMBERS, "unused": "text"})
    assert ask(one, {"one": 7, "other": 8, "unused": None}) == 7


def plan_and_outdate(cursor: Any) -> Prepared:
    """A statement that this session has planned, of a table whose column a migration has changed since."""
    cursor.execute("DROP TABLE IF EXISTS thing")
    cursor.execute("CREATE TEMPORARY TABLE thing AS SELECT 7 AS number")
    statement = Prepared("SELECT number FROM thing WHERE number <> %(one)s", NUMBERS)
    assert ask(statement, {"one": 1}) == 7
    cursor.execute("ALTER TABLE thing ALTER COLUMN number TYPE bigint USING 8")
    return statement


def test_a_plan_that_a_migration_has_outdated_ends_its_transaction_and_is_made_anew() -> None:
    with connection.cursor() as cursor:
        statement = plan_and_outdate(cursor)
    with pytest.raises(PlanOutdated, match="cached plan must not change"), transaction.atomic():
        ask(statement, {"one": 1})
    assert [ask(statement, {"one": 1}) for _ in range(2)] == [8, 8]


def test_nobody_notices_an_outdated_plan_outside_a_transaction_or_at_its_edge() -> None:
    """On a connection of its own, since that of the test is in a transaction."""
    with ThreadPoolExecutor(1) as pool:
        alone, tried_again = pool.submit(_meet_outdated_plans).result()
    assert alone == 8
    assert tried_again == [8, 2]


def _meet_outdated_plans() -> tuple[int, list[int]]:
    """What is answered outside a transaction; and in one, with the number of its tries."""
    tries = []
    try:
        with connection.cursor() as cursor:
            alone = ask(plan_and_outdate(cursor), {"one": 1})
            statement = plan_and_outdate(cursor)

        def flow() -> int:
            tries.append(statement)
            return int(ask(statement, {"one": 1}))

        return alone, [atomic_with_retry(flow), len(tries)]
    finally:
        connection.close()
