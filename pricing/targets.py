"""What a benefit may act on, one class per kind.

Lines marked "never discounted" are no part of any target: a percent is not taken of them either.
"""

from dataclasses import dataclass
from typing import ClassVar

from pricing.basket import Basket
from pricing.values import NO_CODES


@dataclass(frozen=True, slots=True)
class WholeOrder:
    kind: ClassVar[str] = "whole_order"

    def slots(self, basket: Basket) -> tuple[int, ...]:
        return basket.discountable_in(NO_CODES)


WHOLE_ORDER = WholeOrder()


@dataclass(frozen=True, slots=True)
class InGroups:
    """The lines of any of the product groups."""

    kind: ClassVar[str] = "in_groups"
    groups: frozenset[str]

    def __post_init__(self) -> None:
        if not self.groups:
            raise ValueError("a target by group names at least one group")

    def slots(self, basket: Basket) -> tuple[int, ...]:
        return basket.discountable_in(self.groups)


@dataclass(frozen=True, slots=True)
class OfSkus:
    """The lines of the listed skus."""

    kind: ClassVar[str] = "of_skus"
    skus: frozenset[str]

    def slots(self, basket: Basket) -> tuple[int, ...]:
        lines = basket.cart.lines
        return tuple([place for place in basket.discountable_in(NO_CODES) if lines[place].sku in self.skus])
