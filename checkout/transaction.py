"""One transaction around a flow, run anew as a whole where the database asks for that."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection, transaction

Result = TypeVar("Result")

TRIES_MAX = 4
PAUSE_SECONDS = 0.02
DEADLOCK = "40P01"
SERIALIZATION_FAILURE = "40001"


def atomic_with_retry(func: Callable[[], Result]) -> Result:
    """Run `func` in a transaction; on deadlock or serialization failure the whole again, three times at most.

    `func` must be safe to run again from its start. Inside an open transaction there is nothing to repeat: the
    error goes to whoever owns it.
    """
    tries_left = 1 if connection.in_atomic_block else TRIES_MAX
    while True:
        try:
            with transaction.atomic():
                return func()
        except OperationalError as error:
            tries_left -= 1
            if not tries_left or _sqlstate(error) not in (DEADLOCK, SERIALIZATION_FAILURE):
                raise
        # Jitter, so that those who collided do not collide again; nothing here has to be unguessable.
        time.sleep(PAUSE_SECONDS * (TRIES_MAX - tries_left) * random.uniform(0.5, 1.5))  # noqa: S311


def _sqlstate(error: OperationalError) -> str | None:
    return getattr(error.__cause__, "pgcode", None)
