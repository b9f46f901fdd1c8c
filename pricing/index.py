"""The offers of a store, compiled once: for a cart it finds those that can matter, however many there are.

An offer is filed under one thing that it cannot do without: a card, a code, a segment, a tier, or the products that
it asks for or acts on. What is filed under nothing is always looked at.
"""

from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter

from pricing.benefits import FROM_CART, BuyXGetY, GiftItem, PointsMultiplier
from pricing.conditions import CartContains, HoldsCard, InSegment, InTier
from pricing.targets import InGroups, OfSkus, OldStock, SomeUnits
from pricing.values import NO_CODES, Benefit, Cart, Offer, Target

BY_RANK = attrgetter("rank")
# Kinds of keys.
CARD, CODE, SEGMENT, TIER, GROUP, SKU = range(6)
Key = tuple[int, str]


def rank_offers(offers: Iterable[Offer]) -> list[Offer]:
    """By rank. ValueError if two offers share both code and coupon."""
    ranked = sorted(offers, key=BY_RANK)
    if len({(offer.code, offer.coupon) for offer in ranked}) < len(ranked):
        raise ValueError("two offers share both code and coupon")
    return ranked


class OfferIndex:
    """See `compile_offers`. Immutable: any number of threads may price by one."""

    __slots__ = ("_added", "_always", "_codes", "_files", "_gone", "_places", "has_exclusive", "offers")

    def __init__(self, ranked: Sequence[Offer]) -> None:
        self.offers = tuple(ranked)
        self._places = {(offer.code, offer.coupon): place for place, offer in enumerate(ranked)}
        self._added: tuple[Offer, ...] = ()
        self._gone: frozenset[int] = frozenset()
        files: list[dict[str, list[int]]] = [{} for _ in range(6)]
        always = []
        for place, offer in enumerate(ranked):
            keys = keys_of(offer)
            for kind, name in keys:
                files[kind].setdefault(name, []).append(place)
            if not keys:
                always.append(place)
        self._always = frozenset(always)
        self.has_exclusive = any(offer.exclusive for offer in ranked)
        self._codes = frozenset([offer.coupon for offer in ranked])
        self._files = tuple((kind, file) for kind, file in enumerate(files) if file)

    def with_personal(self, changed: Iterable[Offer], out: Collection[str]) -> "OfferIndex":
        """A copy in which each of `changed` replaces the offer of its code and coupon, or is added, and the offers of
        the codes `out` (those without a coupon) are left out. Costs as much as there are changes.
        """
        added = list(changed)
        replaced = [(offer.code, offer.coupon) for offer in added] + [(code, None) for code in out]
        copy = object.__new__(OfferIndex)
        copy.offers, copy._places = self.offers, self._places
        copy._always, copy._codes, copy._files = self._always, self._codes, self._files
        stay = [offer for offer in self._added if (offer.code, offer.coupon) not in replaced]
        copy._added = tuple(rank_offers(stay + added))
        here = frozenset([self._places[key] for key in replaced if key in self._places])
        copy._gone = self._gone | here
        copy.has_exclusive = self.has_exclusive or any(offer.exclusive for offer in copy._added)
        return copy

    def all_offers(self) -> list[Offer]:
        """By rank."""
        gone = self._gone
        return self._join([offer for place, offer in enumerate(self.offers) if place not in gone])

    def that_can_matter(self, cart: Cart) -> list[Offer]:
        """By rank: all offers but those that are certain to be refused for what they are filed under."""
        found = set(self._always)
        for kind, file in self._files:
            for name in _names(cart, kind):
                if name in file:
                    found.update(file[name])
        found -= self._gone
        offers = self.offers
        return self._join([offers[place] for place in sorted(found)])

    def unknown(self, codes: frozenset[str]) -> frozenset[str]:
        """Those of the codes that no offer carries."""
        return codes - self._codes - {offer.coupon for offer in self._added} if codes else codes

    def _join(self, ranked: list[Offer]) -> list[Offer]:
        return sorted([*ranked, *self._added], key=BY_RANK) if self._added else ranked


def compile_offers(offers: Iterable[Offer]) -> OfferIndex:
    """For `price()`. ValueError if two offers share both code and coupon."""
    return OfferIndex(rank_offers(offers))


def keys_of(offer: Offer) -> set[Key]:
    """The offer cannot act where the cart has none of them; empty if nothing of the kind is known."""
    audience = _audience_keys(offer)
    if audience:
        return audience
    products = [_product_keys(benefit) for benefit in offer.benefits]
    return set().union(*products) if all(products) else set()


def _audience_keys(offer: Offer) -> set[Key]:
    """The first in the order of the kinds. Cards go before all: which are in play decides over other offers' price."""
    found: dict[int, set[Key]] = {}
    if offer.coupon is not None:
        found[CODE] = {(CODE, offer.coupon)}
    for condition in offer.conditions:
        if isinstance(condition, HoldsCard):
            found[CARD] = {(CARD, plan) for plan in condition.plans}
        elif isinstance(condition, InSegment):
            found[SEGMENT] = {(SEGMENT, segment) for segment in condition.segments}
        elif isinstance(condition, InTier):
            found[TIER] = {(TIER, tier) for tier in condition.tiers}
        elif isinstance(condition, CartContains):
            found[SKU] = {(SKU, sku) for sku in condition.skus} | _group_keys(condition.groups)
    return found[min(found)] if found else set()


def _product_keys(benefit: Benefit) -> set[Key]:
    if isinstance(benefit, GiftItem):
        return {(SKU, sku) for sku in benefit.skus} if benefit.how == FROM_CART else set()
    if isinstance(benefit, PointsMultiplier):
        return _group_keys(benefit.groups)
    if isinstance(benefit, BuyXGetY):
        return _target_keys(benefit.get_target or benefit.buy_target)
    return _target_keys(getattr(benefit, "target", None))


def _target_keys(target: Target | None) -> set[Key]:
    if isinstance(target, OfSkus):
        return {(SKU, sku) for sku in target.skus}
    return _group_keys(target.groups) if isinstance(target, InGroups | SomeUnits | OldStock) else set()


def _group_keys(groups: frozenset[str]) -> set[Key]:
    return {(GROUP, group) for group in groups}


def _names(cart: Cart, kind: int) -> Collection[str]:
    """What the cart has of the kind."""
    shopper = cart.shopper
    if kind == GROUP:
        return NO_CODES.union(*[line.groups for line in cart.lines])
    if kind == SKU:
        return {line.sku for line in cart.lines}
    return (shopper.cards, cart.codes, shopper.segments, shopper.tiers)[kind]
