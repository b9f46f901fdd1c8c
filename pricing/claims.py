"""What an offer would take off the basket as it stands, or why it would take nothing."""

from dataclasses import dataclass

from pricing.basket import Basket
from pricing.refusals import Cap, Reason, Refusal
from pricing.values import Offer


@dataclass(slots=True)
class Claim:
    """What one offer takes off each slot. `wanted` is a bit mask of the slots that it needs for itself."""

    offer: Offer
    taken: dict[int, int]
    wanted: int
    capped: int = 0
    capped_by: Cap | None = None

    @property
    def total(self) -> int:
        return sum(self.taken.values())


def reason_at_the_door(offer: Offer, basket: Basket) -> Reason | None:
    """Why the offer is not for this shopper now. The holder comes first, so that strangers learn no more."""
    shopper, at = basket.cart.shopper, basket.at
    checks = (
        (offer.coupon is not None and offer.coupon not in basket.cart.codes, Refusal.CODE_REQUIRED),
        (offer.holder is not None and offer.holder != shopper.customer, Refusal.WRONG_CUSTOMER),
        (offer.starts_at is not None and at < offer.starts_at, Refusal.NOT_STARTED),
        (offer.ends_at is not None and at >= offer.ends_at, Refusal.EXPIRED),
        (offer.uses_left is not None and offer.uses_left <= 0, Refusal.USED_UP),
        (offer.budget_left is not None and offer.budget_left <= 0, Refusal.BUDGET_SPENT),
    )
    for fails, refusal in checks:
        if fails:
            return Reason(refusal)
    return None


def claim(offer: Offer, basket: Basket) -> Claim | Reason:
    """What the offer takes off what is left now, its conditions judged as of the lane's start."""
    for condition in offer.conditions:
        reason = condition.reason_against(basket)
        if reason is not None:
            return reason
    found = _take(offer, basket)
    if not found.wanted and not any(benefit.wanted(basket) for benefit in offer.benefits):
        return Reason(Refusal.NO_TARGET)
    if not found.taken:
        return Reason(Refusal.NOTHING_LEFT)
    if offer.budget_left is not None and found.total > offer.budget_left:
        return Reason(Refusal.BUDGET_SPENT)
    return found


def _take(offer: Offer, basket: Basket) -> Claim:
    """The offer's benefits act in turn, each on what the one before it left.

    The offer wants the slots of its targets that something can still be taken off.
    """
    found = Claim(offer, {}, 0)
    taken, least, left = found.taken, basket.least, basket.left.copy()
    for benefit in offer.benefits:
        slots = benefit.wanted(basket)
        for slot, amount in zip(slots, benefit.amounts(basket, slots, left), strict=True):
            if left[slot] > least[slot]:
                found.wanted |= 1 << slot
            if amount:
                taken[slot] = taken.get(slot, 0) + amount
                left[slot] -= amount
    return found
