"""One step of the calculation: the offers of a lane act on what earlier lanes left."""

from collections.abc import Iterable, Sequence

from pricing.basket import Basket
from pricing.choose import choose
from pricing.claims import Claim, TurnedDown, claim
from pricing.refusals import Reason, Refusal
from pricing.sight import Sight
from pricing.values import Mode, Offer

IN_TURN = Mode.ALL


def run_lane(
    mode: Mode, offers: Sequence[Offer], basket: Basket, *, place: int, refused: list[TurnedDown]
) -> list[Claim]:
    """The claims of the lane at `place` in the order in which they acted; refusals join `refused`.

    `offers` come by rank.
    """
    basket.begin_lane()
    qualified = _qualify(offers, basket, place=place, refused=refused)
    act = _act_in_turn if mode is IN_TURN else _compete
    return act(qualified, basket, place=place, refused=refused)


def _qualify(
    offers: Sequence[Offer], basket: Basket, *, place: int, refused: list[TurnedDown]
) -> list[Offer]:
    """Those whose conditions hold, all judged before any of them acts."""
    qualified = []
    for offer in offers:
        for condition in offer.conditions:
            reason = condition.reason_against(basket)
            if reason is not None:
                refused.append((place, offer.rank, offer, reason))
                break
        else:
            qualified.append(offer)
    return qualified


def _act_in_turn(
    offers: Sequence[Offer], basket: Basket, *, place: int, refused: list[TurnedDown]
) -> list[Claim]:
    acted: list[Claim] = []
    sight = Sight(basket, compares=basket.used is not None)
    for offer in offers:
        found = claim(offer, basket, sight)
        if isinstance(found, Claim):
            acted.append(found)
            _apply([found], basket)
        else:
            refused.append((place, offer.rank, offer, found))
    return acted


def _compete(
    offers: Sequence[Offer], basket: Basket, *, place: int, refused: list[TurnedDown]
) -> list[Claim]:
    claims: list[Claim] = []
    sight = Sight(basket, compares=len(offers) > 1 or basket.used is not None)
    for offer in offers:
        found = claim(offer, basket, sight)
        if isinstance(found, Claim):
            claims.append(found)
        else:
            refused.append((place, offer.rank, offer, found))
    winners = choose(claims, basket.units, basket.used) if len(claims) > 1 else claims
    _apply(winners, basket)
    if len(winners) < len(claims):
        chosen = {id(winner) for winner in winners}
        for loser in claims:
            if id(loser) not in chosen:
                refused.append((place, loser.offer.rank, loser.offer, _reason_to_lose(loser, winners)))
    return winners


def _reason_to_lose(loser: Claim, winners: Iterable[Claim]) -> Reason:
    better = next((winner for winner in winners if winner.wanted & loser.wanted), None)
    return Reason(Refusal.OTHER_OFFER_BETTER, better=better.offer.code if better else None)


def _apply(claims: Iterable[Claim], basket: Basket) -> None:
    left, used = basket.left, basket.used
    for found in claims:
        for slot, amount in found.taken.items():
            left[slot] -= amount
        if used is not None:
            _use_units(found, basket, used)


def _use_units(found: Claim, basket: Basket, used: list[int]) -> None:
    """Delivery has no units that could be used up."""
    for slot in range(basket.delivery_slot):
        if found.wanted >> slot & 1:
            mine = basket.units[slot] if found.needs is None else found.needs[slot]
            used[slot] = min(basket.units[slot], used[slot] + mine)
