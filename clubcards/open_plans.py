"""The two plans that come ready, VIP and Premium. The caller owns the transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from clubcards.keep_plan import keep_plan
from clubcards.models import CardPlan
from shop.models import Store, User

# A start that a shop can afford: no more than a third of a line with all its other discounts.
READY: Final[Mapping[str, Mapping[str, Any]]] = {
    "vip": {"kind": CardPlan.Kind.VIP, "discount_bp": 1000, "line_limit_bp": 3000, "free_delivery_from": 0},
    "premium": {"kind": CardPlan.Kind.PREMIUM, "discount_bp": 500, "line_limit_bp": 2500},
}


def open_plans(store: Store, *, by: User | None, at: datetime) -> list[CardPlan]:
    """The ready plans that the store lacks are made; those it has stay as they are. Raises CardRefused."""
    there = {plan.code: plan for plan in CardPlan.objects.filter(store=store, code__in=READY)}
    names = {"vip": _("VIP club"), "premium": _("Premium club")}
    for code, settings in READY.items():
        if code not in there:
            there[code] = keep_plan(store, code, {**settings, "name": names[code]}, by=by, at=at).plan
    return [there[code] for code in READY]
