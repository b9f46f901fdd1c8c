"""Figures in the panel's pages: money, counts and shares as the reader's language writes them."""

from django import template
from django.utils.translation import get_language

from shop.show_money import show_count, show_money, show_share

register = template.Library()


@register.filter
def money(amount: int | None, currency: str) -> str:
    """Exact, with pence or kopecks."""
    return "–" if amount is None else show_money(amount, currency, language=_language())


@register.filter
def whole_money(amount: int | None, currency: str) -> str:
    """Without pence or kopecks, for figures that only compare."""
    return "–" if amount is None else show_money(amount, currency, language=_language(), is_rounded=True)


@register.filter
def count(number: int | None) -> str:
    return "–" if number is None else show_count(number, language=_language())


@register.filter
def share(share_bp: int | None) -> str:
    """Of basis points."""
    return "–" if share_bp is None else show_share(share_bp, language=_language())


def _language() -> str:
    return get_language() or "en"
