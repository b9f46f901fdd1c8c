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
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.transaction import TRIES_MAX, atomic_with_retry
from shop.prepared import Prepared
from storefront.api.errors import Fault, Problem, as_problem, error_body
from storefront.api.keys import key_of

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
    for _try in range(TRIES_MAX):
        try:
            return _once(request, key, act, render)
        except _Overtaken:
            continue  # whoever was quicker has left an answer
    raise AssertionError("an answer that is there is found")


def _once(request: Request, key: str, act: Act, render: Render | None) -> Response:
    """A no takes back what was begun, and the transaction with it; then it is remembered in one of its own."""
    try:
        return atomic_with_retry(lambda: _first_or_again(request, key, act, render))
    except _Refused as refused:
        answer = refused.answer
    return atomic_with_retry(lambda: _first_or_again(request, key, lambda: answer, render))


def _first_or_again(request: Request, key: str, act: Act, render: Render | None) -> Response:
    store, body_hash = key_of(request).store, _hash(request)
    first = _wait_for_turn(store.pk, key)
    if first is None:
        answer = _decide(request, act)
        _remember(request, key, body_hash=body_hash, answer=answer, at=timezone.now())
        return Response(answer.body, status=answer.status)
    if not hmac.compare_digest(first.body_hash, body_hash):
        detail = _("This Idempotency-Key was used with another request. Take a new key for each new write.")
        raise Problem(422, Fault("idempotency_key_reused", detail))
    body = render(first.object_ref) if first.object_ref and render else first.answer
    return Response(body, status=first.status, headers={"Idempotent-Replayed": "true"})


class _Refused(Exception):
    """Decided, and the answer is no."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class _Overtaken(Exception):
    """The key was decided between our look and our turn; what was done here is taken back."""


def _decide(request: Request, act: Act) -> Answer:
    """The answer, be it yes or no. What is nobody's decision (a crash, an outage, somebody else's lock) leaves no
    trace, and the next try decides. Raises _Refused."""
    try:
        return act()
    except Exception as error:
        problem = as_problem(error)
        if problem is None or problem.status >= 500 or problem.headers.get("Retry-After"):
            raise
        body = error_body(problem.status, problem.faults, request=request, extra=problem.extra)
        raise _Refused(Answer(problem.status, body)) from error


@dataclass(frozen=True, slots=True)
class _First:
    """What was answered before."""

    body_hash: bytes
    status: int
    answer: Any
    object_ref: str


def turn_number(store_id: int, key: str) -> int:
    """The advisory lock of one key of one store."""
    digest = hashlib.sha256(f"idempotency:{store_id}:{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


# A turn that comes at once is asked for together with what there may be already. The look is as old as the statement,
# so somebody may have been quicker in between; the record's unique key tells.
LOOK = "SELECT body_hash, status, answer::text, object_ref FROM storefront_idempotentrequest"
TURN = Prepared(
    f"""
SELECT turn.has_come, first.* FROM (SELECT pg_try_advisory_xact_lock(%(number)s) AS has_come) AS turn
LEFT JOIN ({LOOK} WHERE store_id = %(store)s AND key = %(key)s) AS first ON true
""",  # noqa: S608  names of our own only; the values are parameters
    {"number": "bigint", "store": "bigint", "key": "text"},
)
FIRST = f"{LOOK} WHERE store_id = %(store)s AND key = %(key)s"


def _wait_for_turn(store_id: int, key: str) -> _First | None:
    """Hold the key until this transaction ends; whoever else has it is waited for, up to 3 seconds. What was answered
    before, if anything was."""
    asked: dict[str, Any] = {"number": turn_number(store_id, key), "store": store_id, "key": key}
    with connection.cursor() as cursor:
        TURN.execute(cursor, asked)
        has_come, *first = cursor.fetchone()
        if not has_come:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
            try:
                cursor.execute("SELECT pg_advisory_xact_lock(%(number)s)", asked)
            except OperationalError as error:
                detail = _(
                    "The first request with this Idempotency-Key is still being worked on. Ask again in a moment."
                )
                raise Problem(409, Fault("in_flight", detail), headers={"Retry-After": "1"}) from error
            cursor.execute(FIRST, asked)
            first = cursor.fetchone() or [None]
    if first[0] is None:
        return None
    body_hash, status, answer, object_ref = first
    return _First(bytes(body_hash), status, answer and msgspec.json.decode(answer), object_ref)


REMEMBER = Prepared(
    """
INSERT INTO storefront_idempotentrequest (
    store_id, key, body_hash, route, status, answer, object_ref, created_at
)
VALUES (%(store)s, %(key)s, %(hash)s, %(route)s, %(status)s, %(answer)s::jsonb, %(about)s, %(at)s)
ON CONFLICT DO NOTHING
""",
    {
        "store": "bigint",
        "key": "text",
        "hash": "bytea",
        "route": "text",
        "status": "smallint",
        "answer": "text",
        "about": "text",
        "at": "timestamptz",
    },
)


def _remember(request: Request, key: str, *, body_hash: bytes, answer: Answer, at: datetime) -> None:
    kept = None if answer.about else msgspec.json.encode(answer.body).decode()
    asked = {
        "store": key_of(request).store.pk,
        "key": key,
        "hash": body_hash,
        "route": _route(request),
        "status": answer.status,
        "answer": kept,
        "about": answer.about,
        "at": at,
    }
    with connection.cursor() as cursor:
        REMEMBER.execute(cursor, asked)
        if not cursor.rowcount:
            raise _Overtaken


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
