"""What a constraint refuses, and beside it what it just allows."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import IntegrityError, connection, transaction

from shop.models import Store
from tests.factories import make_store

# Called with two stores, ours and theirs: most rules hold within one, and some keep the two apart.
Act = Callable[[Store, Store], object]


@dataclass(frozen=True, slots=True)
class Rule:
    """`name` is the constraint's. `reported_as`: a partition reports its own name for a key. `without`: table
    and constraint that would refuse the same row first, dropped here, so that each is seen to hold alone."""

    name: str
    broken_by: Act
    allows: Act
    reported_as: str = ""
    without: tuple[str, str] | None = None

    def __str__(self) -> str:
        return self.name


def assert_database_keeps(rule: Rule) -> None:
    """The allowed rows go in; those that break the rule are refused by this constraint and no other."""
    with transaction.atomic():
        rule.allows(make_store(), make_store())
    ours, theirs = make_store(), make_store()
    if rule.without:
        drop_constraint(*rule.without)
    with (
        pytest.raises(IntegrityError, match=f'"{rule.reported_as or rule.name}"'),
        transaction.atomic(),
    ):
        rule.broken_by(ours, theirs)


def drop_constraint(table: str, name: str) -> None:
    """Until the test's transaction is rolled back. What depends on it (foreign keys to a key) goes along."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while checks of it wait
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
