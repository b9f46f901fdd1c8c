"""One run through the lanes, with the caps kept: what a set of offers makes of a cart."""

from collections.abc import Sequence
from dataclasses import dataclass

from pricing.basket import Basket
from pricing.caps import keep_caps
from pricing.claims import Claim, TurnedDown, reason_at_the_door
from pricing.lanes import run_lane
from pricing.refusals import Reason, Refusal
from pricing.values import Cart, Offer, Rules

NO_LANE = Reason(Refusal.NO_LANE)


@dataclass(slots=True)
class Outcome:
    """The claims in the order in which they acted, none of them empty, and the offers turned down."""

    basket: Basket
    claims: list[Claim]
    refused: list[TurnedDown]

    @property
    def payable(self) -> int:
        return sum(self.basket.left)


def calculate(
    cart: Cart, ranked: Sequence[Offer], rules: Rules, *, at: int, card_limit_bp: int | None = None
) -> Outcome:
    """`ranked` are offers by rank; each ends either among the claims or among the refused.

    `card_limit_bp` is the line limit of the card that counts.
    """
    basket = Basket(cart, at=at, rules=rules)
    refused: list[TurnedDown] = []
    waiting = _admit(ranked, basket, rules, refused)
    claims: list[Claim] = []
    kept, cut = 0, False
    for place, lane in enumerate(rules.lanes):
        if lane.after_caps and kept < len(claims):
            cut = keep_caps(claims, basket, rules, card_limit_bp=card_limit_bp)
            kept = len(claims)
        offers = waiting[place]
        if offers:
            claims += run_lane(lane.mode, offers, basket, place=place, refused=refused)
    if kept < len(claims):
        cut = keep_caps(claims, basket, rules, card_limit_bp=card_limit_bp) or cut
    if cut:
        claims = _drop_empty(claims, rules, refused)
    return Outcome(basket, claims, refused)


def _admit(
    ranked: Sequence[Offer], basket: Basket, rules: Rules, refused: list[TurnedDown]
) -> list[list[Offer]]:
    """The offers of each lane; those refused at the door join `refused`."""
    waiting: list[list[Offer]] = [[] for _ in rules.lanes]
    places, nowhere = rules.places, len(rules.lanes)
    counts_units = not rules.reuses_units
    for offer in ranked:
        place = places.get(offer.lane, nowhere)
        if offer.is_plain and place < nowhere:
            waiting[place].append(offer)
            continue
        reason = reason_at_the_door(offer, basket)
        if reason is None and place < nowhere:
            waiting[place].append(offer)
            counts_units = counts_units or offer.reuses_units is False
        else:
            refused.append((place, offer.rank, offer, reason or NO_LANE))
    if counts_units:
        basket.used = [0] * len(basket.units)
    return waiting


def _drop_empty(claims: Sequence[Claim], rules: Rules, refused: list[TurnedDown]) -> list[Claim]:
    """Without the slots, and then without the claims, that caps have cut to nothing."""
    for claim in claims:
        claim.taken = {slot: amount for slot, amount in claim.taken.items() if amount}
        if not claim.gives:
            reason = Reason(Refusal.CAPPED_TO_ZERO, capped_by=claim.capped_by)
            refused.append((rules.places[claim.offer.lane], claim.offer.rank, claim.offer, reason))
    return [claim for claim in claims if claim.gives]
