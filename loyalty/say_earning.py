"""An earning rule as one reads it aloud: "2 points for every £1.00 paid for Tea, for Gold, at most 500 in a month"."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.models import EarningRule
from shop.models import Store
from shop.show_money import show_count, show_money

Kind = EarningRule.Kind
NO_NAMES: Mapping[str, str] = {}


def say_earning(
    rule: EarningRule, store: Store, *, language: str, names: Mapping[str, str] = NO_NAMES
) -> str:
    """In the language that is active; `names` are those of product groups, tiers and card plans by their codes."""
    parts = [_what(rule, store, language=language, names=names)]
    if whom := [*rule.tiers, *rule.plans]:
        parts.append(_("for %(whom)s") % {"whom": _any_of(whom, names)})
    if rule.cap_points:
        parts.append(_cap(rule, language=language))
    if rule.cooldown_days:
        days = ngettext("not again for %(n)s day", "not again for %(n)s days", rule.cooldown_days)
        parts.append(days % {"n": rule.cooldown_days})
    return ", ".join(parts)


def _what(rule: EarningRule, store: Store, *, language: str, names: Mapping[str, str]) -> str:
    goods = names.get(rule.group, rule.group) or _("goods")
    if rule.kind == Kind.MULTIPLIER:
        return _("points for %(goods)s times %(factor)s") % {
            "goods": goods,
            "factor": show_factor(rule.factor_bp or 0),
        }
    shown = show_count(rule.points, language=language)
    points = ngettext("%(n)s point", "%(n)s points", rule.points) % {"n": shown}
    if rule.kind == Kind.EVENT:
        return _("%(points)s when a member %(event)s") % {"points": points, "event": rule.get_event_display()}
    if rule.kind == Kind.ORDER:
        return _("%(points)s for an order of %(goods)s") % {"points": points, "goods": goods}
    amount = show_money(rule.per_amount or 0, store.currency, language=language)
    return _("%(points)s for every %(amount)s paid for %(goods)s") % {
        "points": points,
        "amount": amount,
        "goods": goods,
    }


def show_factor(factor_bp: int) -> str:
    """ "2", "1.5"."""
    return f"{factor_bp // 10_000}.{factor_bp % 10_000:04d}".rstrip("0").rstrip(".")


def _any_of(codes: Sequence[str], names: Mapping[str, str]) -> str:
    return _(" or ").join(names.get(code, code) for code in codes)


def _cap(rule: EarningRule, *, language: str) -> str:
    shown = show_count(rule.cap_points or 0, language=language)
    said = {
        EarningRule.Period.DAY: _("at most %(n)s a day for each customer"),
        EarningRule.Period.MONTH: _("at most %(n)s a month for each customer"),
        EarningRule.Period.YEAR: _("at most %(n)s a year for each customer"),
    }
    return said[EarningRule.Period(rule.cap_period)] % {"n": shown}
