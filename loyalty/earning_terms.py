"""Earning rules as pricing takes them: which count for this shopper, and how much of their caps is left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from loyalty.models import EarningRule
from pricing.earn_terms import EarnFactor, EarnRule
from pricing.values import NO_CODES

Kind = EarningRule.Kind
NOTHING_EARNED: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class EarningTerms:
    """One version of a rule. See `loyalty.models.EarningRule` for what the fields mean."""

    rule_id: int
    code: str
    name: str
    kind: str
    points: int
    per_amount: int | None
    factor_bp: int | None
    group: str
    tiers: frozenset[str]
    plans: frozenset[str]
    event: str
    cap_points: int | None
    cap_period: str
    cooldown_days: int | None
    life_days: int
    starts_at: datetime
    ends_at: datetime | None

    @property
    def is_for_everybody(self) -> bool:
        return not self.tiers and not self.plans

    @property
    def is_plain(self) -> bool:
        """Points for what was paid for any goods, and nothing else to it: its points need not be kept by line."""
        is_limited = self.group or self.cap_points or not self.is_for_everybody
        return self.kind == Kind.AMOUNT and not is_limited

    def is_for(self, tiers: frozenset[str], plans: frozenset[str]) -> bool:
        return self.is_for_everybody or not (self.tiers.isdisjoint(tiers) and self.plans.isdisjoint(plans))

    def period_of(self, on: date) -> str:
        """The period of the cap that the day is in: "2026-11-24", "2026-11" or "2026"."""
        parts = {"day": 10, "month": 7, "year": 4}
        return on.isoformat()[: parts[self.cap_period]]


def in_force(rules: Iterable[EarningTerms], *, at: datetime) -> tuple[EarningTerms, ...]:
    """Of each rule the version in force; of several the first one given."""
    found: dict[str, EarningTerms] = {}
    for rule in rules:
        if rule.starts_at <= at and (rule.ends_at is None or at < rule.ends_at):
            found.setdefault(rule.code, rule)
    return tuple(found.values())


def caps_of(rules: Sequence[EarningTerms], *, on: date) -> dict[str, str]:
    """The periods that orders of this day count in, by the codes of the rules that have a cap."""
    return {rule.code: rule.period_of(on) for rule in rules if rule.cap_points and rule.kind != Kind.EVENT}


def earn_rules(
    rules: Iterable[EarningTerms],
    *,
    goods: frozenset[str] = NO_CODES,
    tiers: frozenset[str] = NO_CODES,
    plans: frozenset[str] = NO_CODES,
    earned: Mapping[str, int] = NOTHING_EARNED,
) -> tuple[EarnRule, ...]:
    """For pricing. `goods` are the groups that earn at all; `tiers` and `plans` are the shopper's; `earned` is what
    each rule has given in its period already, by code."""
    mine = [rule for rule in rules if rule.kind in (Kind.AMOUNT, Kind.ORDER) and rule.is_for(tiers, plans)]
    return tuple(
        EarnRule(
            points=rule.points,
            per_amount=rule.per_amount or 1,
            groups=goods,
            group=rule.group,
            is_flat=rule.kind == Kind.ORDER,
            points_max=None
            if rule.cap_points is None
            else max(0, rule.cap_points - earned.get(rule.code, 0)),
            rule=rule.rule_id,
        )
        for rule in mine
    )


def earn_factors(
    rules: Iterable[EarningTerms], *, tiers: frozenset[str] = NO_CODES, plans: frozenset[str] = NO_CODES
) -> tuple[EarnFactor, ...]:
    return tuple(
        EarnFactor(rule.factor_bp, rule.group)
        for rule in rules
        if rule.kind == Kind.MULTIPLIER and rule.factor_bp and rule.is_for(tiers, plans)
    )
