"""The model of an order: what its lines spent and earned, and what refunds bring back. Integer arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.ledger_machine.model_days import points_are_over
from tests.ledger_machine.model_purse import Portion
from tests.ledger_machine.terms import Terms

DELIVERY_TAKES = timedelta(days=14)


def shared(total: int, weights: Sequence[int]) -> list[int]:
    """By largest remainder; ties: the earlier line."""
    whole = sum(weights)
    if not total:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(total * weights[place] % whole))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts


def part(whole: int, units: int, of_units: int) -> int:
    """Rounded half up."""
    return (2 * whole * units + of_units) // (2 * of_units)


@dataclass(slots=True)
class Use:
    """What a line took of one portion, and how much of it came back."""

    origin: Portion
    points: int
    returned: int = 0


def first(uses: list[Use], points: int) -> tuple[list[Use], list[Use]]:
    """The first `points` of the uses, and the rest of them."""
    mine: list[Use] = []
    rest: list[Use] = []
    for use in uses:
        here = min(points, use.points)
        points -= here
        mine += [Use(use.origin, here)] if here else []
        rest += [Use(use.origin, use.points - here)] if here < use.points else []
    return mine, rest


@dataclass(slots=True)
class Line:
    quantity: int
    price: int
    spent: int = 0
    paid: int = 0
    uses: list[Use] = field(default_factory=list)
    refunded: int = 0
    earned: int = 0
    taken_back: int = 0

    @property
    def left(self) -> int:
        return self.quantity - self.refunded

    @property
    def total(self) -> int:
        return self.quantity * self.price


@dataclass(slots=True)
class Order:
    """`earned` is None until it has earned. `news`: what those who follow orders have not heard of yet."""

    number: int
    buyer: int
    placed_at: datetime
    lines: list[Line]
    paid_at: datetime | None = None
    fulfilled_at: datetime | None = None
    cancelled_at: datetime | None = None
    earned: int | None = None
    earned_at: datetime | None = None
    portion: Portion | None = None
    news: set[str] = field(default_factory=set)
    is_decided: bool = False

    @property
    def paid(self) -> int:
        return sum(line.paid for line in self.lines)

    @property
    def is_all_back(self) -> bool:
        return all(not line.left for line in self.lines)

    def window(self, terms: Terms, *, life_days: int) -> tuple[datetime, datetime]:
        """Active when the return window ends: counted from fulfilment, or from 14 days after payment."""
        delivered_at = self.fulfilled_at or (self.paid_at or self.placed_at) + DELIVERY_TAKES
        active_at = delivered_at + timedelta(days=terms.return_days)
        return active_at, points_are_over(active_at, terms, life_days=life_days)

    def pay_with(self, taken: list[tuple[Portion, int]], value: int) -> None:
        """Whole points shared over the lines; portions in line order."""
        spent = shared(sum(points for _, points in taken), [line.total for line in self.lines])
        for line, points in zip(self.lines, spent, strict=True):
            line.spent, line.paid = points, line.total - points * value
        uses = [Use(portion, points) for portion, points in taken]
        for line in self.lines:
            line.uses, uses = first(uses, line.spent)

    def due_back(self) -> list[tuple[Portion, int]]:
        """What the lines spent that has to come back by now; what ends last comes back first."""
        parts: list[tuple[Portion, int]] = []
        for line in self.lines:
            missing = part(line.spent, line.refunded, line.quantity) - sum(use.returned for use in line.uses)
            for use in sorted(line.uses, key=lambda use: use.origin.in_order(), reverse=True):
                back = min(missing, use.points - use.returned)
                if back:
                    use.returned += back
                    missing -= back
                    parts.append((use.origin, back))
        return parts

    def due_to_take(self) -> int:
        """What the lines earned that has to be taken back by now."""
        points = 0
        for line in self.lines:
            due = part(line.earned, line.refunded, line.quantity)
            points += due - line.taken_back
            line.taken_back = due
        return points
