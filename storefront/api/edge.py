"""The outermost middleware of /api/: every answer carries a request id, and every error has the API's shape."""

import re
import uuid
from collections.abc import Callable

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from storefront.api.errors import REQUEST_ID, error_body

GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class ApiEdge:
    """Also shapes what never reaches a view: unknown addresses, a wrong host, a crash."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        request.META[REQUEST_ID] = _request_id(request)
        response = self.get_response(request)
        if response.status_code >= 400 and response.get("Content-Type") != "application/json":
            response = _in_shape(request, response.status_code)
        response.headers["X-Request-Id"] = request.META[REQUEST_ID]
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _request_id(request: HttpRequest) -> str:
    """The caller's own, if it sent a sane one: it then finds its request in both logs."""
    given: str = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex


def _in_shape(request: HttpRequest, status: int) -> HttpResponse:
    body = msgspec.json.encode(error_body(status, (), request=request))
    return HttpResponse(body, status=status, content_type="application/json")
