"""Figures in the panel's pages: money, counts and shares as the reader's language writes them."""

from datetime import datetime, timedelta

from django import template
from django.template.defaultfilters import date as show_date
from django.utils import timezone
from django.utils.translation import get_language, ngettext

from shop.show_money import show_count, show_money, show_share

register = template.Library()

MINUTE, HOUR = 60, 3600
INSTANT = timedelta(microseconds=1)


@register.filter
def money(amount: object, currency: str) -> str:
    """Exact, with pence or kopecks. A dash where there is no amount."""
    return "–" if not isinstance(amount, int) else _minus(show_money(amount, currency, language=_language()))


@register.filter
def whole_money(amount: object, currency: str) -> str:
    """Without pence or kopecks, for figures that only compare."""
    return (
        "–"
        if not isinstance(amount, int)
        else _minus(show_money(amount, currency, language=_language(), is_rounded=True))
    )


@register.filter
def count(number: object) -> str:
    return "–" if not isinstance(number, int) else show_count(number, language=_language())


@register.filter
def signed(number: object) -> str:
    """ "+15", "−15", "0": a movement of something that is counted."""
    if not isinstance(number, int):
        return "–"
    if number == 0:
        return "0"
    return f"{'−' if number < 0 else '+'}{show_count(abs(number), language=_language())}"


@register.filter
def share(share_bp: object) -> str:
    """Of basis points."""
    return "–" if not isinstance(share_bp, int) else show_share(share_bp, language=_language())


@register.filter
def last_day(ends_at: datetime) -> str:
    """The last day something is good for: ends are stored as the first moment after it."""
    return show_date(timezone.localtime(ends_at - INSTANT), "DATE_FORMAT")


@register.filter
def age(seconds: object) -> str:
    """ "40 seconds", "23 minutes", "5 hours": one unit, rounded down."""
    if not isinstance(seconds, int):
        return "–"
    if seconds < 2 * MINUTE:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    if seconds < 2 * HOUR:
        minutes = seconds // MINUTE
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = seconds // HOUR
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}


def _minus(text: str) -> str:
    """A real minus where the figures of a language are written with a hyphen."""
    return text.replace("-", "−") if text.startswith("-") else text


def _language() -> str:
    return get_language() or "en"
