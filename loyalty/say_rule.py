"""An offer's rule as one reads it aloud, for the people who set it up. What a customer is told, triggers words."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.models import Store
from shop.show_day import show_day
from shop.show_money import show_count, show_money, show_share

Say = Callable[[Mapping[str, Any], str, str], str]
NAMES_MAX = 3  # of a long list; the rest is counted


def say_rule(document: Mapping[str, Any], store: Store, *, language: str) -> str:
    """ "10 % off the whole order from £20.00, only with a coupon." Reads the stored document as it is."""
    parts = [
        _join([_say(BENEFITS, part, store, language) for part in document["benefits"]]),
        *[_say(CONDITIONS, part, store, language) for part in document.get("conditions", ())],
        _audience(document.get("audience") or {}),
        _schedule(document.get("schedule") or {}, store, language),
        _limits(document.get("limits") or {}, store, language),
    ]
    sentence = ", ".join(part for part in parts if part)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _say(words: Mapping[str, Say], part: Mapping[str, Any], store: Store, language: str) -> str:
    """A kind without words yet is shown by its name: better than a rule that hides a term."""
    say = words.get(part["kind"])
    return say(part, store.currency, language) if say else str(part["kind"]).replace("_", " ")


def _join(parts: list[str]) -> str:
    return _(" and ").join(parts)


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:NAMES_MAX])
    more = len(names) - NAMES_MAX
    return _("%(names)s and %(more)d more") % {"names": shown, "more": more} if more > 0 else shown


def _target(target: Mapping[str, Any]) -> str:
    if target.get("groups"):
        return _names(target["groups"])
    if target.get("skus"):
        return _names(target["skus"])
    return _("the whole order")


def _percent_off(part: Mapping[str, Any], currency: str, language: str) -> str:
    values = {
        "share": show_share(part["rate_bp"], language=language),
        "target": _target(part.get("target", {})),
    }
    return _("%(share)s off %(target)s") % values


def _amount_off(part: Mapping[str, Any], currency: str, language: str) -> str:
    values = {
        "amount": show_money(part["amount"], currency, language=language),
        "target": _target(part.get("target", {})),
    }
    return _("%(amount)s off %(target)s") % values


def _delivery_percent(part: Mapping[str, Any], currency: str, language: str) -> str:
    return _("%(share)s off delivery") % {"share": show_share(part["rate_bp"], language=language)}


def _delivery_price(part: Mapping[str, Any], currency: str, language: str) -> str:
    if not part.get("price"):
        return _("free delivery")
    return _("delivery for %(amount)s") % {"amount": show_money(part["price"], currency, language=language)}


def _subtotal(part: Mapping[str, Any], currency: str, language: str) -> str:
    values = {"amount": show_money(part["amount"], currency, language=language)}
    if part.get("groups"):
        return _("from %(amount)s of %(groups)s") % {**values, "groups": _names(part["groups"])}
    return _("from %(amount)s") % values


def _quantity(part: Mapping[str, Any], currency: str, language: str) -> str:
    words = ngettext("from %(count)d item", "from %(count)d items", part["quantity"])
    return words % {"count": part["quantity"]}


def _contains(part: Mapping[str, Any], currency: str, language: str) -> str:
    names = [*part.get("groups", ()), *part.get("skus", ())]
    return _("with %(names)s in the cart") % {"names": _names(names)}


BENEFITS: Mapping[str, Say] = {
    "percent_off": _percent_off,
    "amount_off": _amount_off,
    "delivery_percent_off": _delivery_percent,
    "delivery_fixed_price": _delivery_price,
}
CONDITIONS: Mapping[str, Say] = {
    "subtotal_at_least": _subtotal,
    "quantity_at_least": _quantity,
    "cart_contains": _contains,
    "registered": lambda part, currency, language: _("for customers you know"),
    "in_segment": lambda part, currency, language: _("for %(names)s") % {"names": _names(part["segments"])},
    "in_tier": lambda part, currency, language: _("for %(names)s members") % {"names": _names(part["tiers"])},
    "holds_card": lambda part, currency, language: (
        _("for holders of %(names)s") % {"names": _names(part["plans"])}
    ),
}


def _audience(audience: Mapping[str, Any]) -> str:
    words = {"coupon": _("only with a coupon"), "customers": _("for customers you know")}
    return words.get(str(audience.get("kind", "")), "")


def _schedule(schedule: Mapping[str, Any], store: Store, language: str) -> str:
    starts, ends = (_day(schedule.get(name), store, language) for name in ("starts_at", "ends_at"))
    if starts and ends:
        return _("from %(start)s until %(end)s") % {"start": starts, "end": ends}
    if starts:
        return _("from %(start)s on") % {"start": starts}
    return _("until %(end)s") % {"end": ends} if ends else ""


def _day(moment: str | None, store: Store, language: str) -> str:
    if not moment:
        return ""
    local = datetime.fromisoformat(moment).astimezone(ZoneInfo(store.time_zone))
    return show_day(local.date(), language=language)


def _limits(limits: Mapping[str, Any], store: Store, language: str) -> str:
    parts = []
    if uses := limits.get("uses_max"):
        parts.append(_("until %(count)s uses") % {"count": show_count(uses, language=language)})
    if each := limits.get("uses_per_customer"):
        parts.append(ngettext("once per customer", "%(count)d times per customer", each) % {"count": each})
    if budget := limits.get("budget_max"):
        amount = show_money(budget, store.currency, language=language)
        parts.append(_("until %(amount)s have been given") % {"amount": amount})
    return ", ".join(parts)
