"""Points as payment: taken after all discounts, in whole steps, shared over the lines they pay for."""

from collections.abc import Sequence
from dataclasses import dataclass

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

    No line goes below the margin floor by it, and what free units and gifts cost beyond theirs stays with the other
    lines. What is paid with points earns none.
    """
    open_amounts = [_room(line, quoted, rules) for line, quoted in zip(cart.lines, quote.lines, strict=True)]
    rooms = [amount // terms.value for amount in open_amounts]
    kept = sum(open_amounts) - _borrowed(quote, cart, rules)
    goods = sum(
        quoted.net for line, quoted in zip(cart.lines, quote.lines, strict=True) if not line.no_points
    )
    limits = [
        (available, PointsLimit.NOT_ENOUGH_POINTS),
        (share(goods, terms.share_bp) // terms.value, PointsLimit.ABOVE_SHARE),
        (min(sum(rooms), max(0, kept) // terms.value), PointsLimit.BELOW_MARGIN_FLOOR),
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
    return _write(quote, cart, rules, parts, terms.value)._replace(points_limited_by=limited_by)


def _room(line: Line, quoted: QuotedLine, rules: Rules) -> int:
    """How much of the line, in minor units, points may pay."""
    if line.no_points:
        return 0
    floor = rules.margin_floor_bp
    least = None if floor is None else least_by_margin(line, floor)
    return max(0, quoted.net - (least or 0))


def _borrowed(quote: Quote, cart: Cart, rules: Rules) -> int:
    """What the whole order must bear beyond the floor of each line: free units and gifts are judged over the units that
    earned them, which leaves their own line under its floor. In minor units."""
    floor = rules.margin_floor_bp
    if floor is None:
        return 0
    missing = [
        min(least_by_margin(line, floor) or 0, quoted.gross) - quoted.net
        for line, quoted in zip(cart.lines, quote.lines, strict=True)
    ]
    gifts = [(cart.gifts[gift.sku], gift.quantity) for gift in quote.gifts]
    added = [Line(gift.sku, units, 0, cost=gift.cost, tax_bp=gift.tax_bp) for gift, units in gifts]
    costs = [least_by_margin(line, floor) or 0 for line in added]
    return sum([amount for amount in missing if amount > 0]) + sum(costs)


def _write(quote: Quote, cart: Cart, rules: Rules, parts: Sequence[int], value: int) -> Quote:
    paid = [
        PaidLine(quoted.net - part * value, line.groups, quoted.factor_bp)
        for line, quoted, part in zip(cart.lines, quote.lines, parts, strict=True)
    ]
    earned = points_for(paid, rules.earn)
    spent = sum(parts)
    return quote._replace(
        lines=tuple(
            quoted._replace(
                points_spent=part, points_amount=part * value, points_to_earn=points + quoted.extra_points
            )
            for quoted, part, points in zip(quote.lines, parts, earned.per_line, strict=True)
        ),
        payable=quote.payable - spent * value,
        points_to_earn=earned.total + sum([quoted.extra_points for quoted in quote.lines]),
        points_spent=spent,
        points_amount=spent * value,
        gains=earned.gains,
    )
