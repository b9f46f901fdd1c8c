"""Writes happen once per Idempotency-Key: asked again, they answer as they did the first time."""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.transaction import atomic_with_retry
from storefront.api.errors import Fault, Problem, as_problem, error_body
from storefront.api.keys import key_of
from storefront.models import IdempotentRequest

KEY = re.compile(r"[\x21-\x7e]{1,255}")
WAIT = "3s"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answers. Where the body holds personal data, `about` names the object to render it from again,
    and only that is remembered."""

    status: int
    body: Any
    about: str = ""


Act = Callable[[], Answer]
Render = Callable[[str], Any]


def write_once(request: Request, act: Act, *, render: Render | None = None) -> Response:
    """Run `act` in one transaction with the record of its answer, repeated whole on deadlock.

    The same key and body: the first answer, marked `Idempotent-Replayed: true`, rendered anew by `render(about)` where
    it holds personal data. Another body: 422. Still being worked on after 3 seconds: 409. Without a key: just `act`.
    """
    key = _key(request)
    if key is None:
        answer = atomic_with_retry(act)
        return Response(answer.body, status=answer.status)
    return atomic_with_retry(lambda: _first_or_again(request, key, act, render))


def _first_or_again(request: Request, key: str, act: Act, render: Render | None) -> Response:
    store, body_hash = key_of(request).store, _hash(request)
    _wait_for_turn(store.pk, key)
    first = IdempotentRequest.objects.filter(store=store, key=key).first()
    if first is None:
        answer = _decide(request, act)
        _remember(request, key, body_hash=body_hash, answer=answer, at=timezone.now())
        return Response(answer.body, status=answer.status)
    if not hmac.compare_digest(bytes(first.body_hash), body_hash):
        detail = _("This Idempotency-Key was used with another request. Take a new key for each new write.")
        raise Problem(422, Fault("idempotency_key_reused", detail))
    body = render(first.object_ref) if first.object_ref and render else first.answer
    return Response(body, status=first.status, headers={"Idempotent-Replayed": "true"})


def _decide(request: Request, act: Act) -> Answer:
    """The answer, be it yes or no. A no takes back what was begun and is remembered too; what is nobody's decision
    (a crash, an outage, somebody else's lock) leaves no trace, and the next try decides."""
    try:
        with transaction.atomic():
            return act()
    except Exception as error:
        problem = as_problem(error)
        if problem is None or problem.status >= 500 or problem.headers.get("Retry-After"):
            raise
        body = error_body(problem.status, problem.faults, request=request, extra=problem.extra)
        return Answer(problem.status, body)


def turn_number(store_id: int, key: str) -> int:
    """The advisory lock of one key of one store."""
    digest = hashlib.sha256(f"idempotency:{store_id}:{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _wait_for_turn(store_id: int, key: str) -> None:
    """Hold the key until this transaction ends; whoever else has it is waited for, up to 3 seconds."""
    number = turn_number(store_id, key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if cursor.fetchone()[0]:
            return
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
        try:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
        except OperationalError as error:
            detail = _(
                "The first request with this Idempotency-Key is still being worked on. Ask again in a moment."
            )
            raise Problem(409, Fault("in_flight", detail), headers={"Retry-After": "1"}) from error


def _remember(request: Request, key: str, *, body_hash: bytes, answer: Answer, at: datetime) -> None:
    kept = None if answer.about else msgspec.to_builtins(answer.body)
    IdempotentRequest.objects.create(
        store=key_of(request).store,
        key=key,
        body_hash=body_hash,
        route=_route(request),
        status=answer.status,
        answer=kept,
        object_ref=answer.about,
        created_at=at,
    )


def _key(request: Request) -> str | None:
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not isinstance(key, str) or not KEY.fullmatch(key):
        detail = _("Give an Idempotency-Key of 1 to 255 visible ASCII characters, for example a UUID.")
        raise Problem(400, Fault("wrong_idempotency_key", detail))
    return key


def _hash(request: Request) -> bytes:
    """Keyed, so that a leaked table does not tell what was sent. Of method, path and meaning: the order of names in
    the JSON does not count."""
    said = msgspec.json.encode([request.method, request.path, request.data], order="sorted")
    return hmac.new(settings.SECRET_KEY.encode(), b"idempotency\0" + said, hashlib.sha256).digest()


def _route(request: Request) -> str:
    match = request.resolver_match
    return f"{request.method} {match.view_name if match else ''}"[:120]
