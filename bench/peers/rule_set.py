"""A cart of 20 lines and 50 offers that all the engines can express, and what they make of it.

Ten offers take 10 % off two of the lines each; fifteen miss a minimum that the cart does not reach; twenty-five are for
goods that are not in it.
"""

from dataclasses import dataclass
from typing import Any

LINES, APPLYING, NEAR, FAR = 20, 10, 15, 25


@dataclass(frozen=True, slots=True)
class PeerOffer:
    """`rate_bp` off `skus` (everything, if none is named) where the cart reaches `minimum` minor units."""

    skus: tuple[str, ...]
    minimum: int
    rate_bp: int


@dataclass(frozen=True, slots=True)
class PeerCart:
    """Lines as (sku, quantity, unit price in minor units)."""

    lines: tuple[tuple[str, int, int], ...]
    offers: tuple[PeerOffer, ...]


def rule_set(*, seed: int) -> PeerCart:
    """`seed` shifts the prices, in tens, so that every percentage stays a whole minor unit."""
    lines = tuple((f"sku-{n}", 1 + n % 4, 500 + 30 * n + 10 * (seed % 10)) for n in range(LINES))
    applying = [PeerOffer((f"sku-{n}", f"sku-{n + APPLYING}"), 0, 1_000) for n in range(APPLYING)]
    near = [PeerOffer((), 1_000_000 + n, 500) for n in range(NEAR)]
    far = [PeerOffer((f"far-{n}",), 0, 500) for n in range(FAR)]
    return PeerCart(lines, (*applying, *near, *far))


def expected_total(cart: PeerCart) -> int:
    """Every line is in just one offer that applies: 90 % of each, in minor units."""
    return sum(quantity * price * 9 // 10 for _sku, quantity, price in cart.lines)


def as_json(cart: PeerCart, *, samples: int) -> dict[str, Any]:
    """What the peers' own programs read from their standard input."""
    prices = {sku: price for sku, _quantity, price in cart.lines}
    far = {sku: 1_000 for offer in cart.offers for sku in offer.skus if sku not in prices}
    return {
        "samples": samples,
        "products": prices | far,
        "lines": [
            {"sku": sku, "quantity": quantity, "unit_price": price} for sku, quantity, price in cart.lines
        ],
        "offers": [
            {"skus": list(offer.skus), "minimum": offer.minimum, "rate_bp": offer.rate_bp}
            for offer in cart.offers
        ],
    }
