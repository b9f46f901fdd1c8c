"""A partner's statement by private link: what the orders brought, and nothing about who bought."""

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from loyalty.models import Partner
from loyalty.partners.statement import StatementUnknown, partner_of, statement_of
from shop.clock import store_moment
from shop.show_money import show_money
from triggers.channels.email.wording import language_of


@require_safe
@csp_replace({"script-src": [NONE], "img-src": [NONE]})  # type: ignore[arg-type]  # its types know views without arguments only
def statement_page(request: HttpRequest, token: str) -> HttpResponse:
    """404, with a page that says what to do, for a link that is not ours or is closed."""
    try:
        partner = partner_of(token)
    except StatementUnknown:
        return _answer(request, {}, language=get_language(), status=404)
    language = language_of(partner.store)
    return _answer(request, _context(partner, language=language), language=language, status=200)


def _context(partner: Partner, *, language: str) -> dict[str, object]:
    store = partner.store
    at = store_moment(store, timezone.now())
    found = statement_of(partner, at=at)

    def said(amount: int) -> str:
        return show_money(amount, store.currency, language=language)

    return {
        "store": store,
        "partner": partner,
        "now": at,
        "clicks": found.clicks,
        "waiting": said(found.waiting),
        "due": said(found.due),
        "carried": said(found.carried) if found.carried else "",
        "payouts": [
            (each, said(each.earned), said(each.taken_back), said(each.carried_in), said(each.payable))
            for each in found.payouts
        ],
        "orders": [(each, said(each.paid), said(each.amount)) for each in found.orders],
    }


def _answer(
    request: HttpRequest, context: dict[str, object], *, language: str | None, status: int
) -> HttpResponse:
    with override(language):
        answer = render(request, "pages/statement.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"  # the address is a key
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
