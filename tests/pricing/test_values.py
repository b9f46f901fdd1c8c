"""Values that make no sense are refused with a sentence; the last that make sense are taken."""

from collections.abc import Callable
from typing import Any

import pytest

from pricing.benefits import (
    AmountOff,
    AmountOffEach,
    BuyXGetY,
    CheapestFree,
    DeliveryFixedPrice,
    DeliveryPercentOff,
    ExtraPoints,
    FixedUnitPrice,
    GiftItem,
    NForPrice,
    PercentByThreshold,
    PercentOff,
    PointsMultiplier,
    Step,
)
from pricing.conditions import NthOrder, WeekdayHours
from pricing.earn import PaidLine
from pricing.earn_terms import EarnRule
from pricing.pay_by_balances import Balance
from pricing.pay_by_points import PointsTerms
from pricing.targets import InGroups, PriceBand, SomeUnits
from pricing.values import Cart, Gift, Lane, Line, Mode, Rules

ALL_LANE = Lane("a", Mode.ALL)
LATE_LANE = Lane("a", Mode.ALL, after_caps=True)
TEA = frozenset({"tea"})
DAYS: frozenset[int] = frozenset()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Line("mug", 0, 100), "a line needs a quantity of at least 1"),
        (lambda: Line("mug", 1, -1), "a line's unit price cannot be negative"),
        (lambda: Line("mug", 1, 1, lowest_price=-1), "a lowest price cannot be negative"),
        (lambda: Line("mug", 1, 1, cost=-1), "a cost cannot be negative"),
        (lambda: Line("mug", 1, 1, tax_bp=-1), "a tax rate cannot be negative"),
        (lambda: Gift("cup", -1), "a gift's unit price cannot be negative"),
        (lambda: Gift("cup", 1, cost=-1), "a gift's cost cannot be negative"),
        (lambda: Gift("cup", 1, tax_bp=-1), "a tax rate cannot be negative"),
        (lambda: Cart((), delivery=-1), "a delivery fee cannot be negative"),
        (lambda: EarnRule(-1, 100), "an earning rule cannot take points"),
        (lambda: EarnRule(1, 0), "an earning rule needs an amount of at least 1 minor unit"),
        (lambda: Rules(line_cap_bp=-1), "a line cap is 0 to 100 %"),
        (lambda: Rules(line_cap_bp=10_001), "a line cap is 0 to 100 %"),
        (lambda: Rules(card_limits_bp={"vip": -1}), "a card's line limit is 0 to 100 %"),
        (lambda: Rules(card_limits_bp={"vip": 10_001}), "a card's line limit is 0 to 100 %"),
        (lambda: Rules(margin_floor_bp=-1), "a margin floor is at least 0 and under 100 %"),
        (lambda: Rules(margin_floor_bp=10_000), "a margin floor is at least 0 and under 100 %"),
        (lambda: Rules(lanes=(ALL_LANE, ALL_LANE)), "two lanes share a code"),
        (lambda: Rules(lanes=(LATE_LANE, Lane("b", Mode.ALL))), "lanes after the caps come last"),
        (lambda: Rules(rounding="up"), "rounding is half_up or down"),
        (lambda: Rules(leftover="middle"), "a left-over cent goes to the largest, the first or the last"),
        (lambda: Rules(multiplier_cap_bp=9_999), "a cap of multipliers is at least 100 %"),
        (lambda: PercentOff(0), "a percent off is above 0 and at most 100 %"),
        (lambda: PercentOff(10_001), "a percent off is above 0 and at most 100 %"),
        (lambda: AmountOff(0), "an amount off is above 0"),
        (lambda: AmountOffEach(0), "an amount off is above 0"),
        (lambda: FixedUnitPrice(-1), "a unit price cannot be negative"),
        (lambda: NForPrice(0, 5), "a package has at least 1 unit"),
        (lambda: NForPrice(1, -1), "a package's price cannot be negative"),
        (lambda: NForPrice(1, 5, times_max=0), "a package is given at least once"),
        (lambda: BuyXGetY(0, 1), "at least 1 unit is bought and 1 given"),
        (lambda: BuyXGetY(1, 0), "at least 1 unit is bought and 1 given"),
        (lambda: BuyXGetY(1, 1, rate_bp=0), "a percent off is above 0 and at most 100 %"),
        (lambda: BuyXGetY(1, 1, rate_bp=10_001), "a percent off is above 0 and at most 100 %"),
        (lambda: BuyXGetY(1, 1, give="best"), "the cheapest or the dearest are given"),
        (lambda: BuyXGetY(1, 1, times_max=0), "it is given at least once"),
        (lambda: CheapestFree(give="best"), "the cheapest or the dearest is given"),
        (lambda: PercentByThreshold(()), "at least one step"),
        (lambda: PercentByThreshold((Step(1, 0),)), "a step is above 0 to 100 %"),
        (lambda: PercentByThreshold((Step(1, 10_001),)), "a step is above 0 to 100 %"),
        (lambda: PercentByThreshold((Step(1, 5),), by="weight"), "steps are by subtotal or by quantity"),
        (lambda: DeliveryPercentOff(0), "a percent off delivery is above 0 and at most 100 %"),
        (lambda: DeliveryPercentOff(10_001), "a percent off delivery is above 0 and at most 100 %"),
        (lambda: DeliveryFixedPrice(-1), "a delivery price cannot be negative"),
        (lambda: GiftItem(()), "at least one gift is named"),
        (lambda: GiftItem(("cup",), 0), "at least 1 unit is given"),
        (lambda: GiftItem(("cup",), how="thrown"), "a gift is added or taken from the cart"),
        (lambda: PointsMultiplier(10_000), "points are multiplied by more than 1"),
        (lambda: ExtraPoints(0), "at least 1 point is given"),
        (lambda: NthOrder(0), "orders are counted from 1"),
        (lambda: WeekdayHours(DAYS, -1, 5), "hours begin before they end, in one day"),
        (lambda: WeekdayHours(DAYS, 5, 5), "hours begin before they end, in one day"),
        (lambda: WeekdayHours(DAYS, 5, 1441), "hours begin before they end, in one day"),
        (lambda: InGroups(frozenset()), "a target by group names at least one group"),
        (lambda: PriceBand(-1), "a price band begins at 0 or above"),
        (lambda: PriceBand(5, 4), "a price band ends after its start"),
        (lambda: SomeUnits("best"), "units are the cheapest or the dearest"),
        (lambda: SomeUnits("cheapest", 0), "at least 1 unit"),
        (lambda: SomeUnits("cheapest", per="day"), "units are counted per order, line or group"),
        (lambda: SomeUnits("cheapest", per="group"), "units per group need its size"),
        (lambda: SomeUnits("cheapest", group_of=3), "units per group need its size"),
        (lambda: SomeUnits("cheapest", 4, "group", 3), "a group holds the units of its own"),
        (lambda: PaidLine(-1), "what was paid for a line cannot be negative"),
        (lambda: PaidLine(1, TEA, 9_999), "points are multiplied by at least 1"),
        (lambda: Balance("x", -1), "a gift balance cannot be negative"),
        (lambda: PointsTerms(0), "a point is worth at least 1 minor unit"),
        (lambda: PointsTerms(1, share_bp=-1), "points pay 0 to 100 % of the goods"),
        (lambda: PointsTerms(1, share_bp=10_001), "points pay 0 to 100 % of the goods"),
        (lambda: PointsTerms(1, step=0), "a step is at least 1 point"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        build()
    assert str(refused.value) == message


@pytest.mark.parametrize(
    "build",
    [
        lambda: Line("mug", 1, 0, lowest_price=0, cost=0, tax_bp=0),
        lambda: Gift("cup", 0, cost=0, tax_bp=0),
        lambda: Cart((), delivery=0),
        lambda: EarnRule(0, 1),
        lambda: Rules(line_cap_bp=0, card_limits_bp={"vip": 0, "gold": 10_000}, margin_floor_bp=0),
        lambda: Rules(line_cap_bp=10_000, margin_floor_bp=9_999, multiplier_cap_bp=10_000),
        lambda: Rules(rounding="down", leftover="first"),
        lambda: Rules(rounding="half_up", leftover="last"),
        lambda: Rules(lanes=(Lane("b", Mode.ALL), LATE_LANE)),
        lambda: PercentOff(1),
        lambda: PercentOff(10_000),
        lambda: AmountOff(1),
        lambda: AmountOffEach(1),
        lambda: FixedUnitPrice(0),
        lambda: NForPrice(1, 0, times_max=1),
        lambda: BuyXGetY(1, 1, rate_bp=1, times_max=1),
        lambda: BuyXGetY(1, 1, rate_bp=10_000, give="dearest"),
        lambda: CheapestFree(give="dearest"),
        lambda: PercentByThreshold((Step(1, 1), Step(2, 10_000)), by="quantity"),
        lambda: DeliveryPercentOff(1),
        lambda: DeliveryPercentOff(10_000),
        lambda: DeliveryFixedPrice(0),
        lambda: GiftItem(("cup",), 1, "from_cart"),
        lambda: PointsMultiplier(10_001),
        lambda: ExtraPoints(1),
        lambda: NthOrder(1),
        lambda: WeekdayHours(DAYS, 0, 1),
        lambda: WeekdayHours(DAYS, 1439, 1440),
        lambda: PriceBand(0, 0),
        lambda: SomeUnits("cheapest", 1, "group", 1),
        lambda: SomeUnits("dearest", 1, "line"),
        lambda: PaidLine(0, TEA, 10_000),
        lambda: Balance("x", 0),
        lambda: PointsTerms(1, 0, 1),
        lambda: PointsTerms(1, 10_000, 1),
    ],
)
def test_the_last_value_that_makes_sense_is_taken(build: Callable[[], object]) -> None:
    assert build() is not None


def test_what_is_left_out_has_its_plain_meaning() -> None:
    assert PercentOff(5).of_original is False
    assert (DeliveryFixedPrice().price, PriceBand().price_min, PriceBand().price_max) == (0, 0, None)
    assert (CheapestFree().give, BuyXGetY(1, 1).give, BuyXGetY(1, 1).rate_bp) == (
        "cheapest",
        "cheapest",
        10_000,
    )
    assert (SomeUnits("dearest").count, SomeUnits("dearest").per) == (1, "order")
    assert (GiftItem(("cup",)).quantity, GiftItem(("cup",)).how) == (1, "added")
    assert (WeekdayHours().from_minute, WeekdayHours().to_minute) == (0, 1440)
    assert (Rules().rounding, Rules().leftover, Rules().reuses_units) == ("half_up", "largest", True)
    assert [lane.code for lane in Rules().lanes] == ["sale", "card", "coupon", "order", "gifts", "delivery"]
    assert [lane.mode for lane in Rules().lanes] == [Mode.BEST] * 3 + [Mode.ALL] * 3
    assert [lane.after_caps for lane in Rules().lanes] == [False] * 5 + [True]
