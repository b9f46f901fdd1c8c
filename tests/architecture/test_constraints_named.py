"""Every constraint, unique index and trigger of our tables has a name, and a test that knows it by it."""

import re

import pytest
from django.db import connection

from tests.architecture.read_tree import ROOT, modules, our_models, our_tables

# What Django names by itself, none of it a rule of ours: primary keys, foreign keys with a digest in the
# name, the pairs of many-to-many tables, and "not below zero" of the positive integer fields.
NAMED_BY_DJANGO = re.compile(r"(_pkey|_[0-9a-f]{8}_fk(_\w*)?|_[0-9a-f]{8}_uniq|_check)$")

# Partitions repeat what their table has; the table's own is what counts.
CONSTRAINTS = """
    SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE relname = ANY(%s) AND NOT relispartition AND contype <> 'n'
"""
UNIQUE_INDEXES = """
    SELECT name.relname FROM pg_index
    JOIN pg_class name ON name.oid = indexrelid JOIN pg_class of_table ON of_table.oid = indrelid
    WHERE of_table.relname = ANY(%s) AND indisunique
"""
TRIGGERS = """
    SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE relname = ANY(%s) AND NOT relispartition AND NOT tgisinternal
"""


def names_in_database() -> set[str]:
    names: set[str] = set()
    with connection.cursor() as cursor:
        for query in (CONSTRAINTS, UNIQUE_INDEXES, TRIGGERS):
            cursor.execute(query, [our_tables()])
            names.update(name for (name,) in cursor.fetchall())
    return {name for name in names if not NAMED_BY_DJANGO.search(name)}


def _names_in_models() -> set[str]:
    return {constraint.name for model in our_models() for constraint in model._meta.constraints}


def _words_in_tests() -> set[str]:
    tests = (m for m in modules() if m.package == "tests" and ROOT / m.path != ROOT / __file__)
    return {word for module in tests for word in re.findall(r"[a-z][a-z0-9_]+", module.text)}


@pytest.mark.django_db
def test_every_constraint_is_named_in_a_test() -> None:
    names = names_in_database() | _names_in_models()
    assert len(names) > 100, "the query finds the constraints at all"
    assert sorted(names - _words_in_tests()) == []


@pytest.mark.django_db
def test_what_models_declare_is_in_the_database() -> None:
    assert sorted(_names_in_models() - names_in_database()) == []
