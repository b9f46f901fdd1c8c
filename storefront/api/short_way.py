"""The API's own way to its views: past all that is there for pages, which costs each request more than a query."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

Handler = Callable[[HttpRequest], HttpResponseBase]

PREFIX = "/api/v1/"
# What is answered is data: nothing in it is to be run, and it is nobody's frame.
POLICY = "default-src 'none'; frame-ancestors 'none'"


class ApiShortWay:
    """Middleware. What comes after it in the list (sessions, log-ins, forms, the panel's door, the pages' policy) is
    left out for the API, whose keys come with each request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self._view = _innermost(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.get_host()  # refuses a host that is not ours
        response = self._view(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        if isinstance(response, HttpResponse):
            # Without it the connection could not be used again.
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def _innermost(handler: Any) -> Handler:
    """What the last middleware of the list calls. The framework wraps each in a handler of its errors, and each keeps
    the next one as `get_response`."""
    while hasattr(handler.__wrapped__, "get_response"):
        handler = handler.__wrapped__.get_response
    assert handler.__wrapped__.__name__ == "_get_response", (
        f"the way to the views ends at {handler.__wrapped__}"
    )
    found: Handler = handler
    return found
