"""A connection that is kept between requests is looked at before it is used again, without asking the server."""

import time

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db

PATIENCE_SECONDS = 5.0


def test_living_connection_is_known_without_a_statement() -> None:
    kept = connection.copy()
    kept.ensure_connection()
    try:
        with CaptureQueriesContext(kept) as seen:
            assert kept.is_usable()
        assert len(seen) == 0
    finally:
        kept.close()


def test_connection_that_the_server_has_ended_is_not_usable() -> None:
    kept = connection.copy()
    kept.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [kept.connection.info.backend_pid])
    ends = time.monotonic() + PATIENCE_SECONDS
    while kept.is_usable() and time.monotonic() < ends:
        time.sleep(0.01)
    assert not kept.is_usable()
    kept.close()
    assert not kept.is_usable()


def test_connection_whose_transaction_has_failed_is_not_usable() -> None:
    kept = connection.copy()
    kept.ensure_connection()
    try:
        kept.set_autocommit(False)
        with pytest.raises(DataError), kept.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert not kept.is_usable()
    finally:
        kept.close()
