"""One run through the lanes, with the caps kept: what a set of offers makes of a cart."""

from collections.abc import Sequence
from dataclasses import dataclass

from pricing.basket import Basket
from pricing.caps import keep_caps
from pricing.claims import Claim, reason_at_the_door
from pricing.lanes import run_lane
from pricing.refusals import Reason, Refusal
from pricing.values import Cart, Offer, Rules


@dataclass(frozen=True, slots=True)
class Outcome:
    """The claims in the order in which they acted, none of them empty, and the offers turned down."""

    basket: Basket
    claims: list[Claim]
    refused: list[tuple[Offer, Reason]]

    @property
    def payable(self) -> int:
        return sum(self.basket.left)


def calculate(
    cart: Cart, ranked: Sequence[Offer], rules: Rules, *, at: int, card_limit_bp: int | None = None
) -> Outcome:
    """`ranked` are offers by rank; each ends either among the claims or among the refused.

    `card_limit_bp` is the line limit of the card that counts.
    """
    basket = Basket(cart, at=at)
    waiting, refused = _admit(ranked, basket, rules)
    claims: list[Claim] = []
    for late in (False, True):
        for lane in rules.lanes:
            if lane.after_caps is late and waiting[lane.code]:
                acted, turned_down = run_lane(lane.mode, waiting[lane.code], basket)
                claims += acted
                refused += turned_down
        keep_caps(claims, basket, rules, card_limit_bp=card_limit_bp)
    for claim in claims:
        if not claim.total:
            refused.append((claim.offer, Reason(Refusal.CAPPED_TO_ZERO, capped_by=claim.capped_by)))
    return Outcome(basket, [claim for claim in claims if claim.total], refused)


def _admit(
    ranked: Sequence[Offer], basket: Basket, rules: Rules
) -> tuple[dict[str, list[Offer]], list[tuple[Offer, Reason]]]:
    """The offers by lane, and those refused at the door."""
    waiting: dict[str, list[Offer]] = {lane.code: [] for lane in rules.lanes}
    refused: list[tuple[Offer, Reason]] = []
    for offer in ranked:
        reason = reason_at_the_door(offer, basket)
        if reason is None and offer.lane not in waiting:
            reason = Reason(Refusal.NO_LANE)
        if reason is None:
            waiting[offer.lane].append(offer)
        else:
            refused.append((offer, reason))
    return waiting, refused
