"""Points earned for what was paid for goods; the quote and the ledger count by the same function.

Rules of one scope (the same goods, counted the same way) compete: the one that gives most counts. Rules of different
scopes add up: a rule for all goods, one for a product group, points for the order as such. What lines are multiplied by
acts on points for amounts, not on points for an order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pricing.allocate import allocate
from pricing.earn_terms import EarnFactor, EarnRule, Gain
from pricing.values import NO_CODES, WHOLE_BP, require

Scope = tuple[bool, str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class PaidLine:
    """What was paid for a line after discounts and points, in minor units, the line's groups, and what its points are
    multiplied by."""

    paid: int
    groups: frozenset[str] = NO_CODES
    factor_bp: int = WHOLE_BP

    def __post_init__(self) -> None:
        require(self.paid >= 0, "what was paid for a line cannot be negative")
        require(self.factor_bp >= WHOLE_BP, "points are multiplied by at least 1")


@dataclass(frozen=True, slots=True)
class Earned:
    """Whole points; `per_line` follows the lines' order and sums to `total`, and so do the `gains` of the rules."""

    total: int
    per_line: tuple[int, ...]
    gains: tuple[Gain, ...] = ()


def points_for(lines: Sequence[PaidLine], rules: Sequence[EarnRule]) -> Earned:
    """Each rule counts once on the sum of its lines, rounded down to whole points, then shared over them."""
    gains = gains_of(
        [line.paid for line in lines],
        [line.factor_bp for line in lines],
        [line.groups for line in lines],
        rules,
    )
    per_line = sum_by_line(gains, len(lines))
    return Earned(sum(per_line), tuple(per_line), tuple(gains))


def gains_of(
    paid: Sequence[int],
    factors_bp: Sequence[int],
    groups: Sequence[frozenset[str]],
    rules: Sequence[EarnRule],
) -> list[Gain]:
    """What each rule that counts gives, in the rules' order. `paid` is in minor units; the lines' points are
    multiplied by `factors_bp`."""
    best: dict[Scope, Gain] = {}
    for rule in rules:
        gain = _gain(rule, paid, factors_bp, groups)
        scope = (rule.is_flat, rule.group, rule.groups)
        if gain.points and (scope not in best or gain.points > best[scope].points):
            best[scope] = gain
    return list(best.values())


def factors_of(
    groups: Sequence[frozenset[str]], factors: Sequence[EarnFactor], *, most: int | None = None
) -> list[int]:
    """What the points of each line are multiplied by, in basis points: multipliers add what they give besides the
    single points, up to `most`."""
    found = [WHOLE_BP + _extra_bp(mine, factors) for mine in groups] if factors else [WHOLE_BP] * len(groups)
    return found if most is None else [min(factor_bp, most) for factor_bp in found]


def sum_by_line(gains: Sequence[Gain], lines: int) -> list[int]:
    """The points of each line, of all rules together."""
    if len(gains) == 1:
        return list(gains[0].per_line)
    per_line = [0] * lines
    for gain in gains:
        for place, part in enumerate(gain.per_line):
            per_line[place] += part
    return per_line


def _gain(
    rule: EarnRule, paid: Sequence[int], factors_bp: Sequence[int], groups: Sequence[frozenset[str]]
) -> Gain:
    weights = [
        amount * factor_bp if _is_meant(rule, mine) else 0
        for amount, factor_bp, mine in zip(paid, factors_bp, groups, strict=True)
    ]
    whole = sum(weights)
    points = whole * rule.points // (rule.per_amount * WHOLE_BP)
    if rule.is_flat and whole:
        points = rule.points
    if rule.points_max is not None:
        points = min(points, rule.points_max)
    return Gain(rule.rule, points, tuple(allocate(points, weights)))


def _extra_bp(mine: frozenset[str], factors: Sequence[EarnFactor]) -> int:
    return sum([one.factor_bp - WHOLE_BP for one in factors if not one.group or one.group in mine])


def _is_meant(rule: EarnRule, mine: frozenset[str]) -> bool:
    if rule.group and rule.group not in mine:
        return False
    return not rule.groups or not rule.groups.isdisjoint(mine)
