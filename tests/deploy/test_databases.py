"""Each test that commits leaves nothing to the next, whatever triggers its tables have."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

MARK = "left_by_a_test"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_committed_row_and_table_are_gone_in_the_next_test(turn: int) -> None:
    assert not ContentType.objects.filter(app_label=MARK).exists()
    assert MARK not in connection.introspection.table_names()
    ContentType.objects.create(app_label=MARK, model="thing")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {MARK} (turn int)")


@pytest.mark.django_db(transaction=True)
def test_what_migrations_wrote_is_there_in_tests_that_commit() -> None:
    assert ContentType.objects.filter(app_label="shop", model="store").exists()
