"""A month's plan and outlook in words and as bars."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.models import SalesPlan
from pricing.allocate import divide
from pricing.values import WHOLE_BP
from reports.queries.sales_outlook import SalesOutlook
from shop.models import Store
from shop.show_money import show_count, show_money, show_share


@dataclass(frozen=True, slots=True)
class PlanBar:
    """`width` in thousandths of the longest. `is_strong`: drawn in the accent."""

    label: str
    text: str
    width: int
    is_strong: bool


def bars(outlook: SalesOutlook, plan: SalesPlan | None, *, store: Store, language: str) -> list[PlanBar]:
    """From zero, on one scale; those that are not known are left out."""
    found = list(_amounts(outlook, plan))
    longest = max((amount for _label, amount, _strong in found), default=0)
    return [
        PlanBar(
            label=label,
            text=show_money(amount, store.currency, language=language, is_rounded=True),
            width=amount * 1000 // longest if longest and amount > 0 else 0,
            is_strong=is_strong,
        )
        for label, amount, is_strong in found
    ]


def _amounts(outlook: SalesOutlook, plan: SalesPlan | None) -> Iterator[tuple[str, int, bool]]:
    if plan is not None:
        yield _("Plan"), plan.revenue, False
    if outlook.has_begun:
        yield (_("Sold") if outlook.is_over else _("Sold so far")), outlook.sold.revenue, True
    if outlook.projected is not None and not outlook.is_over:
        yield _("At the ordinary pace, by the end of the month"), outlook.projected, False
    if outlook.summed is not None:
        yield _("Of it in orders that the running offers join"), outlook.summed.revenue, False


def say_sold(outlook: SalesOutlook, plan: SalesPlan | None, *, store: Store, language: str) -> str:
    """How far the month has come."""
    if not outlook.has_begun:
        return _("The month has not begun.")
    shown = {
        "sold": show_money(outlook.sold.revenue, store.currency, language=language, is_rounded=True),
        "gone": show_share(outlook.gone_bp, language=language),
    }
    if plan is None:
        if outlook.is_over:
            return _("The month brought %(sold)s. There was no plan.") % shown
        return _("The month has brought %(sold)s, and %(gone)s of it is gone.") % shown
    shown["plan"] = show_money(plan.revenue, store.currency, language=language, is_rounded=True)
    shown["share"] = show_share(_ratio(outlook.sold.revenue, plan.revenue), language=language)
    if outlook.is_over:
        return _("The month brought %(sold)s of the planned %(plan)s: %(share)s.") % shown
    return (
        _("%(sold)s of the planned %(plan)s is sold: %(share)s, and %(gone)s of the month is gone.") % shown
    )


def say_heading(outlook: SalesOutlook, plan: SalesPlan | None, *, store: Store, language: str) -> str:
    """Where the month is heading; empty once it is over."""
    if outlook.is_over:
        return ""
    if outlook.projected is None:
        return _("The shop has less than a week of orders behind it, too little to tell a pace.")
    shown = show_money(outlook.projected, store.currency, language=language, is_rounded=True)
    said = ngettext(
        "At the pace of the last %(weeks)s week the month comes to %(projected)s.",
        "At the pace of the last %(weeks)s weeks the month comes to %(projected)s.",
        outlook.weeks,
    ) % {"weeks": outlook.weeks, "projected": shown}
    return said if plan is None else f"{said} {_against(outlook.projected - plan.revenue, store, language)}"


def _against(ahead: int, store: Store, language: str) -> str:
    shown = show_money(abs(ahead), store.currency, language=language, is_rounded=True)
    if ahead >= 0:
        return _("That is %(amount)s above the plan.") % {"amount": shown}
    return _("That is %(amount)s short of the plan.") % {"amount": shown}


def say_offers(outlook: SalesOutlook, *, store: Store, language: str) -> str:
    """What the offers that apply by themselves are expected to do; empty where nothing is known of any."""
    summed = outlook.summed
    if summed is None:
        return ""
    shown = {
        "orders": show_count(summed.orders, language=language),
        "revenue": show_money(summed.revenue, store.currency, language=language, is_rounded=True),
        "cost": show_money(summed.cost, store.currency, language=language, is_rounded=True),
    }
    said = _(
        "The running offers are expected to join about %(orders)s orders of the month, which bring %(revenue)s, "
        "and to take %(cost)s off them."
    )
    if not summed.to_break_even:
        return said % shown
    more = show_money(summed.to_break_even, store.currency, language=language, is_rounded=True)
    also = _("They have paid for themselves if they bring %(more)s on top.")
    return f"{said % shown} {also % {'more': more}}"


def _ratio(part: int, whole: int) -> int:
    """In basis points, rounded half up; more than was planned is more than all."""
    times, rest = divmod(max(part, 0), whole)
    return times * WHOLE_BP + divide(WHOLE_BP, [rest, whole - rest], whole)[0]
