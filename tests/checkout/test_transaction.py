"""A transaction that collided is run again as a whole; anything else is not."""

from collections.abc import Callable

import pytest
from django.db import OperationalError, connection

from checkout.transaction import TRIES_MAX, atomic_with_retry
from shop.models import Customer, Store
from tests.factories import make_customer, make_store


def raise_in_database(sqlstate: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{sqlstate}'; END $$")


def stumble(store: Store, *, sqlstate: str, times: int) -> tuple[Callable[[], int], list[int]]:
    """Work that writes a row and then collides the first `times` times; and the list of its tries."""
    tries: list[int] = []

    def work() -> int:
        assert connection.in_atomic_block
        make_customer(store)
        tries.append(1)
        if len(tries) <= times:
            raise_in_database(sqlstate)
        return len(tries)

    return work, tries


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
def test_a_collision_is_tried_again_and_leaves_one_result(sqlstate: str) -> None:
    work, _ = stumble(make_store(), sqlstate=sqlstate, times=TRIES_MAX - 1)
    assert atomic_with_retry(work) == TRIES_MAX
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_tries_end() -> None:
    work, tries = stumble(make_store(), sqlstate="40P01", times=TRIES_MAX)
    with pytest.raises(OperationalError, match="on purpose"):
        atomic_with_retry(work)
    assert (len(tries), Customer.objects.count()) == (TRIES_MAX, 0)


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_took_too_long_is_not_tried_again() -> None:
    work, tries = stumble(make_store(), sqlstate="57014", times=1)
    with pytest.raises(OperationalError):
        atomic_with_retry(work)
    assert len(tries) == 1


@pytest.mark.django_db
def test_inside_a_transaction_a_collision_goes_to_its_owner() -> None:
    work, tries = stumble(make_store(), sqlstate="40P01", times=1)
    with pytest.raises(OperationalError):
        atomic_with_retry(work)
    assert len(tries) == 1
