"""The cart while it is being priced: what conditions and benefits look at."""

from collections.abc import Sequence
from typing import NamedTuple

from pricing.build_many import new_tuple
from pricing.values import WHOLE_BP, Cart, Line, Rules

DEFAULT_RULES = Rules()


class Reach(NamedTuple):
    """Slots, ascending, and how many units of each; `units` is None where it is all of every slot."""

    slots: Sequence[int]
    units: Sequence[int] | None = None


NOTHING = Reach(())


def least_price(line: Line) -> int:
    """What the whole line must still cost, by the product's own marks, in minor units."""
    gross = line.unit_price * line.quantity
    if line.never_discounted:
        return gross
    return min(gross, (line.lowest_price or 0) * line.quantity)


class Basket:
    """The cart's slots (one per line, the last is delivery) and what is left of each.

    `units` are the quantities, `gross` is the full price of each slot, `least` what must stay of it. `left` changes
    as offers act; `at_lane_start` is what was left when the current lane began, which is what conditions judge by.
    `used` counts the units that offers have used, where the rules or an offer ask for it. `half` is what is added to
    shares of a whole, in basis points, before they are rounded down.
    """

    __slots__ = (
        "_all_places",
        "_by_group",
        "_has_never",
        "_reaches",
        "_subtotals",
        "at",
        "at_lane_start",
        "cart",
        "delivery_slot",
        "gross",
        "half",
        "has_least",
        "least",
        "left",
        "leftover",
        "rules",
        "units",
        "used",
    )

    def __init__(self, cart: Cart, *, at: int, rules: Rules = DEFAULT_RULES) -> None:
        self.cart = cart
        self.at = at
        self.rules = rules
        lines = cart.lines
        self.delivery_slot = len(lines)
        self.units = [line.quantity for line in lines]
        self.gross = [line.unit_price * line.quantity for line in lines]
        self._has_never = False
        self.has_least = False
        for line in lines:
            if line.never_discounted or line.lowest_price:
                self.has_least = True
                self._has_never = self._has_never or line.never_discounted
        self.least = [least_price(line) for line in lines] if self.has_least else [0] * len(lines)
        self.units.append(1)
        self.gross.append(cart.delivery)
        self.least.append(0)
        self.left = self.gross.copy()
        self.at_lane_start: Sequence[int] = self.gross
        self.used: list[int] | None = None
        self.leftover = rules.leftover
        self.half = WHOLE_BP // 2 if rules.rounding == "half_up" else 0
        self._by_group: dict[str, Reach] | None = None
        self._all_places = range(len(lines))
        self._reaches: dict[frozenset[str], Reach] = {}
        self._subtotals: dict[frozenset[str], int] = {}

    def begin_lane(self) -> None:
        self.at_lane_start = self.left.copy()
        self._subtotals.clear()

    def share(self, amount: int, rate_bp: int) -> int:
        """`rate_bp` of `amount`, rounded as the store rounds."""
        return (amount * rate_bp + self.half) // WHOLE_BP

    def subtotal(self, groups: frozenset[str]) -> int:
        """What the lines in any of `groups` (all, if none is named) cost when the lane began."""
        found = self._subtotals.get(groups)
        if found is None:
            found = self._subtotals[groups] = self._cost(groups, self.at_lane_start)
        return found

    def full_price(self, groups: frozenset[str]) -> int:
        """As `subtotal`, before all discounts."""
        return self._cost(groups, self.gross)

    def _cost(self, groups: frozenset[str], prices: Sequence[int]) -> int:
        if not groups:
            return sum(prices[: self.delivery_slot])
        return sum([prices[place] for place in self.places_in(groups)])

    def places_in(self, groups: frozenset[str]) -> Sequence[int]:
        """Positions of the lines in any of `groups`; of all lines if none is named."""
        if not groups:
            return self._all_places
        by_group = self._lines_by_group()
        if len(groups) == 1:
            (group,) = groups
            return by_group.get(group, NOTHING).slots
        named = [by_group[group].slots for group in groups if group in by_group]
        return sorted({place for found in named for place in found})

    def discountable_in(self, groups: frozenset[str]) -> Reach:
        """As `places_in`, without the lines that are never discounted."""
        if len(groups) == 1 and not self._has_never:
            (group,) = groups
            by_group = self._by_group
            return (self._lines_by_group() if by_group is None else by_group).get(group, NOTHING)
        found = self._reaches.get(groups)
        if found is None:
            places = self.places_in(groups)
            if self._has_never:
                lines = self.cart.lines
                places = [place for place in places if not lines[place].never_discounted]
            found = self._reaches[groups] = Reach(places)
        return found

    def delivery_slots(self) -> Sequence[int]:
        """The delivery slot, if there is a fee to act on."""
        return (self.delivery_slot,) if self.gross[self.delivery_slot] else ()

    def _lines_by_group(self) -> dict[str, Reach]:
        """Sorted once, for the first who asks."""
        if self._by_group is not None:
            return self._by_group
        places: dict[str, list[int]] = {}
        for place, line in enumerate(self.cart.lines):
            for group in line.groups:
                if group in places:
                    places[group].append(place)
                else:
                    places[group] = [place]
        self._by_group = {group: new_tuple(Reach, (found, None)) for group, found in places.items()}
        return self._by_group
