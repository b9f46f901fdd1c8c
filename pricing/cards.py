"""Of several club cards the best one for this order counts, and none that would make it dearer."""

from collections.abc import Sequence
from dataclasses import replace

from pricing.calculate import Outcome, calculate
from pricing.conditions import HoldsCard
from pricing.refusals import Reason, Refusal
from pricing.values import NO_CODES, Cart, Offer, Rules


def calculate_with_best_card(cart: Cart, ranked: Sequence[Offer], rules: Rules, *, at: int) -> Outcome:
    """As `calculate`, tried once with the offers and the line limit of each card held, and once without any.

    The cheapest for the shopper is taken; of equal ones the card with the best ranked offer, and a card rather
    than none. What acts after the caps (delivery) stays whichever card counts.
    """
    plans = _plans_in_play(cart, ranked, rules)
    if not plans:
        return calculate(cart, ranked, rules, at=at)
    runs = [_run(cart, ranked, rules, plan=plan, at=at) for plan in plans]
    runs.append(_run(cart, ranked, rules, plan=None, at=at))
    taken = min(runs, key=lambda outcome: outcome.payable)
    return replace(taken, refused=taken.refused + _stand_back(taken, runs, rules))


def plans_of(offer: Offer, rules: Rules) -> frozenset[str]:
    """The plans whose price effect the offer is: it asks for one of these cards and acts on the goods."""
    late = {lane.code for lane in rules.lanes if lane.after_caps}
    asked = [condition.plans for condition in offer.conditions if isinstance(condition, HoldsCard)]
    return frozenset[str]().union(*asked) if asked and offer.lane not in late else NO_CODES


def _plans_in_play(cart: Cart, ranked: Sequence[Offer], rules: Rules) -> list[str]:
    """The cards held that could change the price, by the rank of their first offer."""
    held = cart.shopper.cards
    if not held:
        return []
    found: dict[str, None] = {}
    for offer in ranked:
        found |= dict.fromkeys(sorted(plans_of(offer, rules) & held))
    return list(found)


def _run(cart: Cart, ranked: Sequence[Offer], rules: Rules, *, plan: str | None, at: int) -> Outcome:
    """With the one card `plan`: the offers of the other cards held stay out, and its limit holds on every line."""
    others = cart.shopper.cards - {plan}
    offers = [offer for offer in ranked if _is_in(plans_of(offer, rules), plan=plan, others=others)]
    limit_bp = None if plan is None else rules.card_limits_bp.get(plan)
    return calculate(cart, offers, rules, at=at, card_limit_bp=limit_bp)


def _is_in(plans: frozenset[str], *, plan: str | None, others: frozenset[str]) -> bool:
    """Offers of cards that the shopper does not hold come in, and are refused for that."""
    return plan in plans or plans.isdisjoint(others)


def _stand_back(taken: Outcome, runs: Sequence[Outcome], rules: Rules) -> list[tuple[Offer, Reason]]:
    """The offers that took no part in the run that was taken, each once."""
    decided = _decided(taken)
    best = next((each.offer.code for each in taken.claims if plans_of(each.offer, rules)), None)
    lost = Reason(Refusal.OTHER_OFFER_BETTER, better=best) if best else Reason(Refusal.CARD_LEFT_OUT)
    found: list[tuple[Offer, Reason]] = []
    for run in runs:
        new = [pair for pair in run.refused if pair[0].rank not in decided]
        new += [(each.offer, lost) for each in run.claims if each.offer.rank not in decided]
        decided |= {offer.rank for offer, _ in new}
        found += new
    return found


def _decided(outcome: Outcome) -> set[tuple[int, int, str, str]]:
    return {each.offer.rank for each in outcome.claims} | {offer.rank for offer, _ in outcome.refused}
