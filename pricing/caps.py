"""The card's and the store's limits on what may be taken off a line. What was applied last loses first.

Each cap is kept by an account: how much of every slot's price may still be taken off. Claims are written into it in
the order in which they acted. What was earned by several units together (a free unit, a gift, n for a price) is
written off all of those units, by their prices, wherever it was taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import lcm

from pricing.allocate import allocate, spread
from pricing.basket import Basket
from pricing.claims import Claim, Pooled
from pricing.refusals import Cap
from pricing.sight import AddedGift, Perk
from pricing.values import WHOLE_BP, Line, Rules

CARD_LIMIT, LINE_LIMIT, MARGIN_FLOOR = Cap


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
) -> bool:
    """Cut the claims' amounts until every cap is kept; whether there may have been something to cut."""
    is_joint = bool([1 for claim in claims if claim.pooled or claim.perks])
    cut = False
    for account in _open_accounts(basket, rules, card_limit_bp=card_limit_bp):
        # Lines judged together are looked at in any case: what they gave may be written off other lines.
        if is_joint or account.is_passed(basket):
            for claim in claims:
                _keep(account, claim, basket)
            cut = True
    return cut


@dataclass(slots=True)
class _Account:
    """`rooms` is what may still be taken off each slot, in parts of a minor unit of which there are `scale` in one, so
    that nothing is lost where lines are judged together."""

    cap: Cap
    rooms: list[int]
    scale: int

    def is_passed(self, basket: Basket) -> bool:
        """Whether a line, by itself, has too much taken off it."""
        scale = self.scale
        for gross, left, room in zip(basket.gross, basket.left, self.rooms, strict=True):
            if (gross - left) * scale > room:
                return True
        return False


def _open_accounts(basket: Basket, rules: Rules, *, card_limit_bp: int | None) -> Iterator[_Account]:
    """One for each cap there is. Delivery may go to nothing."""
    for limit_bp, cap in ((card_limit_bp, CARD_LIMIT), (rules.line_cap_bp, LINE_LIMIT)):
        if limit_bp is not None:
            rooms = [gross * limit_bp for gross in basket.gross]
            rooms[-1] = basket.gross[-1] * WHOLE_BP
            yield _Account(cap, rooms, WHOLE_BP)
    if rules.margin_floor_bp is not None:
        # The floor of `least_by_margin`, before it is rounded. A line sold below its floor without any discount
        # cannot be raised: its discounts just end.
        scale = WHOLE_BP - rules.margin_floor_bp
        rooms = [gross * scale for gross in basket.gross]
        for slot, line in enumerate(basket.cart.lines):
            if line.cost is not None:
                rooms[slot] = max(0, rooms[slot] - line.cost * line.quantity * (WHOLE_BP + line.tax_bp))
        yield _Account(MARGIN_FLOOR, rooms, scale)


def _keep(account: _Account, claim: Claim, basket: Basket) -> None:
    for part in claim.pooled:
        _write_pooled(account, claim, part, basket)
    rooms, scale = account.rooms, account.scale
    for slot, amount in claim.taken.items():
        alone = amount - sum([part.taken.get(slot, 0) for part in claim.pooled])
        excess = alone - rooms[slot] // scale
        if excess > 0:
            _cut(claim, slot, excess, account.cap, basket)
            alone -= excess
        rooms[slot] -= alone * scale
    if claim.perks and account.cap is MARGIN_FLOOR:
        claim.perks = tuple([perk for perk in claim.perks if _affords(account, claim, perk, basket)])


def _write_pooled(account: _Account, claim: Claim, part: Pooled, basket: Basket) -> None:
    """The units that earned it have each their share of the line's room; all of it together is the limit."""
    slots, scale = list(part.earned_by), account.scale
    rooms = [account.rooms[slot] * part.earned_by[slot] // basket.units[slot] for slot in slots]
    asked = sum(part.taken.values())
    granted = min(asked, sum(rooms) // scale)
    if granted < asked:
        kept = allocate(granted, list(part.taken.values()))
        for (slot, amount), keep in zip(list(part.taken.items()), kept, strict=True):
            part.taken[slot] = keep
            _cut(claim, slot, amount - keep, account.cap, basket)
    prices = [basket.gross[slot] * part.earned_by[slot] // basket.units[slot] for slot in slots]
    for slot, charge in zip(slots, spread(granted * scale, prices, rooms), strict=True):
        account.rooms[slot] -= charge


def _affords(account: _Account, claim: Claim, perk: Perk, basket: Basket) -> bool:
    """Whether the units that earned a gift bear its cost; if they do, it is written off them, else the gift is cut.

    Costs are net of tax. So that lines of different tax can be added, rooms are counted net, in parts that the
    taxes of all of them divide.
    """
    if not isinstance(perk, AddedGift) or perk.gift.cost is None:
        return True
    lines, slots = basket.cart.lines, list(perk.earned_by)
    taxed = [WHOLE_BP + lines[slot].tax_bp for slot in slots]
    whole = lcm(*taxed)
    rooms = [account.rooms[slot] * (whole // tax) for slot, tax in zip(slots, taxed, strict=True)]
    needed = perk.gift.cost * perk.quantity * whole
    if needed > sum(rooms):
        claim.capped += perk.gift.unit_price * perk.quantity
        claim.capped_by = account.cap
        return False
    for slot, part, tax in zip(slots, spread(needed, rooms, rooms), taxed, strict=True):
        account.rooms[slot] -= -(-part * tax // whole)
    return True


def _cut(claim: Claim, slot: int, amount: int, cap: Cap, basket: Basket) -> None:
    if amount:
        claim.taken[slot] -= amount
        basket.left[slot] += amount
        claim.capped += amount
        claim.capped_by = cap
