"""Statements that are planned once a connection: the same rows as without, and they outlive a rollback."""

from typing import Any

import pytest
from django.db import connection, transaction

from shop.prepared import Prepared

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
