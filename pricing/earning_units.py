"""The units that earn a gift: caps judge it over all of them."""

from pricing.basket import Basket
from pricing.conditions import CartContains, QuantityAtLeast, SubtotalAtLeast
from pricing.values import NO_CODES, Condition, Offer


def earning_units(offer: Offer | None, basket: Basket) -> dict[int, int]:
    """Units by slot: of the goods that the offer's conditions name, or of the whole order if they name none."""
    named: set[int] = set()
    for condition in offer.conditions if offer else ():
        named.update(_named(condition, basket))
    return {slot: basket.units[slot] for slot in sorted(named) or range(basket.delivery_slot)}


def _named(condition: Condition, basket: Basket) -> set[int]:
    if not isinstance(condition, CartContains | QuantityAtLeast | SubtotalAtLeast):
        return set()
    found = set(basket.places_in(condition.groups)) if condition.groups else set()
    skus = condition.skus if isinstance(condition, CartContains) else NO_CODES
    if skus:
        found.update(place for place, line in enumerate(basket.cart.lines) if line.sku in skus)
    return found
