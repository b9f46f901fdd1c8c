"""The page behind a handed-on gift: a friend opens it on a phone, claims the gift, and sees a code of their own."""

import secrets
from datetime import datetime
from typing import Final

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from checkout.transaction import atomic_with_retry
from coupons.hand_over import Gift, HandoverFault, HandoverRefused, claim, coupon_of, look
from coupons.models import Coupon
from loyalty.offer_document import parse
from shop.clock import store_moment
from triggers.channels.email.wording import language_of
from triggers.describe_offer import describe_offer

# Only its own browser sees a claimed code again. Needed for what the person asked for, so no consent is asked.
COOKIE: Final = "reprise_claim"
COOKIE_BYTES: Final = 24
COOKIE_LENGTH_MAX: Final = 64


@never_cache
@csp_replace({"script-src": [NONE], "img-src": [NONE]})  # type: ignore[arg-type]  # its types know views without arguments only
@require_http_methods(["GET", "HEAD", "POST"])
def claim_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET only shows: whatever previews links must not claim them. POST claims, once; repeated, it shows the same."""
    secret = _secret(request)
    try:
        coupon = coupon_of(token)
    except HandoverRefused:
        return _show(request, None, secret=secret, status=404)
    at = store_moment(coupon.store, timezone.now())
    if request.method != "POST":
        return _show(request, look(coupon, claim_secret=secret, at=at), secret=secret, at=at)
    try:
        gift = atomic_with_retry(lambda: claim(coupon, claim_secret=secret, at=at))
    except HandoverRefused as refused:
        return _show(request, Gift(coupon, fault=refused.code), secret=secret, at=at, status=409)
    return _show(request, gift, secret=secret, at=at)


def _secret(request: HttpRequest) -> str:
    """What the browser kept since it first saw the page, or a new one."""
    kept = request.COOKIES.get(COOKIE, "")
    return kept if 0 < len(kept) <= COOKIE_LENGTH_MAX else secrets.token_urlsafe(COOKIE_BYTES)


def _show(
    request: HttpRequest, gift: Gift | None, *, secret: str, at: datetime | None = None, status: int = 200
) -> HttpResponse:
    coupon = gift.coupon if gift else None
    with override(language_of(coupon.store) if coupon else get_language()):
        context = {
            "gift": gift,
            "coupon": coupon,
            "offer": _say_offer(coupon, at=at) if coupon and at else "",
            "is_claimed_elsewhere": gift is not None and gift.fault == HandoverFault.CLAIMED,
            "is_over": gift is not None and gift.fault == HandoverFault.EXPIRED,
        }
        answer = render(request, "pages/claim.html", context, status=status)
    if coupon is not None:
        answer.set_cookie(
            COOKIE,
            secret,
            expires=coupon.ends_at,
            httponly=True,
            secure=request.is_secure(),
            samesite="Lax",
            path="/claim/",
        )
    # The address is a key, so no other site may learn it; "no-referrer" would take the form's own origin away too.
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _say_offer(coupon: Coupon, *, at: datetime) -> str:
    """ "10 % off your order of £20 or more", or the offer's name where its terms have no such words."""
    offer, store = coupon.campaign.offer, coupon.store
    version = offer.versions.filter(in_force_at__lte=at).order_by("-in_force_at", "-number").first()
    if version is None:
        return offer.name
    words = describe_offer(parse(version.document), currency=store.currency, language=get_language() or "en")
    return words or offer.name
