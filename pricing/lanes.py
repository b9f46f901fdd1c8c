"""One step of the calculation: the offers of a lane act on what earlier lanes left."""

from collections.abc import Iterable, Sequence

from pricing.basket import Basket
from pricing.choose import choose
from pricing.claims import Claim, claim
from pricing.refusals import Reason, Refusal
from pricing.values import Mode, Offer

Judged = tuple[list[Claim], list[tuple[Offer, Reason]]]


def run_lane(mode: Mode, offers: Sequence[Offer], basket: Basket) -> Judged:
    """The claims of a lane in the order in which they acted, and the refusals. `offers` come by rank."""
    basket.begin_lane()
    return _compete(offers, basket) if mode is Mode.BEST else _act_in_turn(offers, basket)


def _act_in_turn(offers: Sequence[Offer], basket: Basket) -> Judged:
    acted: list[Claim] = []
    refused: list[tuple[Offer, Reason]] = []
    for offer in offers:
        found = claim(offer, basket)
        if isinstance(found, Reason):
            refused.append((offer, found))
        else:
            _apply(found, basket)
            acted.append(found)
    return acted, refused


def _compete(offers: Sequence[Offer], basket: Basket) -> Judged:
    claims: list[Claim] = []
    refused: list[tuple[Offer, Reason]] = []
    for offer in offers:
        found = claim(offer, basket)
        if isinstance(found, Reason):
            refused.append((offer, found))
        else:
            claims.append(found)
    winners = choose(claims)
    for winner in winners:
        _apply(winner, basket)
    chosen = {id(winner) for winner in winners}
    losers = [loser for loser in claims if id(loser) not in chosen]
    return winners, refused + [(loser.offer, _reason_to_lose(loser, winners)) for loser in losers]


def _reason_to_lose(loser: Claim, winners: Iterable[Claim]) -> Reason:
    better = next((winner for winner in winners if winner.wanted & loser.wanted), None)
    return Reason(Refusal.OTHER_OFFER_BETTER, better=better.offer.code if better else None)


def _apply(found: Claim, basket: Basket) -> None:
    for slot, amount in found.taken.items():
        basket.left[slot] -= amount
