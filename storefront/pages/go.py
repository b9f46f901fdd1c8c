"""The address that friends and partners pass on. It leads to the store's own domain, and nowhere else."""

from urllib.parse import quote, urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from loyalty.models import PartnerLink, ReferralLink
from loyalty.referrals.links import read_link_code
from shop.models import Store


@require_safe
def go(request: HttpRequest, store_code: str, code: str) -> HttpResponse:
    """To the storefront, with the code in `?ref=`: there the page reports the click with its visitor.

    404 where the store has no domain, or the code is nobody's.
    """
    store = Store.objects.filter(code=store_code).exclude(domain="").first()
    if store is None:
        raise Http404
    link = PartnerLink.objects.filter(store=store, code=code.lower(), partner__is_active=True).first()
    if link is not None:
        return _lead(store, link.path, link.code)
    own = ReferralLink.objects.filter(store=store, code=read_link_code(code)).first()
    if own is None:
        raise Http404
    return _lead(store, "/", own.code)


def _lead(store: Store, path: str, code: str) -> HttpResponse:
    asked, _, fragment = path.partition("#")
    joint = "&" if "?" in asked else "?"
    address = f"https://{store.domain}{quote(asked, safe='/?&=%:;,+~@')}{joint}{urlencode({'ref': code})}"
    answer = HttpResponseRedirect(f"{address}#{quote(fragment)}" if fragment else address)
    answer["Cache-Control"] = "no-store"  # every click is one
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
