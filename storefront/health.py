"""Signs of life for whoever watches the process. Neither answer takes over two seconds, whatever hangs."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswerYet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from kombu.connection import Connection

logger = logging.getLogger(__name__)

TICK_AGE_MAX_SECONDS = 120
ANSWER_WITHIN_SECONDS = 1.5

# The oldest thing that is due and not done: a message, a fact that waits for its consumer, a job.
AGES = """
SELECT (SELECT max(at) FROM shop_heartbeat WHERE name = 'tick'),
       least(
           (SELECT min(due_at) FROM triggers_message WHERE status = 'due' AND due_at <= %(at)s AND expires_at > %(at)s),
           (SELECT min(due_at) FROM shop_outbox WHERE due_at <= %(at)s),
           (SELECT min(created_at) FROM shop_job WHERE status = 'queued')
       )
"""


@dataclass(frozen=True, slots=True)
class Ages:
    """When periodic work last ran, and since when the oldest thing waits."""

    tick_at: datetime | None
    due_at: datetime | None


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if work gets done: database and broker answer and the periodic work ran lately. Else 503 with the reasons."""
    at = timezone.now()
    until = time.monotonic() + ANSWER_WITHIN_SECONDS
    database, broker = _ages.start(), _broker.start()
    ages, database_says = _ages.result(database, until=until)
    _nothing, broker_says = _broker.result(broker, until=until)
    tick_age = _age(ages.tick_at, at=at) if ages else None
    reasons = [
        *([f"database: {database_says}"] if database_says else []),
        *([f"broker: {broker_says}"] if broker_says else []),
        *_late(tick_age, known=ages is not None),
    ]
    body = {
        "ready": not reasons,
        "reasons": reasons,
        "database": database_says or "ok",
        "broker": broker_says or "ok",
        "tick_age_seconds": tick_age,
        "oldest_due_seconds": _age(ages.due_at, at=at) if ages else None,
    }
    return JsonResponse(body, status=503 if reasons else 200, headers={"Cache-Control": "no-store"})


def _late(tick_age: int | None, *, known: bool) -> list[str]:
    if not known:
        return []
    if tick_age is None:
        return ["tick: has never run"]
    return [f"tick: last ran {tick_age} s ago"] if tick_age > TICK_AGE_MAX_SECONDS else []


def _age(moment: datetime | None, *, at: datetime) -> int | None:
    return None if moment is None else max(0, int((at - moment).total_seconds()))


class Probe:
    """A question asked on a thread of its own, because no timeout of a driver covers every way to hang.

    At most one is on its way: while it hangs, the answer is at once "does not answer", and no threads pile up.
    """

    def __init__(self, ask: Callable[[], Any]) -> None:
        self._ask = ask
        self._asked: Future[Any] | None = None

    def start(self) -> Future[Any]:
        asked = self._asked
        if asked is None or asked.done():
            asked = self._asked = Future()
            # A daemon: a question that hangs must not hold up the end of the process.
            threading.Thread(target=self._answer, args=[asked], daemon=True).start()
        return asked

    def result(self, asked: Future[Any], *, until: float) -> tuple[Any, str]:
        """(what was answered, "") or (None, what is wrong), by `until` on the monotonic clock."""
        try:
            return asked.result(timeout=max(0.0, until - time.monotonic())), ""
        except NoAnswerYet:
            return None, "does not answer"
        except Exception as error:  # whatever went wrong is the answer
            logger.warning("%s: %s", self._ask.__name__, type(error).__name__)
            return None, type(error).__name__

    def _answer(self, asked: Future[Any]) -> None:
        try:
            asked.set_result(self._ask())
        except BaseException as error:
            asked.set_exception(error)


def ask_database() -> Ages:
    try:
        with connection.cursor() as cursor:
            cursor.execute(AGES, {"at": timezone.now()})
            return Ages(*cursor.fetchone())
    finally:
        connection.close()


def ask_broker() -> None:
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "socket_timeout": 1, "socket_connect_timeout": 1}
    broker = Connection(settings.CELERY_BROKER_URL, connect_timeout=1, transport_options=options)  # type: ignore[no-untyped-call]
    with broker:
        broker.default_channel  # noqa: B018 - opening a channel is what asks the broker


_ages = Probe(ask_database)
_broker = Probe(ask_broker)
