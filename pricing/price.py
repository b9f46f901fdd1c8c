"""From a cart, the offers and the store's rules to a quote. See `price`."""

from collections.abc import Iterable, Sequence

from pricing.build_many import build_many
from pricing.calculate import Outcome
from pricing.cards import calculate_with_best_card
from pricing.claims import TurnedDown
from pricing.index import OfferIndex, compile_offers, rank_offers
from pricing.refusals import Reason, Refusal
from pricing.values import Cart, Offer, Quote, Refused, Rules
from pricing.write_quote import write_quote

ALL, NEAR = "all", "near"


def price(
    cart: Cart, offers: Iterable[Offer] | OfferIndex, rules: Rules, *, at: int, explain: str = ALL
) -> Quote:
    """What the cart costs at the moment `at` (epoch seconds), and what became of every offer.

    Every offer considered, and every code in the cart that no offer carries, is applied or refused exactly once.
    The order of offers and codes does not matter. With `explain` "near" the offers are not considered that the
    index rules out: the quote is the same, without their refusals. ValueError if two offers share both code
    and coupon.
    """
    if explain not in (ALL, NEAR):
        raise ValueError("explain all offers, or those that are near")
    if explain == NEAR and not isinstance(offers, OfferIndex):
        offers = compile_offers(offers)
    if isinstance(offers, OfferIndex):
        ranked = offers.that_can_matter(cart) if explain == NEAR else offers.all_offers()
        unknown = offers.unknown(cart.codes)
        return _price(cart, ranked, rules, at=at, unknown=unknown, may_exclude=offers.has_exclusive)
    ranked = rank_offers(offers)
    unknown = cart.codes - {offer.coupon for offer in ranked}
    return _price(cart, ranked, rules, at=at, unknown=unknown)


def _price(
    cart: Cart,
    ranked: Sequence[Offer],
    rules: Rules,
    *,
    at: int,
    unknown: frozenset[str],
    may_exclude: bool = True,
) -> Quote:
    """`may_exclude`: there may be exclusive offers."""
    exclusive = [offer for offer in ranked if offer.exclusive] if may_exclude else []
    together = [offer for offer in ranked if not offer.exclusive] if exclusive else ranked
    taken = calculate_with_best_card(cart, together, rules, at=at)
    refused = taken.refused
    if exclusive:
        outcomes = [taken]
        outcomes += [calculate_with_best_card(cart, [offer], rules, at=at) for offer in exclusive]
        taken = _pick(outcomes, rules)
        refused = taken.refused + [
            row for outcome in outcomes if outcome is not taken for row in _stand_back(outcome, taken, rules)
        ]
    told = build_many(Refused, [row[2].names + row[3] for row in sorted(refused)])
    # The codes that no offer carries.
    told += [Refused("", code, Refusal.UNKNOWN_CODE) for code in sorted(unknown)]
    return write_quote(taken.basket, taken.claims, told, rules)


def _pick(outcomes: Sequence[Outcome], rules: Rules) -> Outcome:
    """The first outcome has all the offers that go together, each other has one exclusive offer, by rank.

    The cheapest is taken, of equal ones the first that gives anything; or, if the store says so, the first
    exclusive offer that gives anything.
    """
    if rules.exclusive_first:
        for alone in outcomes[1:]:
            if alone.claims:
                return alone
    return min(outcomes, key=lambda outcome: (outcome.payable, not outcome.claims))


def _stand_back(outcome: Outcome, taken: Outcome, rules: Rules) -> list[TurnedDown]:
    """The offers of an outcome that was not taken: those that would have given something could not join."""
    better = taken.claims[0].offer.code if taken.claims else None
    reason = Reason(Refusal.NOT_COMBINABLE, better=better)
    offers = [claim.offer for claim in outcome.claims]
    return outcome.refused + [(rules.places[offer.lane], offer.rank, offer, reason) for offer in offers]
