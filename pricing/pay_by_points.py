"""Points as payment: taken after all discounts, in whole steps, shared over the lines they pay for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pricing.allocate import share, spread
from pricing.caps import least_by_margin
from pricing.earn import PaidLine, points_for
from pricing.refusals import PointsLimit
from pricing.values import WHOLE_BP, Cart, Line, Quote, QuotedLine, Rules, require


@dataclass(frozen=True, slots=True)
class PointsTerms:
    """`value`: minor units that one point pays. `share_bp`: the most of the goods, after discounts, that points may
    pay. `step`: points are spent in multiples of it."""

    value: int
    share_bp: int = WHOLE_BP
    step: int = 1

    def __post_init__(self) -> None:
        require(self.value >= 1, "a point is worth at least 1 minor unit")
        require(0 <= self.share_bp <= WHOLE_BP, "points pay 0 to 100 % of the goods")
        require(self.step >= 1, "a step is at least 1 point")


def pay_by_points(
    quote: Quote, cart: Cart, rules: Rules, terms: PointsTerms, *, asked: int, available: int
) -> Quote:
    """`quote` with up to `asked` of the `available` points spent on it, fewer where a limit says so.

    No line goes below the margin floor by it. What is paid with points earns none.
    """
    rooms = [
        _room(line, quoted, rules) // terms.value
        for line, quoted in zip(cart.lines, quote.lines, strict=True)
    ]
    goods = sum(
        quoted.net for line, quoted in zip(cart.lines, quote.lines, strict=True) if not line.no_points
    )
    limits = [
        (available, PointsLimit.NOT_ENOUGH_POINTS),
        (share(goods, terms.share_bp) // terms.value, PointsLimit.ABOVE_SHARE),
        (sum(rooms), PointsLimit.BELOW_MARGIN_FLOOR),
    ]
    points, limited_by = asked, None
    for most, limit in limits:
        if most < points:
            points, limited_by = most, limit
    if points % terms.step:
        points -= points % terms.step
        limited_by = limited_by or PointsLimit.WHOLE_STEPS
    weights = [0 if not room else quoted.net for room, quoted in zip(rooms, quote.lines, strict=True)]
    parts = spread(points, weights, rooms)
    return replace(_write(quote, cart, rules, parts, terms.value), points_limited_by=limited_by)


def _room(line: Line, quoted: QuotedLine, rules: Rules) -> int:
    """How much of the line, in minor units, points may pay."""
    if line.no_points:
        return 0
    floor = rules.margin_floor_bp
    least = None if floor is None else least_by_margin(line, floor)
    return max(0, quoted.net - (least or 0))


def _write(quote: Quote, cart: Cart, rules: Rules, parts: Sequence[int], value: int) -> Quote:
    paid = [
        PaidLine(quoted.net - part * value, line.groups)
        for line, quoted, part in zip(cart.lines, quote.lines, parts, strict=True)
    ]
    earned = points_for(paid, rules.earn)
    spent = sum(parts)
    return replace(
        quote,
        lines=tuple(
            replace(quoted, points_spent=part, points_amount=part * value, points_to_earn=points)
            for quoted, part, points in zip(quote.lines, parts, earned.per_line, strict=True)
        ),
        payable=quote.payable - spent * value,
        points_to_earn=earned.total,
        points_spent=spent,
        points_amount=spent * value,
    )
