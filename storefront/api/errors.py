"""Every error leaves in one shape: `{"type", "code", "detail", "errors": [{"code", "detail", "attr"}],
"request_id"}`."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from checkout.errors import CheckoutError
from checkout.merge import MergeRefused
from clubcards.errors import CardRefused
from coupons.hand_over import HandoverRefused
from coupons.issue import IssueRefused
from coupons.issue_balance import GiftRefused
from loyalty.catalogue_take import TakeRefused
from loyalty.hand_on import MoveRefused
from loyalty.start_countdown import CountdownRefused
from storefront.api.known_errors import CARDS, CHECKOUT, COUPONS, KNOWN, LOYALTY

logger = logging.getLogger(__name__)

REQUEST_ID = "reprise.request_id"  # its place in request.META

# What PostgreSQL says when somebody else holds what we need, and it is worth trying again.
BUSY = {"55P03", "40P01", "40001"}  # lock not available, deadlock, serialization failure
DETAILS = {
    400: ("bad_request", _("The request could not be understood.")),
    401: ("not_authenticated", _("Send your key in the header: Authorization: Bearer rk_…")),
    403: ("permission_denied", _("This key may not do that.")),
    404: ("not_found", _("There is nothing here. Check the address and the reference.")),
    405: ("method_not_allowed", _("This address does not take this method. See /api/docs/.")),
    406: ("not_acceptable", _("Answers are application/json only.")),
    413: ("too_large", _("The request is too large. Send fewer items at a time.")),
    415: ("unsupported_media_type", _("Send the body as application/json in UTF-8.")),
    429: ("throttled", _("Too many requests. Wait as long as the header Retry-After says.")),
    503: ("unavailable", _("Reprise can not answer at the moment. Try again shortly.")),
}
FAILED = ("internal", _("Something went wrong on our side. Tell us the request_id."))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the request. `attr` says where: "lines.3.quantity", or None for the whole."""

    code: str
    detail: str
    attr: str | None = None


class Problem(Exception):
    """A refusal that a view decided on. `extra` stands beside the error in the answer, for example a new quote."""

    def __init__(
        self,
        status: int,
        *faults: Fault,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, faults)
        self.status, self.faults = status, faults
        self.extra, self.headers = dict(extra or {}), dict(headers or {})


def answer_error(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None for what nobody foresaw: Django then answers 500, which `edge` puts into shape."""
    problem = as_problem(exc)
    if problem is None:
        return None
    body = error_body(problem.status, problem.faults, request=context["request"], extra=problem.extra)
    return Response(body, status=problem.status, headers=problem.headers)


def as_problem(exc: Exception) -> Problem | None:
    """The refusal that an exception stands for; None if it is a bug."""
    if isinstance(exc, Problem):
        return exc
    if isinstance(exc, Http404 | DjangoPermissionDenied):
        status = 404 if isinstance(exc, Http404) else 403
        return Problem(status, _fault_of(status))
    if isinstance(exc, exceptions.APIException):
        return _of_framework(exc)
    if isinstance(exc, DatabaseError):
        return _of_database(exc)
    return _of_domain(exc)


def error_body(
    status: int,
    faults: Sequence[Fault],
    *,
    request: HttpRequest | Any,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The shape itself. `code` and `detail` repeat the first fault."""
    faults = list(faults) or [_fault_of(status)]
    return {
        "type": _type_of(status),
        "code": faults[0].code,
        "detail": str(faults[0].detail),
        "errors": [{"code": one.code, "detail": str(one.detail), "attr": one.attr} for one in faults],
        "request_id": request.META.get(REQUEST_ID, ""),
        **(extra or {}),
    }


def _type_of(status: int) -> str:
    if status >= 500:
        return "server_error"
    return "validation_error" if status in (400, 422) else "client_error"


def _fault_of(status: int) -> Fault:
    code, detail = DETAILS.get(status, FAILED if status >= 500 else DETAILS[400])
    return Fault(code, str(detail))


def _of_framework(exc: exceptions.APIException) -> Problem:
    codes = exc.get_codes()
    code, detail = DETAILS.get(exc.status_code, DETAILS[400])
    headers = {}
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(max(1, round(wait)))
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    said = str(detail)
    if isinstance(codes, str) and codes != exc.default_code:
        code, said = codes, str(exc.detail)
    return Problem(exc.status_code, Fault(code, said), headers=headers)


def _of_database(exc: DatabaseError) -> Problem | None:
    state = getattr(exc.__cause__, "pgcode", None)
    if state in BUSY:
        detail = _("The same thing is being changed by another request. Try again.")
        return Problem(409, Fault("busy", str(detail)), headers={"Retry-After": "1"})
    if _is_outage(exc, state=state):
        logger.error("database can not answer: %s", state or type(exc).__name__)
        return Problem(503, _fault_of(503), headers={"Retry-After": "5"})
    return None


def _is_outage(exc: DatabaseError, *, state: str | None) -> bool:
    """No connection, out of resources, shutting down, cancelled for taking too long, or read-only (classes 08,
    53, 57, 25006)."""
    if state is None:
        return type(exc).__name__ in ("OperationalError", "InterfaceError")
    return state[:2] in ("08", "53", "57") or state == "25006"


def _of_domain(exc: Exception) -> Problem | None:
    if isinstance(exc, CheckoutError):
        answer = CHECKOUT[exc.code]
        return Problem(answer.status, Fault(exc.code.value, str(answer.detail), exc.attr))
    if isinstance(exc, IssueRefused | HandoverRefused | GiftRefused):
        answer = COUPONS[exc.code]
        return Problem(answer.status, Fault(exc.code.value, str(answer.detail), answer.attr))
    if isinstance(exc, CardRefused):
        answer = CARDS[exc.code]
        return Problem(answer.status, Fault(exc.code.value, str(answer.detail), exc.attr or answer.attr))
    if isinstance(exc, CountdownRefused | MergeRefused | MoveRefused | TakeRefused):
        answer = LOYALTY[exc.code]
        return Problem(answer.status, Fault(exc.code.value, str(answer.detail), answer.attr))
    for kind, known in KNOWN.items():
        if isinstance(exc, kind):
            return Problem(known.status, Fault(known.code, str(exc) or str(known.detail), known.attr))
    return None
