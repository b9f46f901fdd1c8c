"""What an offer may give, one class per kind. To add one, write its class here.

A benefit's amount is computed once on the whole of its target and then spread over the lines; what does
not fit under a product's lowest price moves to the other lines of the target. Benefits that name the price of a
unit judge each line by itself, and nothing moves.
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from pricing.basket import Reach
from pricing.earning_units import earning_units
from pricing.pair_units import pair_units
from pricing.pick_units import CHEAPEST, DEAREST, GIVES, Run, as_reach, count_units, pick, sort_units
from pricing.refusals import Reason, Refusal
from pricing.sight import AddedGift, Given, MorePoints, Multiplied, Off, Promised, Sight
from pricing.targets import WHOLE_ORDER
from pricing.values import NO_CODES, WHOLE_BP, Target, require

BY_SUBTOTAL, BY_QUANTITY = "subtotal", "quantity"
ADDED, FROM_CART = "added", "from_cart"


@dataclass(frozen=True, slots=True)
class PercentOff:
    """`rate_bp` of what is left of the target, or of its full price if `of_original`."""

    kind: ClassVar[str] = "percent_off"
    rate_bp: int
    target: Target = WHOLE_ORDER
    of_original: bool = False

    def __post_init__(self) -> None:
        require(0 < self.rate_bp <= WHOLE_BP, "a percent off is above 0 and at most 100 %")

    def act(self, sight: Sight) -> Off | Given | None:
        reach = self.target.reach(sight)
        slots, units = reach
        if not slots:
            return None
        if not self.of_original:
            amounts = sight.take_share(reach, self.rate_bp)
            return (slots, amounts) if units is None else sight.off(reach, amounts)
        prices = sight.full_prices(reach)
        amount = sight.basket.share(sum(prices), self.rate_bp)
        return sight.off(reach, sight.take(reach, amount, prices))


@dataclass(frozen=True, slots=True)
class AmountOff:
    """`amount` minor units off the target as a whole, spread over its lines by what is left of them."""

    kind: ClassVar[str] = "amount_off"
    amount: int
    target: Target = WHOLE_ORDER

    def __post_init__(self) -> None:
        require(self.amount > 0, "an amount off is above 0")

    def act(self, sight: Sight) -> Off | Given | None:
        reach = self.target.reach(sight)
        if not reach.slots:
            return None
        return sight.off(reach, sight.take(reach, self.amount, sight.worths(reach)))


@dataclass(frozen=True, slots=True)
class AmountOffEach:
    """`amount` minor units off every unit of the target, as far as the unit's own price goes."""

    kind: ClassVar[str] = "amount_off_each"
    amount: int
    target: Target = WHOLE_ORDER

    def __post_init__(self) -> None:
        require(self.amount > 0, "an amount off is above 0")

    def act(self, sight: Sight) -> Off | Given | None:
        reach = self.target.reach(sight)
        if not reach.slots:
            return None
        wishes = [self.amount * units for units in sight.units_of(reach)]
        amounts = list(map(min, wishes, sight.rooms(reach)))
        return sight.off(reach, amounts)


@dataclass(frozen=True, slots=True)
class FixedUnitPrice:
    """Every unit of the target costs `price` minor units at most."""

    kind: ClassVar[str] = "fixed_unit_price"
    price: int
    target: Target = WHOLE_ORDER

    def __post_init__(self) -> None:
        require(self.price >= 0, "a unit price cannot be negative")

    def act(self, sight: Sight) -> Off | Given | None:
        reach = self.target.reach(sight)
        if not reach.slots:
            return None
        fixed = [self.price * units for units in sight.units_of(reach)]
        amounts = [
            max(0, min(worth - kept, room))
            for worth, kept, room in zip(sight.worths(reach), fixed, sight.rooms(reach), strict=True)
        ]
        return sight.off(reach, amounts)


@dataclass(frozen=True, slots=True)
class NForPrice:
    """Every `quantity` units of the target cost `price` together, at most `times_max` times.

    The dearest units are put together first, and none that would cost less by themselves.
    """

    kind: ClassVar[str] = "n_for_price"
    quantity: int
    price: int
    target: Target = WHOLE_ORDER
    times_max: int | None = None

    def __post_init__(self) -> None:
        require(self.quantity >= 1, "a package has at least 1 unit")
        require(self.price >= 0, "a package's price cannot be negative")
        require(self.times_max is None or self.times_max >= 1, "a package is given at least once")

    def act(self, sight: Sight) -> Given | Reason | None:
        target = self.target.reach(sight)
        runs = sort_units(sight, target, DEAREST)
        if not runs:
            return _nothing(target)
        most = count_units(runs) // self.quantity
        if not most:
            return _too_few(self.quantity - count_units(runs))
        times = self._times(sight, runs, most if self.times_max is None else min(most, self.times_max))
        picked = pick(runs, times * self.quantity)
        reach = as_reach(picked)
        worths = sight.worths(reach)
        amount = max(0, sum(worths) - times * self.price)
        return Given(reach.slots, sight.take(reach, amount, worths), reach.units, earned_by=picked)

    def _times(self, sight: Sight, runs: list[Run], most: int) -> int:
        """How many packages cost more by themselves: each is cheaper than the one before it."""
        low, high = 0, most
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._pays(sight, runs, middle) else (low, middle - 1)
        return low

    def _pays(self, sight: Sight, runs: list[Run], times: int) -> bool:
        with_it, before = times * self.quantity, (times - 1) * self.quantity
        worth = sum(sight.worths(as_reach(pick(runs, with_it))))
        return worth - sum(sight.worths(as_reach(pick(runs, before)))) > self.price


@dataclass(frozen=True, slots=True)
class BuyXGetY:
    """For every `buy` units of `buy_target`, `get` units of `get_target` (None: the same goods) at `rate_bp` off,
    at most `times_max` times. Bought and given are different units.

    The cheapest or dearest that can be given are; what they are bought with are the dearest of the others.
    """

    kind: ClassVar[str] = "buy_x_get_y"
    buy: int
    get: int
    buy_target: Target = WHOLE_ORDER
    get_target: Target | None = None
    rate_bp: int = WHOLE_BP
    give: str = CHEAPEST
    times_max: int | None = None

    def __post_init__(self) -> None:
        require(self.buy >= 1 and self.get >= 1, "at least 1 unit is bought and 1 given")
        require(0 < self.rate_bp <= WHOLE_BP, "a percent off is above 0 and at most 100 %")
        require(self.give in GIVES, "the cheapest or the dearest are given")
        require(self.times_max is None or self.times_max >= 1, "it is given at least once")

    def act(self, sight: Sight) -> Given | Reason | None:
        bought = sort_units(sight, self.buy_target.reach(sight), DEAREST)
        get_target = (self.get_target or self.buy_target).reach(sight)
        given = sort_units(sight, get_target, self.give)
        if not given:
            return _nothing(get_target)
        paired = pair_units(bought, given, buy=self.buy, get=self.get, times_max=self.times_max)
        if isinstance(paired, int):
            return _too_few(paired)
        reach = as_reach(paired.given)
        amounts = sight.take_share(reach, self.rate_bp)
        return Given(reach.slots, amounts, reach.units, needs=paired.kept, earned_by=paired.kept)


@dataclass(frozen=True, slots=True)
class CheapestFree:
    """The cheapest (or dearest) unit of the target is free."""

    kind: ClassVar[str] = "cheapest_free"
    target: Target = WHOLE_ORDER
    give: str = CHEAPEST

    def __post_init__(self) -> None:
        require(self.give in GIVES, "the cheapest or the dearest is given")

    def act(self, sight: Sight) -> Given | None:
        target = self.target.reach(sight)
        runs = sort_units(sight, target, self.give)
        if not runs:
            return _nothing(target)
        reach = as_reach(pick(runs, 1))
        amounts = sight.take_share(reach, WHOLE_BP)
        return Given(reach.slots, amounts, reach.units, earned_by=pick(runs, count_units(runs)))


class Step(NamedTuple):
    """`at_least` is minor units or a number of units, as the benefit says."""

    at_least: int
    rate_bp: int


@dataclass(frozen=True, slots=True)
class PercentByThreshold:
    """Off the target the percent of the highest step that it reaches; exactly the step is enough.

    By "subtotal", judged as the lane began, or by "quantity".
    """

    kind: ClassVar[str] = "percent_by_threshold"
    steps: tuple[Step, ...]
    by: str = BY_SUBTOTAL
    target: Target = WHOLE_ORDER

    def __post_init__(self) -> None:
        require(bool(self.steps), "at least one step")
        require(all(0 < step.rate_bp <= WHOLE_BP for step in self.steps), "a step is above 0 to 100 %")
        require(self.by in (BY_SUBTOTAL, BY_QUANTITY), "steps are by subtotal or by quantity")

    def act(self, sight: Sight) -> Off | Given | Reason | None:
        reach = self.target.reach(sight)
        if not reach.slots:
            return None
        by_quantity = self.by == BY_QUANTITY
        reached = sum(sight.units_of(reach)) if by_quantity else sight.worth_at_lane_start(reach)
        step = max((step for step in self.steps if step.at_least <= reached), default=None)
        if step is None:
            missing = min(step.at_least for step in self.steps) - reached
            return Reason(Refusal.BELOW_QUANTITY if by_quantity else Refusal.BELOW_MINIMUM, missing=missing)
        return sight.off(reach, sight.take_share(reach, step.rate_bp))


@dataclass(frozen=True, slots=True)
class DeliveryPercentOff:
    """`rate_bp` of what is left of the delivery fee."""

    kind: ClassVar[str] = "delivery_percent_off"
    rate_bp: int

    def __post_init__(self) -> None:
        require(0 < self.rate_bp <= WHOLE_BP, "a percent off delivery is above 0 and at most 100 %")

    def act(self, sight: Sight) -> Off | None:
        slots = sight.basket.delivery_slots()
        return (slots, sight.take_share(Reach(slots), self.rate_bp)) if slots else None


@dataclass(frozen=True, slots=True)
class DeliveryFixedPrice:
    """Delivery costs `price` minor units at most; 0 is free delivery."""

    kind: ClassVar[str] = "delivery_fixed_price"
    price: int = 0

    def __post_init__(self) -> None:
        require(self.price >= 0, "a delivery price cannot be negative")

    def act(self, sight: Sight) -> Off | None:
        slots = sight.basket.delivery_slots()
        return (slots, [max(0, sight.left[slot] - self.price) for slot in slots]) if slots else None


@dataclass(frozen=True, slots=True)
class GiftItem:
    """`quantity` units of the first of `skus` that can be had: "added", or as many as there are "from_cart"."""

    kind: ClassVar[str] = "gift_item"
    skus: tuple[str, ...]
    quantity: int = 1
    how: str = ADDED

    def __post_init__(self) -> None:
        require(bool(self.skus), "at least one gift is named")
        require(self.quantity >= 1, "at least 1 unit is given")
        require(self.how in (ADDED, FROM_CART), "a gift is added or taken from the cart")

    def act(self, sight: Sight) -> Given | Reason | None:
        return self._add(sight) if self.how == ADDED else self._free(sight)

    def _add(self, sight: Sight) -> Given | Reason | None:
        if not sight.basket.cart.lines:
            return None
        gifts = sight.basket.cart.gifts
        sku = next((sku for sku in self.skus if sku in gifts), None)
        if sku is None:
            return Reason(Refusal.GIFT_NOT_AVAILABLE)
        earned_by = earning_units(sight.offer, sight.basket)
        return Given(perk=AddedGift(gifts[sku], self.quantity, earned_by))

    def _free(self, sight: Sight) -> Given | None:
        lines = sight.basket.cart.lines
        in_cart = sight.lines_in(NO_CODES)
        for sku in self.skus:
            slots = [slot for slot in in_cart.slots if lines[slot].sku == sku]
            if slots:
                runs = sort_units(sight, sight.whole(slots), CHEAPEST)
                picked = pick(runs, self.quantity)
                reach = as_reach(picked)
                earned_by = picked | earning_units(sight.offer, sight.basket)
                return Given(reach.slots, sight.take_share(reach, WHOLE_BP), reach.units, earned_by=earned_by)
        return None


@dataclass(frozen=True, slots=True)
class PointsMultiplier:
    """What the lines (of `groups`, if named) earn is multiplied by `factor_bp`: 20 000 is double."""

    kind: ClassVar[str] = "points_multiplier"
    factor_bp: int
    groups: frozenset[str] = NO_CODES

    def __post_init__(self) -> None:
        require(self.factor_bp > WHOLE_BP, "points are multiplied by more than 1")

    def act(self, sight: Sight) -> Given | None:
        places = sight.basket.places_in(self.groups)
        return Given(perk=Multiplied(self.factor_bp, places)) if places else None


@dataclass(frozen=True, slots=True)
class ExtraPoints:
    """`points` for the order, besides what it earns."""

    kind: ClassVar[str] = "extra_points"
    points: int

    def __post_init__(self) -> None:
        require(self.points >= 1, "at least 1 point is given")

    def act(self, sight: Sight) -> Given | None:
        return Given(perk=MorePoints(self.points)) if sight.basket.cart.lines else None


@dataclass(frozen=True, slots=True)
class NextCoupon:
    """A coupon of `campaign` for the next order. A guest can hold none, so none is promised to one."""

    kind: ClassVar[str] = "next_coupon"
    campaign: str

    def act(self, sight: Sight) -> Given | Reason | None:
        if not sight.basket.cart.lines:
            return None
        if sight.basket.cart.shopper.customer is None:
            return Reason(Refusal.NOT_REGISTERED)
        return Given(perk=Promised(self.campaign))


def _nothing(target: Reach) -> Given | None:
    """For a target of which nothing is left, if it is there at all."""
    return Given() if target.slots else None


def _too_few(missing: int) -> Reason:
    return Reason(Refusal.BELOW_QUANTITY, missing=missing)
