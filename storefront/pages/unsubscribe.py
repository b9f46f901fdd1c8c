"""The page behind a mail's unsubscribe link, and the one-click request that mail programs send (RFC 8058)."""

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from triggers.channels.email.wording import language_of
from triggers.unsubscribe import Holder, LinkUnknown, holder_of, unsubscribe


# Without log-in and CSRF token: a mail program posts here by itself, and the link's signature is the right to do so.
@csrf_exempt
@never_cache
@csp_replace({"script-src": [NONE]})  # type: ignore[arg-type]  # its types know views without arguments only
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET only shows: mail scanners follow every link. POST acts, and says the same however often it comes."""
    try:
        if request.method == "POST":
            return _show(request, unsubscribe(token, at=timezone.now()), status=200)
        return _show(request, holder_of(token), status=200)
    except LinkUnknown:
        return _show(request, None, status=404)


def _show(request: HttpRequest, holder: Holder | None, *, status: int) -> HttpResponse:
    with override(language_of(holder.customer.store, holder.customer) if holder else get_language()):
        answer = render(request, "pages/unsubscribe.html", {"holder": holder}, status=status)
    answer["Referrer-Policy"] = "no-referrer"  # the address is a key
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
