"""How far it is to a tier, in words: "one purchase to Gold"."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from loyalty.tiers.outlook import Outlook
from shop.show_money import show_count, show_money


def say_missing(outlook: Outlook | None, *, currency: str, language: str) -> str:
    """ "£12.00 to Gold", "120 points to Gold", "one purchase to Gold"; empty where the top is reached."""
    if outlook is None or outlook.next is None:
        return ""
    with override(language):
        return _said(outlook, outlook.next.name, currency=currency, language=language)


def _said(outlook: Outlook, name: str, *, currency: str, language: str) -> str:
    missing = outlook.missing
    if outlook.measure == "orders" and missing == 1:
        return _("one purchase to %(tier)s") % {"tier": name}
    if outlook.measure == "spend":
        amount = show_money(missing, currency, language=language)
        return _("%(amount)s to %(tier)s") % {"amount": amount, "tier": name}
    words = {"count": show_count(missing, language=language), "tier": name}
    if outlook.measure == "orders":
        return ngettext("%(count)s purchase to %(tier)s", "%(count)s purchases to %(tier)s", missing) % words
    return ngettext("%(count)s point to %(tier)s", "%(count)s points to %(tier)s", missing) % words


def say_score(measure: str, score: int, *, currency: str, language: str) -> str:
    """What was counted, or is asked for: "£120.00", "120 points", "3 orders"."""
    with override(language):
        if measure == "spend":
            return show_money(score, currency, language=language)
        words = {"count": show_count(score, language=language)}
        if measure == "orders":
            return ngettext("%(count)s order", "%(count)s orders", score) % words
        return ngettext("%(count)s point", "%(count)s points", score) % words
