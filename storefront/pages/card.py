"""A club card on its holder's phone: one page without anything from elsewhere, so it opens in a cellar too."""

from datetime import date, datetime, timedelta
from typing import Final

import segno
from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clubcards.link import CardUnknown, card_of
from clubcards.models import Membership
from clubcards.numbers import show_number
from loyalty.stamps.queries import progress_of
from loyalty.tiers.find_standing import tier_of
from loyalty.tiers.say import say_missing
from shop.clock import local_date, store_moment
from shop.models import ProductGroup
from shop.show_money import show_money, show_share
from triggers.channels.email.wording import language_of

# A phone may show what it has for an hour, and for a day where there is no network.
CACHING: Final = "private, max-age=3600, stale-if-error=86400"
INSTANT: Final = timedelta(microseconds=1)
# Dark on white in both themes: scanners do not read it the other way round.
INK, PAPER, QUIET_ZONE = "#111827", "#ffffff", 4


@require_safe
@csp_replace({"script-src": [NONE]})  # type: ignore[arg-type]  # its types know views without arguments only
def card_page(request: HttpRequest, token: str) -> HttpResponse:
    """The card behind a link that we signed; 404 with a page that says what to do for any other."""
    try:
        card = card_of(token)
    except CardUnknown:
        return _answer(request, {}, language=get_language(), status=404)
    at = store_moment(card.store, timezone.now())
    language = language_of(card.store, card.customer)
    with override(language):
        gives = _gives(card, language=language)
    context = {
        "card": card,
        "gives": gives,
        "state": _state(card, at=at),
        "number": show_number(card.number),
        "qr": _qr(card.number),
        "begins_on": local_date(card.store, card.starts_at),
        "last_day": _last_day(card),
        "tier": _tier(card, at=at, language=language),
        "stamps": [one for one in progress_of(card.customer, at=at) if one.stamps or one.full],
    }
    answer = _answer(request, context, language=language, status=200)
    answer["Cache-Control"] = CACHING
    return answer


def _answer(
    request: HttpRequest, context: dict[str, object], *, language: str | None, status: int
) -> HttpResponse:
    with override(language):
        answer = render(request, "pages/card.html", context, status=status)
    answer["Referrer-Policy"] = "no-referrer"  # the address is a key
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _state(card: Membership, *, at: datetime) -> str:
    if card.ends_at is not None and card.ends_at <= at:
        return "ended"
    if card.starts_at > at:
        return "waiting"
    return "held" if card.plan.is_active else "resting"


def _gives(card: Membership, *, language: str) -> list[str]:
    """What its holder has of it, a line each, in the language that is active."""
    plan, found = card.plan, []
    if plan.discount_bp:
        share = show_share(plan.discount_bp, language=language)
        if not plan.group:
            found.append(_("%(share)s off all goods") % {"share": share})
        else:
            found.append(_("%(share)s off %(group)s") % {"share": share, "group": _name_of_group(card)})
    if plan.free_delivery_from:
        amount = show_money(plan.free_delivery_from, card.store.currency, language=language)
        found.append(_("free delivery from %(amount)s") % {"amount": amount})
    elif plan.free_delivery_from == 0:
        found.append(_("free delivery, always"))
    return found


def _tier(card: Membership, *, at: datetime, language: str) -> dict[str, str] | None:
    """What the holder has reached, and what is missing to the next tier; None where the store has none."""
    found = tier_of(card.customer, at=at)
    if found is None:
        return None
    seen = found.outlook
    missing = say_missing(seen, currency=card.store.currency, language=language)
    return {"name": seen.tier.name if seen.tier else "", "missing": missing}


def _name_of_group(card: Membership) -> str:
    """The shelf as people call it; a group that is gone leaves its code."""
    group = ProductGroup.objects.filter(store_id=card.store_id, code=card.plan.group).first()
    return group.name if group else card.plan.group


def _last_day(card: Membership) -> date | None:
    return None if card.ends_at is None else local_date(card.store, card.ends_at - INSTANT)


def _qr(number: str) -> SafeString:
    code = segno.make(number, error="m", micro=False)
    drawn = code.svg_inline(
        border=QUIET_ZONE, dark=INK, light=PAPER, omitsize=True, svgclass=None, lineclass=None
    )
    return mark_safe(drawn)  # drawn from twelve digits
