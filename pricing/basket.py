"""The cart while it is being priced: what conditions and benefits look at."""

from collections.abc import Sequence

from pricing.values import Cart, Line


def least_price(line: Line) -> int:
    """What the whole line must still cost, by the product's own marks, in minor units."""
    gross = line.unit_price * line.quantity
    if line.never_discounted:
        return gross
    return min(gross, (line.lowest_price or 0) * line.quantity)


class Basket:
    """The cart's slots (one per line, the last is delivery) and what is left of each.

    `gross` is the full price of each slot, `least` what must stay of it. `left` changes as offers act;
    `at_lane_start` is what was left when the current lane began, which is what conditions judge by.
    """

    __slots__ = (
        "_discountable",
        "_places",
        "at",
        "at_lane_start",
        "cart",
        "delivery_slot",
        "gross",
        "least",
        "left",
    )

    def __init__(self, cart: Cart, *, at: int) -> None:
        self.cart = cart
        self.at = at
        self.delivery_slot = len(cart.lines)
        self.gross = [line.unit_price * line.quantity for line in cart.lines] + [cart.delivery]
        self.least = [least_price(line) for line in cart.lines] + [0]
        self.left = list(self.gross)
        self.at_lane_start: Sequence[int] = tuple(self.gross)
        self._places: dict[frozenset[str], tuple[int, ...]] = {}
        self._discountable: dict[frozenset[str], tuple[int, ...]] = {}

    def begin_lane(self) -> None:
        self.at_lane_start = tuple(self.left)

    def places_in(self, groups: frozenset[str]) -> tuple[int, ...]:
        """Positions of the lines in any of `groups`; of all lines if none is named."""
        places = self._places.get(groups)
        if places is None:
            lines = enumerate(self.cart.lines)
            places = tuple(place for place, line in lines if not groups or not groups.isdisjoint(line.groups))
            self._places[groups] = places
        return places

    def discountable_in(self, groups: frozenset[str]) -> tuple[int, ...]:
        """As `places_in`, without the lines that are never discounted."""
        places = self._discountable.get(groups)
        if places is None:
            lines = self.cart.lines
            places = tuple([place for place in self.places_in(groups) if not lines[place].never_discounted])
            self._discountable[groups] = places
        return places

    def delivery_slots(self) -> tuple[int, ...]:
        """The delivery slot, if there is a fee to act on."""
        return (self.delivery_slot,) if self.gross[self.delivery_slot] else ()
