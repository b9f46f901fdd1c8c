"""What a benefit may act on, one class per kind.

Lines marked "never discounted" are no part of any target: a percent is not taken of them either.
"""

from dataclasses import dataclass
from typing import ClassVar

from pricing.basket import Reach
from pricing.pick_units import DEAREST, GIVES, as_reach, pick, pick_per_group, sort_units
from pricing.sight import Sight
from pricing.values import NO_CODES, require

PER_ORDER, PER_LINE, PER_GROUP = "order", "line", "group"


@dataclass(frozen=True, slots=True)
class WholeOrder:
    kind: ClassVar[str] = "whole_order"

    def reach(self, sight: Sight) -> Reach:
        return sight.lines_in(NO_CODES)


WHOLE_ORDER = WholeOrder()


@dataclass(frozen=True, slots=True)
class InGroups:
    """The lines of any of the product groups."""

    kind: ClassVar[str] = "in_groups"
    groups: frozenset[str]

    def __post_init__(self) -> None:
        require(bool(self.groups), "a target by group names at least one group")

    def reach(self, sight: Sight) -> Reach:
        return sight.basket.discountable_in(self.groups) if sight.is_whole else sight.lines_in(self.groups)


@dataclass(frozen=True, slots=True)
class OfSkus:
    """The lines of the listed skus."""

    kind: ClassVar[str] = "of_skus"
    skus: frozenset[str]

    def reach(self, sight: Sight) -> Reach:
        lines, skus = sight.basket.cart.lines, self.skus
        return sight.whole([place for place in sight.lines_in(NO_CODES).slots if lines[place].sku in skus])


@dataclass(frozen=True, slots=True)
class PriceBand:
    """The lines whose unit price, before discounts, is from `price_min` to `price_max`, both included."""

    kind: ClassVar[str] = "price_band"
    price_min: int = 0
    price_max: int | None = None

    def __post_init__(self) -> None:
        require(self.price_min >= 0, "a price band begins at 0 or above")
        require(
            self.price_max is None or self.price_max >= self.price_min, "a price band ends after its start"
        )

    def reach(self, sight: Sight) -> Reach:
        lines, high = sight.basket.cart.lines, self.price_max
        return sight.whole(
            [
                place
                for place in sight.lines_in(NO_CODES).slots
                if lines[place].unit_price >= self.price_min
                and (high is None or lines[place].unit_price <= high)
            ]
        )


@dataclass(frozen=True, slots=True)
class SomeUnits:
    """The `count` cheapest or dearest units (of `groups`, if named): of the whole order, of each line, or of each
    full group of `group_of` units, which are formed dearest first.

    What is cheapest is judged by what is left of a unit.
    """

    kind: ClassVar[str] = "some_units"
    give: str
    count: int = 1
    per: str = PER_ORDER
    group_of: int | None = None
    groups: frozenset[str] = NO_CODES

    def __post_init__(self) -> None:
        require(self.give in GIVES, "units are the cheapest or the dearest")
        require(self.count >= 1, "at least 1 unit")
        require(self.per in (PER_ORDER, PER_LINE, PER_GROUP), "units are counted per order, line or group")
        require((self.per == PER_GROUP) == (self.group_of is not None), "units per group need its size")
        require(self.group_of is None or self.group_of >= self.count, "a group holds the units of its own")

    def reach(self, sight: Sight) -> Reach:
        found = sight.lines_in(self.groups)
        if self.per == PER_LINE:
            return Reach(found.slots, [min(self.count, units) for units in sight.units_of(found)])
        if self.group_of is None:
            return as_reach(pick(sort_units(sight, found, self.give), self.count))
        runs = sort_units(sight, found, DEAREST)
        return as_reach(pick_per_group(runs, self.count, group_of=self.group_of, give=self.give))


@dataclass(frozen=True, slots=True)
class OldStock:
    """The lines (of `groups`, if named) whose stock is more than `days` days old; unknown is not old."""

    kind: ClassVar[str] = "old_stock"
    days: int
    groups: frozenset[str] = NO_CODES

    def reach(self, sight: Sight) -> Reach:
        lines = sight.basket.cart.lines
        ages = [(place, lines[place].stock_age_days) for place in sight.lines_in(self.groups).slots]
        return sight.whole([place for place, age in ages if age is not None and age > self.days])


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery fee, if there is one."""

    kind: ClassVar[str] = "delivery"

    def reach(self, sight: Sight) -> Reach:
        return Reach(sight.basket.delivery_slots())
