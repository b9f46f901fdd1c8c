"""One transaction around a flow, run anew as a whole where the database asks for that."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from shop.prepared import PlanOutdated

Result = TypeVar("Result")

TRIES_MAX = 4
PAUSE_SECONDS = 0.02
DEADLOCK = "40P01"
SERIALIZATION_FAILURE = "40001"


def atomic_with_retry(func: Callable[[], Result]) -> Result:
    """Run `func` in a transaction; on deadlock, serialization failure or a plan that a migration has outdated the whole
    again, three times at most.

    `func` must be safe to run again from its start. Inside an open transaction there is nothing to repeat: the
    error goes to whoever owns it.
    """
    tries_left = 1 if connection.in_atomic_block else TRIES_MAX
    while True:
        try:
            with transaction.atomic():
                return func()
        except (OperationalError, PlanOutdated) as error:
            tries_left -= 1
            if not tries_left or not _passes(error):
                raise
        # Jitter, so that those who collided do not collide again; nothing here has to be unguessable.
        time.sleep(PAUSE_SECONDS * (TRIES_MAX - tries_left) * random.uniform(0.5, 1.5))  # noqa: S311


@contextmanager
def taken_back_on(*errors: type[Exception]) -> Iterator[None]:
    """Where one of `errors` is raised, what was written since is taken back, and it goes on to the caller.

    A savepoint that nobody releases: the end of the transaction does, and an order is one statement shorter. Any other
    error has to end the transaction.
    """
    assert connection.in_atomic_block, "a savepoint is a part of a transaction"
    savepoint = transaction.savepoint()
    try:
        yield
    except errors:
        transaction.savepoint_rollback(savepoint)
        raise


def _passes(error: OperationalError | PlanOutdated) -> bool:
    """Whether another try may do better."""
    code = getattr(error.__cause__, "pgcode", None)
    return isinstance(error, PlanOutdated) or code in (DEADLOCK, SERIALIZATION_FAILURE)
