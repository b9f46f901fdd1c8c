"""From a cart, the offers and the store's rules to a quote. See `price`."""

from collections.abc import Sequence

from pricing.calculate import Outcome
from pricing.cards import calculate_with_best_card
from pricing.refusals import Reason, Refusal
from pricing.values import Cart, Offer, Quote, Refused, Rules
from pricing.write_quote import write_quote


def price(cart: Cart, offers: Sequence[Offer], rules: Rules, *, at: int) -> Quote:
    """What the cart costs at the moment `at` (epoch seconds), and what became of every offer.

    Every offer, and every code in the cart that no offer carries, is applied or refused exactly once. The
    order of offers and codes does not matter. ValueError if two offers share both code and coupon.
    """
    ranked = sorted(offers, key=lambda offer: offer.rank)
    if len({(offer.code, offer.coupon) for offer in ranked}) < len(ranked):
        raise ValueError("two offers share both code and coupon")
    together = [offer for offer in ranked if not offer.exclusive]
    outcomes = [calculate_with_best_card(cart, together, rules, at=at)]
    outcomes += [calculate_with_best_card(cart, [offer], rules, at=at) for offer in ranked if offer.exclusive]
    taken = _pick(outcomes, rules)
    refused = taken.refused + [
        pair for outcome in outcomes if outcome is not taken for pair in _stand_back(outcome, taken)
    ]
    return write_quote(
        taken.basket, taken.claims, _in_order(refused, rules) + _strangers(cart, ranked), rules
    )


def _pick(outcomes: Sequence[Outcome], rules: Rules) -> Outcome:
    """The first outcome has all the offers that go together, each other has one exclusive offer, by rank.

    The cheapest is taken, of equal ones the first; or, if the store says so, the first exclusive offer that
    gives anything.
    """
    if rules.exclusive_first:
        for alone in outcomes[1:]:
            if alone.claims:
                return alone
    return min(outcomes, key=lambda outcome: outcome.payable)


def _stand_back(outcome: Outcome, taken: Outcome) -> list[tuple[Offer, Reason]]:
    """The offers of an outcome that was not taken: those that would have given something could not join."""
    better = taken.claims[0].offer.code if taken.claims else None
    reason = Reason(Refusal.NOT_COMBINABLE, better=better)
    return outcome.refused + [(claim.offer, reason) for claim in outcome.claims]


def _in_order(refused: Sequence[tuple[Offer, Reason]], rules: Rules) -> list[Refused]:
    """By lane, then rank, whatever the step in which an offer was turned down."""
    places = {lane.code: place for place, lane in enumerate(rules.lanes)}
    ordered = sorted(
        refused, key=lambda pair: (places.get(pair[0].lane, len(places)), pair[0].lane, pair[0].rank)
    )
    return [
        Refused(
            offer=offer.code,
            coupon=offer.coupon,
            refusal=reason.refusal,
            missing=reason.missing,
            better=reason.better,
            capped_by=reason.capped_by,
        )
        for offer, reason in ordered
    ]


def _strangers(cart: Cart, offers: Sequence[Offer]) -> list[Refused]:
    """The codes that no offer carries."""
    unknown = cart.codes - {offer.coupon for offer in offers}
    return [Refused(offer="", coupon=code, refusal=Refusal.UNKNOWN_CODE) for code in sorted(unknown)]
