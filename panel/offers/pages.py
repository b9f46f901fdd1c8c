"""The offers of a store as sentences, and one offer with all that is known of it."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coupons.models import CouponCampaign
from loyalty.models import OfferBudget, OfferUse
from loyalty.say_rule import say_rule
from panel.guard import PanelRequest
from panel.offers.find import PER_PAGE, Found, find_offers, get_offer, given_by, used_today
from panel.offers.known import read_known
from panel.offers.states import NAMES, State
from panel.page import show_page
from panel.try_cart.find import find_products
from shop.clock import store_moment
from shop.store_admin import is_allowed

TEXT_MAX = 64
VERSIONS_MAX = 50


@require_safe
def show_offers(request: PanelRequest) -> HttpResponse:
    """The list, by name or state."""
    text, state = request.GET.get("q", "").strip()[:TEXT_MAX], request.GET.get("state", "")
    state = state if state in NAMES else ""
    at = _now(request)
    found = find_offers(request.store, at=at, text=text, state=state)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    given = given_by(request.store, [one.offer for one in page])
    today = used_today(request.store, page, at=at)
    known = read_known(request.store, at=at)
    return show_page(
        request,
        "panel/offers/list.html",
        title=_("Offers"),
        store=request.store,
        page=page,
        rows=[
            (one, _rule(request, one, known), given.get(one.offer.pk), today.get(one.offer.pk))
            for one in page
        ],
        text=text,
        state=state,
        states=[(key, name) for key, name in NAMES.items()],
        is_filtered=bool(text or state),
        may_build=_may_write(request, "panel:offer_new"),
        may_order=_may_write(request, "panel:lanes"),
    )


@require_safe
def show_offer(request: PanelRequest, code: str) -> HttpResponse:
    """One offer: its sentence, its state, what it has given and may give, its versions."""
    at = _now(request)
    found = get_offer(request.store, code, at=at)
    known = read_known(request.store, at=at)
    return show_page(
        request,
        "panel/offers/page.html",
        title=found.offer.name,
        store=request.store,
        found=found,
        rule=_rule(request, found, known),
        given=given_by(request.store, [found.offer]).get(found.offer.pk),
        uses=_uses(found),
        today=used_today(request.store, [found], at=at).get(found.offer.pk),
        budget=OfferBudget.objects.filter(offer=found.offer).first(),
        campaigns=list(
            CouponCampaign.objects.filter(store=request.store, offer=found.offer).order_by("name")[:20]
        ),
        needs_code=(found.document.get("audience") or {}).get("kind") == "coupon",
        versions=[
            (version, say_rule(version.document, request.store, language=_language(), names=known.names({})))
            for version in found.offer.versions.select_related("created_by").order_by("-number")[
                :VERSIONS_MAX
            ]
        ],
        may_build=_may_write(request, "panel:offer_new"),
        is_draft=found.state is State.DRAFT,
        is_live=found.state in (State.RUNNING, State.SCHEDULED, State.ENDED),
        is_over=found.state is State.ARCHIVED,
        at=at,
    )


@require_safe
def find_offer_products(request: PanelRequest) -> HttpResponse:
    """Products by name or number, to be put into a field of article numbers."""
    what = request.GET.get("what", "").strip()[:TEXT_MAX]
    found = find_products(request.store, what)
    context = {"found": found, "what": what, "store": request.store}
    return render(request, "panel/offers/found_products.html", context)


def _rule(request: PanelRequest, found: Found, known: Any) -> str:
    """Products are named by their numbers here: a list is read at once for many offers."""
    if not found.document.get("benefits"):
        return _("Nothing is said yet.")
    return say_rule(found.document, request.store, language=_language(), names=known.names({}))


def _uses(found: Found) -> tuple[int, int] | None:
    """(used, at most), where there is a limit in all."""
    rows = list(OfferUse.objects.filter(offer=found.offer).values_list("used", "uses_max"))
    if not rows or not (found.document.get("limits") or {}).get("uses_max"):
        return None
    return sum(used for used, _most in rows), sum(most for _used, most in rows)


def _may_write(request: PanelRequest, route: str) -> bool:
    return is_allowed(request.role, route, writing=True)


def _language() -> str:
    return get_language() or "en"


def _now(request: PanelRequest) -> datetime:
    return store_moment(request.store, timezone.now())
