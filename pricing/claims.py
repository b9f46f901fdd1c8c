"""What an offer would take off the basket as it stands, or why it would take nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pricing.basket import Basket, Reach
from pricing.refusals import Cap, Reason, Refusal
from pricing.sight import AddedGift, Given, Off, Perk, Sight
from pricing.values import Offer, Rank

# An offer that was turned down, with what it is ordered by: the place of its lane, then its rank.
TurnedDown = tuple[int, Rank, Offer, Reason]
Answer = Off | Given | Reason | None
NOT_PLAIN = (Given, Reason, type(None))
NOTHING_LEFT = Reason(Refusal.NOTHING_LEFT)
NO_TARGET = Reason(Refusal.NO_TARGET)


@dataclass(slots=True)
class Pooled:
    """The part of a claim that caps judge over all the units that earned it. `taken` is part of the claim's."""

    taken: dict[int, int]
    earned_by: Mapping[int, int]


class Claim:
    """What one offer takes off each slot, and what else it gives.

    `wanted` is a bit mask of the slots that it needs units of for itself: `needs` says how many of each, None all.
    An `is_fresh` one needs units that no offer has used.
    """

    __slots__ = ("capped", "capped_by", "is_fresh", "needs", "offer", "perks", "pooled", "taken", "wanted")

    def __init__(self, offer: Offer, taken: dict[int, int], wanted: int) -> None:
        self.offer = offer
        self.taken = taken
        self.wanted = wanted
        self.needs: dict[int, int] | None = None
        self.pooled: tuple[Pooled, ...] = ()
        self.perks: tuple[Perk, ...] = ()
        self.is_fresh = False
        self.capped = 0
        self.capped_by: Cap | None = None

    @property
    def total(self) -> int:
        """Money, with the price of the gifts that are added."""
        off = sum(self.taken.values())
        return off + gifts_worth(self.perks) if self.perks else off

    @property
    def gives(self) -> bool:
        """False once caps have cut all of it."""
        return bool(self.perks or self.taken)


def gifts_worth(perks: Iterable[Perk]) -> int:
    return sum(perk.gift.unit_price * perk.quantity for perk in perks if isinstance(perk, AddedGift))


def reason_at_the_door(offer: Offer, basket: Basket) -> Reason | None:
    """Why the offer is not for this shopper now. The holder comes first, so that strangers learn no more."""
    refusal = _wrong_person(offer, basket) or _wrong_time(offer, basket.at) or _nothing_left_of(offer)
    return None if refusal is None else Reason(refusal)


def _wrong_person(offer: Offer, basket: Basket) -> Refusal | None:
    if offer.coupon is not None and offer.coupon not in basket.cart.codes:
        return Refusal.CODE_REQUIRED
    if offer.holder is not None and offer.holder != basket.cart.shopper.customer:
        return Refusal.WRONG_CUSTOMER
    return None


def _wrong_time(offer: Offer, at: int) -> Refusal | None:
    if offer.starts_at is not None and at < offer.starts_at:
        return Refusal.NOT_STARTED
    if offer.ends_at is not None and at >= offer.ends_at:
        return Refusal.EXPIRED
    return None if offer.windows is None or _is_open(offer.windows, at) else Refusal.NOT_IN_WINDOW


def _nothing_left_of(offer: Offer) -> Refusal | None:
    if offer.uses_left is not None and offer.uses_left <= 0:
        return offer.used_up_as
    if offer.budget_left is not None and offer.budget_left <= 0:
        return Refusal.BUDGET_SPENT
    return None


def _is_open(windows: tuple[tuple[int, int], ...], at: int) -> bool:
    return any(starts_at <= at < ends_at for starts_at, ends_at in windows)


def claim(offer: Offer, basket: Basket, sight: Sight) -> Claim | Reason:
    """What the offer, whose conditions hold, takes off what is left now.

    `sight` is that of an offer which may have everything.
    """
    if offer.is_simple and (sight.is_usual or offer.reuses_units):
        sight.offer = offer
        given = offer.benefits[0].act(sight)
        found = (
            _join(offer, [given], sight)
            if isinstance(given, NOT_PLAIN)
            else _plain_claim(offer, given, sight)
        )
    else:
        found = _act_in_turn(offer, basket)
    if offer.budget_left is not None and isinstance(found, Claim) and found.total > offer.budget_left:
        return Reason(Refusal.BUDGET_SPENT)
    return found


def _plain_claim(offer: Offer, off: Off, sight: Sight) -> Claim | Reason:
    """What `_add` makes of it, in short: nothing is taken off a slot that has no room."""
    slots, amounts = off
    wanted = 0
    if sight.compares:
        left, least = sight.left, sight.basket.least
        taken = {}
        for place, slot in enumerate(slots):
            amount = amounts[place]
            if amount:
                taken[slot] = amount
                wanted |= 1 << slot
            elif left[slot] > least[slot]:
                wanted |= 1 << slot
    else:
        taken = dict(zip(slots, amounts, strict=True))
        if 0 in amounts:
            taken = {slot: amount for slot, amount in taken.items() if amount}
    return Claim(offer, taken, wanted) if taken else NOTHING_LEFT


def _act_in_turn(offer: Offer, basket: Basket) -> Claim | Reason:
    """Each benefit acts on what the one before it left, as far as the offer may see."""
    sight = Sight(basket, offer)
    if len(offer.benefits) > 1:
        sight.left = basket.left.copy()
    return _join(offer, (benefit.act(sight) for benefit in offer.benefits), sight)


def _join(offer: Offer, answers: Iterable[Answer], sight: Sight) -> Claim | Reason:
    found = Claim(offer, {}, 0)
    found.is_fresh = sight.is_fresh
    joined = [_add(found, answer, sight) for answer in answers]
    return found if found.taken or found.perks else _reason_for_nothing(joined)


def _reason_for_nothing(answers: Iterable[Answer]) -> Reason:
    """What a benefit says itself goes first."""
    said = next((answer for answer in answers if isinstance(answer, Reason)), None)
    met = any(answer is not None for answer in answers)
    return said or (NOTHING_LEFT if met else NO_TARGET)


def _add(found: Claim, answer: Answer, sight: Sight) -> Answer:
    """Joins what a benefit gives to the claim, so that the next one sees what is left; hands it back."""
    if answer is None or isinstance(answer, Reason):
        return answer
    given = Given(*answer)
    if given.perk is not None:
        found.perks += (given.perk,)
        return answer
    _want(found, given, sight)
    taken = found.taken
    for slot, amount in zip(given.slots, given.amounts, strict=True):
        if amount:
            taken[slot] = taken.get(slot, 0) + amount
            if sight.left is not sight.basket.left:
                sight.left[slot] -= amount
    if given.earned_by is not None:
        part = dict(zip(given.slots, given.amounts, strict=True))
        found.pooled += (Pooled(part, given.earned_by),)
    return answer


def _want(found: Claim, given: Given, sight: Sight) -> None:
    """An offer wants the slots of its target that something can still be taken off, and what it needs besides."""
    basket, left, least = sight.basket, sight.left, sight.basket.least
    open_slots = [slot for slot in given.slots if left[slot] > least[slot]]
    if given.units is None and given.needs is None and found.needs is None:
        for slot in open_slots:
            found.wanted |= 1 << slot
        return
    if found.needs is None:
        found.needs = {slot: basket.units[slot] for slot in range(len(left)) if found.wanted >> slot & 1}
    units = dict(zip(given.slots, given.units or sight.units_of(Reach(given.slots)), strict=True))
    needs = {slot: units[slot] for slot in open_slots} if given.needs is None else given.needs
    for slot, count in needs.items():
        # Two benefits may mean different units of one line.
        found.needs[slot] = min(basket.units[slot], found.needs.get(slot, 0) + count)
        found.wanted |= 1 << slot
