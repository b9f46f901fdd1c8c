"""What an offer may give, one class per kind. To add one, write its class here.

A benefit's amount is computed once on the whole of its target and then spread over the lines; what does
not fit under a product's lowest price moves to the other lines of the target.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from pricing.allocate import share, spread
from pricing.basket import Basket
from pricing.targets import WHOLE_ORDER
from pricing.values import WHOLE_BP, Target, require


def rooms_of(basket: Basket, slots: Sequence[int], left: Sequence[int]) -> list[int]:
    """What can still be taken off each slot without passing the product's own lowest price."""
    least = basket.least
    return [left[slot] - least[slot] if left[slot] > least[slot] else 0 for slot in slots]


@dataclass(frozen=True, slots=True)
class PercentOff:
    """`rate_bp` of what is left of the target, or of its full price if `of_original`."""

    kind: ClassVar[str] = "percent_off"
    rate_bp: int
    target: Target = WHOLE_ORDER
    of_original: bool = False

    def __post_init__(self) -> None:
        require(0 < self.rate_bp <= WHOLE_BP, "a percent off is above 0 and at most 100 %")

    def wanted(self, basket: Basket) -> Sequence[int]:
        return self.target.slots(basket)

    def amounts(self, basket: Basket, slots: Sequence[int], left: Sequence[int]) -> list[int]:
        prices = basket.gross if self.of_original else left
        weights = [prices[slot] for slot in slots]
        return spread(share(sum(weights), self.rate_bp), weights, rooms_of(basket, slots, left))


@dataclass(frozen=True, slots=True)
class AmountOff:
    """`amount` minor units off the target as a whole, spread over its lines by what is left of them."""

    kind: ClassVar[str] = "amount_off"
    amount: int
    target: Target = WHOLE_ORDER

    def __post_init__(self) -> None:
        require(self.amount > 0, "an amount off is above 0")

    def wanted(self, basket: Basket) -> Sequence[int]:
        return self.target.slots(basket)

    def amounts(self, basket: Basket, slots: Sequence[int], left: Sequence[int]) -> list[int]:
        return spread(self.amount, [left[slot] for slot in slots], rooms_of(basket, slots, left))


@dataclass(frozen=True, slots=True)
class DeliveryPercentOff:
    """`rate_bp` of what is left of the delivery fee."""

    kind: ClassVar[str] = "delivery_percent_off"
    rate_bp: int

    def __post_init__(self) -> None:
        require(0 < self.rate_bp <= WHOLE_BP, "a percent off delivery is above 0 and at most 100 %")

    def wanted(self, basket: Basket) -> Sequence[int]:
        return basket.delivery_slots()

    def amounts(self, basket: Basket, slots: Sequence[int], left: Sequence[int]) -> list[int]:
        return [share(left[slot], self.rate_bp) for slot in slots]


@dataclass(frozen=True, slots=True)
class DeliveryFixedPrice:
    """Delivery costs `price` minor units at most; 0 is free delivery."""

    kind: ClassVar[str] = "delivery_fixed_price"
    price: int = 0

    def __post_init__(self) -> None:
        require(self.price >= 0, "a delivery price cannot be negative")

    def wanted(self, basket: Basket) -> Sequence[int]:
        return basket.delivery_slots()

    def amounts(self, basket: Basket, slots: Sequence[int], left: Sequence[int]) -> list[int]:
        return [max(0, left[slot] - self.price) for slot in slots]
