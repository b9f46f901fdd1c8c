"""The ladder as people see it: a stair, with how many customers stand on each step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.models import TierRules, TierStep
from loyalty.tiers.say import say_score
from shop.models import Store

# The lowest step is this high, in percent of the picture.
LOWEST = 34


@dataclass(frozen=True, slots=True)
class Stair:
    """One step: `height` in percent, `asks` in words ("from £100.00"), `share` of all who stand on any step."""

    code: str
    name: str
    asks: str
    benefits: str
    people: int
    height: int


def stairs(store: Store, rules: TierRules, *, people: Mapping[int | None, int], language: str) -> list[Stair]:
    """The lowest first."""
    steps: Sequence[TierStep] = list(rules.steps.select_related("tier").order_by("threshold"))
    return [
        Stair(
            code=step.tier.code,
            name=step.tier.name,
            asks=_("from %(asked)s")
            % {"asked": say_score(rules.measure, step.threshold, currency=store.currency, language=language)},
            benefits=step.tier.benefits,
            people=people.get(step.tier_id, 0),
            height=LOWEST + (100 - LOWEST) * place // max(len(steps) - 1, 1),
        )
        for place, step in enumerate(steps)
    ]


def say_rules(rules: TierRules) -> str:
    """The rules as one reads them aloud."""
    counted = {
        TierRules.Measure.SPEND: _("What a customer has paid for goods"),
        TierRules.Measure.POINTS: _("The points that a customer has earned"),
        TierRules.Measure.ORDERS: _("The orders of a customer"),
    }[TierRules.Measure(rules.measure)]
    if rules.period == TierRules.Period.YEAR:
        over = _(
            "%(what)s in the calendar year counts. A tier is reached at once and kept to the end of the year."
        )
    elif rules.period == TierRules.Period.QUARTER:
        over = _(
            "%(what)s in the quarter counts. A tier is reached at once and kept to the end of the quarter."
        )
    else:
        over = ngettext(
            "%(what)s in the last %(months)s month counts. A tier is reached at once and kept for twelve months.",
            "%(what)s in the last %(months)s months counts. A tier is reached at once and kept for twelve months.",
            rules.months or 0,
        )
    said = over % {"what": counted, "months": rules.months}
    if not rules.grace_days:
        return said
    grace = ngettext(
        "Then there is %(days)s day of grace.", "Then there are %(days)s days of grace.", rules.grace_days
    ) % {"days": rules.grace_days}
    return f"{said} {grace}"
