"""The terms an offer may set, one class per kind. To add one, write its class here."""

from dataclasses import dataclass
from typing import ClassVar

from pricing.basket import Basket
from pricing.refusals import Reason, Refusal
from pricing.values import NO_CODES


@dataclass(frozen=True, slots=True)
class SubtotalAtLeast:
    """The goods (of `groups`, if named) cost at least `amount` minor units; exactly that is enough.

    Judged on what earlier lanes left of the prices, or on full prices if `before_discounts`.
    """

    kind: ClassVar[str] = "subtotal_at_least"
    amount: int
    groups: frozenset[str] = NO_CODES
    before_discounts: bool = False

    def reason_against(self, basket: Basket) -> Reason | None:
        prices = basket.gross if self.before_discounts else basket.at_lane_start
        missing = self.amount - sum([prices[place] for place in basket.places_in(self.groups)])
        return Reason(Refusal.BELOW_MINIMUM, missing=missing) if missing > 0 else None


@dataclass(frozen=True, slots=True)
class QuantityAtLeast:
    """The cart holds at least `quantity` units (of `groups`, if named)."""

    kind: ClassVar[str] = "quantity_at_least"
    quantity: int
    groups: frozenset[str] = NO_CODES

    def reason_against(self, basket: Basket) -> Reason | None:
        lines = basket.cart.lines
        missing = self.quantity - sum([lines[place].quantity for place in basket.places_in(self.groups)])
        return Reason(Refusal.BELOW_QUANTITY, missing=missing) if missing > 0 else None


@dataclass(frozen=True, slots=True)
class CartContains:
    """The cart holds one of the products, listed by sku or by product group."""

    kind: ClassVar[str] = "cart_contains"
    skus: frozenset[str] = NO_CODES
    groups: frozenset[str] = NO_CODES

    def reason_against(self, basket: Basket) -> Reason | None:
        for line in basket.cart.lines:
            if line.sku in self.skus or not self.groups.isdisjoint(line.groups):
                return None
        return Reason(Refusal.NOT_IN_CART)


@dataclass(frozen=True, slots=True)
class Registered:
    """The buyer is a known customer."""

    kind: ClassVar[str] = "registered"

    def reason_against(self, basket: Basket) -> Reason | None:
        return Reason(Refusal.NOT_REGISTERED) if basket.cart.shopper.customer is None else None


@dataclass(frozen=True, slots=True)
class InSegment:
    """The buyer is in one of the segments."""

    kind: ClassVar[str] = "in_segment"
    segments: frozenset[str]

    def reason_against(self, basket: Basket) -> Reason | None:
        stranger = self.segments.isdisjoint(basket.cart.shopper.segments)
        return Reason(Refusal.NOT_IN_SEGMENT) if stranger else None


@dataclass(frozen=True, slots=True)
class InTier:
    """The buyer has reached one of the tiers."""

    kind: ClassVar[str] = "in_tier"
    tiers: frozenset[str]

    def reason_against(self, basket: Basket) -> Reason | None:
        return Reason(Refusal.NOT_IN_TIER) if self.tiers.isdisjoint(basket.cart.shopper.tiers) else None


@dataclass(frozen=True, slots=True)
class HoldsCard:
    """The buyer holds a card of one of the plans."""

    kind: ClassVar[str] = "holds_card"
    plans: frozenset[str]

    def reason_against(self, basket: Basket) -> Reason | None:
        return Reason(Refusal.NO_CARD) if self.plans.isdisjoint(basket.cart.shopper.cards) else None
