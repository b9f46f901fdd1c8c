"""Points earned for what was paid for goods; the quote and the ledger count by the same function."""

from collections.abc import Sequence
from dataclasses import dataclass

from pricing.allocate import allocate
from pricing.values import NO_CODES, EarnRule, require


@dataclass(frozen=True, slots=True)
class PaidLine:
    """What was paid for a line after discounts and points, in minor units, and the line's groups."""

    paid: int
    groups: frozenset[str] = NO_CODES

    def __post_init__(self) -> None:
        require(self.paid >= 0, "what was paid for a line cannot be negative")


@dataclass(frozen=True, slots=True)
class Earned:
    """Whole points; `per_line` follows the lines' order and sums to `total`."""

    total: int
    per_line: tuple[int, ...]


def points_for(lines: Sequence[PaidLine], rules: Sequence[EarnRule]) -> Earned:
    """Each rule counts once on the sum of its lines, rounded down to whole points, then shared over them."""
    per_line = [0] * len(lines)
    for rule in rules:
        weights = [
            line.paid if not rule.groups or not rule.groups.isdisjoint(line.groups) else 0 for line in lines
        ]
        total = sum(weights) * rule.points // rule.per_amount
        for place, part in enumerate(allocate(total, weights)):
            per_line[place] += part
    return Earned(sum(per_line), tuple(per_line))
