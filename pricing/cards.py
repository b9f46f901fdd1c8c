"""Of several club cards the best one for this order counts, and none that would make it dearer."""

from collections.abc import Sequence

from pricing.calculate import Outcome, calculate
from pricing.claims import TurnedDown
from pricing.conditions import HoldsCard
from pricing.refusals import Reason, Refusal
from pricing.values import NO_CODES, Cart, Offer, Rank, Rules


def calculate_with_best_card(cart: Cart, ranked: Sequence[Offer], rules: Rules, *, at: int) -> Outcome:
    """As `calculate`, tried once with the offers and the line limit of each card held, and once without any.

    The cheapest for the shopper is taken; of equal ones the card with the best ranked offer, and a card rather
    than none. What acts after the caps (delivery) stays whichever card counts.
    """
    held = cart.shopper.cards
    if not held:
        return calculate(cart, ranked, rules, at=at)
    with_plans = [(offer, plans_of(offer, rules)) for offer in ranked]
    in_play = dict.fromkeys([plan for _, plans in with_plans for plan in sorted(plans & held)])
    if not in_play:
        return calculate(cart, ranked, rules, at=at)
    runs = []
    for plan in [*in_play, None]:
        # Offers of cards that the shopper does not hold come in, and are refused for that.
        others = held - {plan}
        offers = [offer for offer, plans in with_plans if plan in plans or plans.isdisjoint(others)]
        limit_bp = None if plan is None else rules.card_limits_bp.get(plan)
        runs.append(calculate(cart, offers, rules, at=at, card_limit_bp=limit_bp))
    taken = min(runs, key=lambda outcome: outcome.payable)
    return Outcome(taken.basket, taken.claims, taken.refused + _stand_back(taken, runs, rules))


def plans_of(offer: Offer, rules: Rules) -> frozenset[str]:
    """The plans whose price effect the offer is: it asks for one of these cards and acts on the goods."""
    if not offer.conditions or offer.lane in rules.late:
        return NO_CODES
    asked = [condition.plans for condition in offer.conditions if isinstance(condition, HoldsCard)]
    return NO_CODES.union(*asked) if asked else NO_CODES


def _stand_back(taken: Outcome, runs: Sequence[Outcome], rules: Rules) -> list[TurnedDown]:
    """The offers that took no part in the run that was taken, each once."""
    decided = _decided(taken)
    best = next((each.offer.code for each in taken.claims if plans_of(each.offer, rules)), None)
    lost = Reason(Refusal.OTHER_OFFER_BETTER, better=best) if best else Reason(Refusal.CARD_LEFT_OUT)
    found: dict[Rank, TurnedDown] = {}
    for run in runs:
        for row in run.refused:
            if row[1] not in decided:
                found.setdefault(row[1], row)
        for offer in [claim.offer for claim in run.claims]:
            if offer.rank not in decided:
                found.setdefault(offer.rank, (rules.places[offer.lane], offer.rank, offer, lost))
    return list(found.values())


def _decided(outcome: Outcome) -> set[Rank]:
    return {claim.offer.rank for claim in outcome.claims} | {rank for _, rank, *_ in outcome.refused}
