"""Points earned for what was paid for goods; the quote and the ledger count by the same function."""

from collections.abc import Sequence
from dataclasses import dataclass

from pricing.allocate import allocate
from pricing.values import NO_CODES, WHOLE_BP, EarnRule, require


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
    """Whole points; `per_line` follows the lines' order and sums to `total`."""

    total: int
    per_line: tuple[int, ...]


def points_for(lines: Sequence[PaidLine], rules: Sequence[EarnRule]) -> Earned:
    """Each rule counts once on the sum of its lines, rounded down to whole points, then shared over them."""
    paid = [line.paid * line.factor_bp for line in lines]
    per_line = points_by_line(paid, [line.groups for line in lines], rules)
    return Earned(sum(per_line), tuple(per_line))


def points_by_line(
    paid: Sequence[int], groups: Sequence[frozenset[str]], rules: Sequence[EarnRule]
) -> list[int]:
    """As `points_for`; `paid` is minor units times what the line's points are multiplied by, in basis points."""
    per_line = [0] * len(paid)
    for rule in rules:
        asked = rule.groups
        weights = [
            amount if not asked or not asked.isdisjoint(mine) else 0
            for amount, mine in zip(paid, groups, strict=True)
        ]
        total = sum(weights) * rule.points // (rule.per_amount * WHOLE_BP)
        for place, part in enumerate(allocate(total, weights)):
            per_line[place] += part
    return per_line
