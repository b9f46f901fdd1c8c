"""What one offer sees of the basket, and the words in which a benefit answers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pricing.allocate import divide, spread
from pricing.basket import Basket, Reach
from pricing.values import WHOLE_BP, Gift, Offer

# Prices of units are compared as whole numbers of a millionth of a millionth of a minor unit, which tells apart
# what lines of up to a million units cost.
UNIT_SCALE = 10**12


class AddedGift(NamedTuple):
    """Units of a product that is no line of the cart. `earned_by` are the units that it is judged over."""

    gift: Gift
    quantity: int
    earned_by: Mapping[int, int]


class MorePoints(NamedTuple):
    """Points that are given besides what the order earns."""

    points: int


class Multiplied(NamedTuple):
    """What the lines at `places` earn is multiplied by `factor_bp`."""

    factor_bp: int
    places: Sequence[int]


class Promised(NamedTuple):
    """A coupon of the campaign."""

    campaign: str


Perk = AddedGift | MorePoints | Multiplied | Promised


# What one benefit takes off whole lines: the slots, and the amount off each. The common case, so a plain tuple.
Off = tuple[Sequence[int], Sequence[int]]


class Given(NamedTuple):
    """What one benefit gives otherwise: `amounts` off `slots`, or a perk that is no money off a line.

    `units` of each slot are what it acts on (None: all). `needs` are all the units that it keeps, by slot, where
    they are more than those. `earned_by` are the units over which caps judge it; None is each line by itself.
    """

    slots: Sequence[int] = ()
    amounts: Sequence[int] = ()
    units: Sequence[int] | None = None
    needs: Mapping[int, int] | None = None
    earned_by: Mapping[int, int] | None = None
    perk: Perk | None = None


def may_reuse(offer: Offer, basket: Basket) -> bool:
    return basket.rules.reuses_units if offer.reuses_units is None else offer.reuses_units


class Sight:
    """The basket as an offer meets it: `left` after what its own benefits took, `usable` units of each slot.

    Without an `offer` it is that of any offer which may have everything. Where the offer may not reuse units,
    `is_fresh`: it sees untouched units only, and their price only; `hidden` is what the used units of each
    slot still cost. `is_usual`: in this store units may be reused. `compares`: somebody will ask which slots
    an offer wants.
    """

    __slots__ = (
        "basket",
        "compares",
        "hidden",
        "is_fresh",
        "is_usual",
        "is_whole",
        "left",
        "offer",
        "usable",
    )

    def __init__(self, basket: Basket, offer: Offer | None = None, *, compares: bool = True) -> None:
        self.basket = basket
        self.compares = compares
        self.offer = offer
        self.left = basket.left
        self.usable: Sequence[int] = basket.units
        self.hidden: Sequence[int] | None = None
        self.is_usual = basket.rules.reuses_units
        self.is_whole = True
        self.is_fresh = False
        if offer is not None:
            self.is_fresh = not may_reuse(offer, basket)
            self.is_whole = not self.is_fresh and not offer.skips_discounted
            if not self.is_whole:
                self._narrow(skips=offer.skips_discounted)

    def _narrow(self, *, skips: bool) -> None:
        basket = self.basket
        usable = list(basket.units)
        if self.is_fresh and basket.used is not None:
            usable = [units - used for units, used in zip(usable, basket.used, strict=True)]
            self.hidden = [
                left - gross // units * free
                for left, gross, units, free in zip(
                    basket.left, basket.gross, basket.units, usable, strict=True
                )
            ]
            self.hidden[basket.delivery_slot] = 0
        if skips:
            for slot in range(basket.delivery_slot):
                if basket.at_lane_start[slot] < basket.gross[slot]:
                    usable[slot] = 0
        self.usable = usable

    def lines_in(self, groups: frozenset[str]) -> Reach:
        """All that may be used of the lines in any of `groups` (of all, if none is named) that take discounts."""
        found = self.basket.discountable_in(groups)
        return found if self.is_whole else self.whole(found.slots)

    def whole(self, slots: Sequence[int]) -> Reach:
        """All that may be used of `slots`."""
        if self.is_whole:
            return Reach(slots)
        usable = self.usable
        free = [slot for slot in slots if usable[slot]]
        return Reach(free, [usable[slot] for slot in free])

    def units_of(self, reach: Reach) -> Sequence[int]:
        return [self.usable[slot] for slot in reach.slots] if reach.units is None else reach.units

    def worths(self, reach: Reach) -> list[int]:
        """What is left of the units reached, by slot. Parts of a line are rounded down."""
        if reach.units is None:
            left = self.left
            return [left[slot] for slot in reach.slots]
        return [self._part(slot, units, 0) for slot, units in zip(reach.slots, reach.units, strict=True)]

    def rooms(self, reach: Reach) -> list[int]:
        """What can still be taken off the units without passing the product's own lowest price."""
        left, least, units = self.left, self.basket.least, self.basket.units
        if reach.units is None:
            return [left[slot] - least[slot] if left[slot] > least[slot] else 0 for slot in reach.slots]
        return [
            max(0, self._part(slot, count, least[slot] // units[slot] * self.usable[slot]))
            for slot, count in zip(reach.slots, reach.units, strict=True)
        ]

    def full_prices(self, reach: Reach) -> list[int]:
        gross, units = self.basket.gross, self.basket.units
        if reach.units is None:
            return [gross[slot] for slot in reach.slots]
        return [
            gross[slot] // units[slot] * count for slot, count in zip(reach.slots, reach.units, strict=True)
        ]

    def worth_at_lane_start(self, reach: Reach) -> int:
        before, units = self.basket.at_lane_start, self.basket.units
        if reach.units is None:
            return sum([before[slot] for slot in reach.slots])
        return sum(
            [
                before[slot] * count // units[slot]
                for slot, count in zip(reach.slots, reach.units, strict=True)
            ]
        )

    def unit_price(self, slot: int) -> int:
        """What is left of one unit, in `UNIT_SCALE`, to compare by."""
        hidden = self.hidden[slot] if self.hidden else 0
        return (self.left[slot] - hidden) * UNIT_SCALE // self.usable[slot]

    def off(self, reach: Reach, amounts: Sequence[int]) -> Off | Given:
        return (reach.slots, amounts) if reach.units is None else Given(reach.slots, amounts, reach.units)

    def take(self, reach: Reach, amount: int, weights: Sequence[int]) -> list[int]:
        """`amount` spread over the reach by `weights`, as far as there is room."""
        return spread(amount, weights, self.rooms(reach), self.basket.leftover)

    def take_share(self, reach: Reach, rate_bp: int) -> list[int]:
        """`rate_bp` of what is left of the reach."""
        left, basket = self.left, self.basket
        slots, units = reach
        if units is None:
            # Mostly one line or two, for which a comprehension takes twice as long.
            worths = []
            for slot in slots:
                worths.append(left[slot])
        else:
            worths = self.worths(reach)
        whole = sum(worths)
        amount = (whole * rate_bp + basket.half) // WHOLE_BP
        if basket.has_least or not whole:
            return self.take(reach, amount, worths)
        return divide(amount, worths, whole, basket.leftover)

    def _part(self, slot: int, units: int, kept: int) -> int:
        """Of what is left of the usable units but for `kept`, the part of `units`; may be negative."""
        hidden = self.hidden[slot] if self.hidden else 0
        return (self.left[slot] - hidden - kept) * units // self.usable[slot]
