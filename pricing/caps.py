"""The card's and the store's limits on what may be taken off a line. What was applied last loses first."""

from collections.abc import Sequence

from pricing.basket import Basket
from pricing.claims import Claim
from pricing.refusals import Cap
from pricing.values import WHOLE_BP, Line, Rules


def least_by_limit(gross: int, line_cap_bp: int) -> int:
    """What must stay of a line when at most `line_cap_bp` may be taken off; the discount rounds down."""
    return gross - gross * line_cap_bp // WHOLE_BP


def least_by_margin(line: Line, margin_floor_bp: int) -> int | None:
    """The lowest price, tax included, at which the whole line keeps the margin; None if the cost is unknown.

    Margin is a share of the price net of tax: price / (1 + tax) x (1 - floor) >= cost, solved for the price
    and rounded up.
    """
    if line.cost is None:
        return None
    needed = line.cost * line.quantity * (WHOLE_BP + line.tax_bp)
    return -(-needed // (WHOLE_BP - margin_floor_bp))


def keep_caps(
    claims: Sequence[Claim], basket: Basket, rules: Rules, *, card_limit_bp: int | None = None
) -> None:
    """Cut the claims' amounts until no line is below what must stay of it."""
    limits = [(card_limit_bp, Cap.CARD_LIMIT), (rules.line_cap_bp, Cap.LINE_LIMIT)]
    shares = [(limit_bp, cap) for limit_bp, cap in limits if limit_bp is not None]
    if not shares and rules.margin_floor_bp is None:
        return
    for slot, line in enumerate(basket.cart.lines):
        for limit_bp, cap in shares:
            _cut(claims, basket, slot, least_by_limit(basket.gross[slot], limit_bp), cap)
        if rules.margin_floor_bp is not None:
            least = least_by_margin(line, rules.margin_floor_bp)
            if least is not None:
                _cut(claims, basket, slot, least, Cap.MARGIN_FLOOR)


def _cut(claims: Sequence[Claim], basket: Basket, slot: int, least: int, cap: Cap) -> None:
    """A line sold below `least` without any discount cannot be raised: its discounts just end."""
    excess = least - basket.left[slot]
    if excess <= 0:
        return
    for claim in reversed(claims):
        cut = min(excess, claim.taken.get(slot, 0))
        if cut:
            claim.taken[slot] -= cut
            claim.capped += cut
            claim.capped_by = cap
            basket.left[slot] += cut
            excess -= cut
