"""Carts, offers and rules drawn at random: small numbers, so that ties, zeros and near misses are common.

Every kind of condition, benefit and target is drawn. `random` is hypothesis's own in the tests, so that a failing case
shrinks, and a plain seeded one in the soak, which is a hundred times quicker.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from random import Random
from typing import TypeVar

from pricing import benefits, conditions, targets
from pricing.earn_terms import EarnRule
from pricing.values import (
    DEFAULT_LANES,
    NO_CODES,
    Benefit,
    Cart,
    Condition,
    Gift,
    Line,
    Offer,
    Rules,
    Shopper,
    Target,
)

Picked = TypeVar("Picked")
DAY = 86_400
NOW = 100 * DAY
GROUPS = ("tea", "milk", "cake")
SKUS = ("a", "b", "c", "d", "e", "f")
CODES = ("SPRING", "AUTUMN", "WINTER")
SECOND_CODE = "SUMMER"
BROUGHT = (*CODES, SECOND_CODE)
PLANS = ("vip", "premium")
SEGMENTS = ("silent", "young")
GIFTS = ("cup", "mug")
RATES = (1, 333, 1000, 1250, 5000, 10_000)
LANES = tuple(lane.code for lane in DEFAULT_LANES)
LATE_LANE = "delivery"


@dataclass(frozen=True)
class Drawn:
    cart: Cart
    offers: list[Offer]
    rules: Rules

    @property
    def has_caps(self) -> bool:
        rules = self.rules
        return bool(rules.card_limits_bp) or (rules.line_cap_bp, rules.margin_floor_bp) != (None, None)


def draw_case(random: Random) -> Drawn:
    return Drawn(draw_cart(random), draw_offers(random), draw_rules(random))


def below(random: Random, number: int) -> int:
    """0 to `number` - 1; quicker than `randrange`, which weighs in a million cases."""
    return int(random.random() * number)


def between(random: Random, low: int, high: int) -> int:
    """Both included."""
    return low + int(random.random() * (high - low + 1))


def pick(random: Random, among: Sequence[Picked]) -> Picked:
    return among[int(random.random() * len(among))]


def maybe(random: Random, low: int, high: int, *, odds: int = 2) -> int | None:
    """None, but once in `odds`."""
    return between(random, low, high) if below(random, odds) == 0 else None


def once_in(random: Random, odds: int) -> bool:
    return below(random, odds) == 0


@cache
def subsets(words: tuple[str, ...], least: int) -> tuple[frozenset[str], ...]:
    sizes = range(least, len(words) + 1)
    return tuple(frozenset(found) for size in sizes for found in combinations(words, size))


def some(random: Random, words: tuple[str, ...], least: int = 0) -> frozenset[str]:
    return pick(random, subsets(words, least))


def draw_price(random: Random) -> int:
    return between(random, 0, 30) if below(random, 3) else between(random, 0, 300_000)


def draw_line(random: Random, sku: str) -> Line:
    return Line(
        sku,
        between(random, 1, 4),
        draw_price(random),
        groups=some(random, GROUPS),
        never_discounted=once_in(random, 6),
        lowest_price=maybe(random, 0, 40, odds=4),
        cost=maybe(random, 0, 30),
        tax_bp=pick(random, (0, 1000, 2000)),
        no_points=once_in(random, 6),
        stock_age_days=maybe(random, 0, 60),
        is_preorder=once_in(random, 3),
    )


def draw_plain_line(random: Random, sku: str) -> Line:
    """Without anything that limits its discounts."""
    return Line(
        sku,
        between(random, 1, 4),
        draw_price(random),
        groups=some(random, GROUPS),
        stock_age_days=maybe(random, 0, 60),
        is_preorder=once_in(random, 3),
    )


def draw_shopper(random: Random) -> Shopper:
    return Shopper(
        pick(random, (None, "ann", "bob")),
        segments=some(random, SEGMENTS),
        tiers=some(random, ("gold",)),
        cards=some(random, PLANS),
        orders=between(random, 0, 4),
        last_order_at=None if once_in(random, 3) else NOW - between(random, 0, 60 * DAY),
        birthday_offset_days=maybe(random, -9, 9),
        partner=pick(random, (None, "blog", "shop")),
        links=some(random, ("summer", "ads")),
        lists=some(random, ("news",)),
        visits=maybe(random, 1, 4),
    )


def draw_gift(random: Random, sku: str) -> Gift:
    return Gift(sku, between(random, 0, 40), cost=maybe(random, 0, 30), tax_bp=pick(random, (0, 2000)))


def draw_cart(random: Random, draw: Callable[[Random, str], Line] = draw_line) -> Cart:
    skus = random.sample(SKUS, pick(random, (0, 1, 1, 2, 2, 3, 3, 4, 5, 6)))
    return Cart(
        tuple(draw(random, pick(random, SKUS) if once_in(random, 8) else sku) for sku in skus),
        delivery=between(random, 0, 500) if below(random, 4) else 0,
        shopper=draw_shopper(random),
        codes=frozenset(BROUGHT) if once_in(random, 2) else some(random, BROUGHT),
        delivery_method=pick(random, (None, "courier", "post")),
        payment_method=pick(random, (None, "card", "cash")),
        weekday=maybe(random, 1, 7),
        minute=between(random, 0, 1439),
        gifts={sku: draw_gift(random, sku) for sku in some(random, GIFTS)},
    )


def draw_units(random: Random) -> Target:
    per = pick(random, (targets.PER_ORDER, targets.PER_LINE, targets.PER_GROUP))
    group_of = between(random, 1, 4) if per == targets.PER_GROUP else None
    return targets.SomeUnits(
        give=pick(random, ("cheapest", "dearest")),
        count=between(random, 1, group_of or 4),
        per=per,
        group_of=group_of,
        groups=some(random, GROUPS),
    )


def draw_band(random: Random) -> Target:
    low = between(random, 0, 20)
    return targets.PriceBand(price_min=low, price_max=maybe(random, low, 40))


Draw = Callable[[Random], Target]
GOODS: Mapping[str, Draw] = {
    "whole_order": lambda random: targets.WHOLE_ORDER,
    "in_groups": lambda random: targets.InGroups(some(random, GROUPS, 1)),
    "of_skus": lambda random: targets.OfSkus(some(random, SKUS, 1)),
    "price_band": draw_band,
    "old_stock": lambda random: targets.OldStock(between(random, 0, 60), some(random, GROUPS)),
}
TARGETS: Mapping[str, Draw] = {
    **GOODS,
    "some_units": draw_units,
    "delivery": lambda random: targets.Delivery(),
}
ALL_GOODS, ALL_TARGETS = tuple(GOODS.values()), tuple(TARGETS.values())


def draw_goods(random: Random) -> Target:
    return pick(random, ALL_GOODS)(random)


def draw_target(random: Random) -> Target:
    return targets.WHOLE_ORDER if once_in(random, 3) else pick(random, ALL_TARGETS)(random)


def draw_amount(random: Random) -> int:
    return between(random, 1, 60) if below(random, 4) else between(random, 1, 500_000)


def draw_give(random: Random) -> str:
    return pick(random, ("cheapest", "dearest"))


def draw_steps(random: Random) -> tuple[benefits.Step, ...]:
    least, rate_bp, steps = 0, 0, []
    for _ in range(between(random, 1, 3)):
        least += between(random, 1, 40)
        rate_bp += between(random, 1, 3_000)
        steps.append(benefits.Step(least, rate_bp))
    return tuple(steps)


def draw_buy_x_get_y(random: Random) -> Benefit:
    return benefits.BuyXGetY(
        buy=between(random, 1, 3),
        get=between(random, 1, 2),
        buy_target=draw_goods(random),
        get_target=draw_goods(random) if once_in(random, 2) else None,
        rate_bp=pick(random, RATES),
        give=draw_give(random),
        times_max=maybe(random, 1, 2, odds=3),
    )


BENEFITS: Mapping[str, Callable[[Random], Benefit]] = {
    "percent_off": lambda random: benefits.PercentOff(
        pick(random, RATES), draw_target(random), once_in(random, 3)
    ),
    "amount_off": lambda random: benefits.AmountOff(draw_amount(random), draw_target(random)),
    "amount_off_each": lambda random: benefits.AmountOffEach(between(random, 1, 30), draw_target(random)),
    "fixed_unit_price": lambda random: benefits.FixedUnitPrice(between(random, 0, 30), draw_target(random)),
    "n_for_price": lambda random: benefits.NForPrice(
        between(random, 1, 4), between(random, 0, 60), draw_goods(random), maybe(random, 1, 2, odds=3)
    ),
    "buy_x_get_y": draw_buy_x_get_y,
    "cheapest_free": lambda random: benefits.CheapestFree(draw_goods(random), draw_give(random)),
    "percent_by_threshold": lambda random: benefits.PercentByThreshold(
        draw_steps(random), pick(random, ("subtotal", "quantity")), draw_goods(random)
    ),
    "delivery_percent_off": lambda random: benefits.DeliveryPercentOff(pick(random, RATES)),
    "delivery_fixed_price": lambda random: benefits.DeliveryFixedPrice(between(random, 0, 200)),
    "gift_item": lambda random: benefits.GiftItem(
        pick(random, (GIFTS, ("mug", "cup"), ("a", "b", "c", "mug"), ("f", "e", "d"))),
        between(random, 1, 2),
        pick(random, ("added", "from_cart")),
    ),
    "points_multiplier": lambda random: benefits.PointsMultiplier(
        between(random, 10_001, 40_000), some(random, GROUPS)
    ),
    "extra_points": lambda random: benefits.ExtraPoints(between(random, 1, 90)),
    "next_coupon": lambda random: benefits.NextCoupon("next"),
}
CONDITIONS: Mapping[str, Callable[[Random], Condition]] = {
    "subtotal_at_least": lambda random: conditions.SubtotalAtLeast(
        between(random, 0, 60), some(random, GROUPS), once_in(random, 2)
    ),
    "quantity_at_least": lambda random: conditions.QuantityAtLeast(
        between(random, 0, 6), some(random, GROUPS)
    ),
    "cart_contains": lambda random: conditions.CartContains(some(random, SKUS), some(random, GROUPS)),
    "registered": lambda random: conditions.Registered(),
    "new_customer": lambda random: conditions.NewCustomer(),
    "in_segment": lambda random: conditions.InSegment(some(random, SEGMENTS, 1)),
    "in_tier": lambda random: conditions.InTier(frozenset({"gold"})),
    "holds_card": lambda random: conditions.HoldsCard(some(random, PLANS, 1)),
    "partner_traffic": lambda random: conditions.PartnerTraffic(some(random, ("blog",))),
    "nth_order": lambda random: conditions.NthOrder(between(random, 1, 3), once_in(random, 2)),
    "days_since_last_order": lambda random: conditions.DaysSinceLastOrder(
        maybe(random, 0, 30), maybe(random, 30, 60)
    ),
    "near_birthday": lambda random: conditions.NearBirthday(between(random, 0, 9), between(random, 0, 9)),
    "delivery_method": lambda random: conditions.DeliveryMethod(frozenset({"courier"})),
    "payment_method": lambda random: conditions.PaymentMethod(frozenset({"card"})),
    "weekday_hours": lambda random: conditions.WeekdayHours(
        pick(random, (frozenset(), frozenset({1, 2, 3, 4}), frozenset({5, 6, 7}))),
        between(random, 0, 700),
        between(random, 701, 1440),
    ),
    "came_by_link": lambda random: conditions.CameByLink(frozenset({"summer"})),
    "stock_older_than": lambda random: conditions.StockOlderThan(
        between(random, 0, 60), some(random, GROUPS)
    ),
    "ordered_before": lambda random: conditions.OrderedBefore(NOW + between(random, 0, 1)),
    "preorder_only": lambda random: conditions.PreorderOnly(),
    "subscribed": lambda random: conditions.Subscribed(frozenset({"news"})),
    "visit": lambda random: conditions.Visit(between(random, 1, 2), maybe(random, 2, 3)),
}
ON_DELIVERY: tuple[Callable[[Random], Benefit], ...] = (
    BENEFITS["delivery_percent_off"],
    BENEFITS["delivery_fixed_price"],
    lambda random: benefits.PercentOff(pick(random, RATES), targets.Delivery(), once_in(random, 3)),
    lambda random: benefits.AmountOff(between(random, 1, 400), targets.Delivery()),
)
ALL_BENEFITS, ALL_CONDITIONS = tuple(BENEFITS.values()), tuple(CONDITIONS.values())


def draw_conditions(random: Random) -> tuple[Condition, ...]:
    count = pick(random, (0, 0, 0, 0, 1, 1, 2))
    return tuple(pick(random, ALL_CONDITIONS)(random) for _ in range(count))


def draw_benefits(random: Random, lane: str) -> tuple[Benefit, ...]:
    """In the lane after the caps there is delivery alone: no document puts goods there."""
    among = ON_DELIVERY if lane == LATE_LANE else ALL_BENEFITS
    return tuple(pick(random, among)(random) for _ in range(pick(random, (1, 1, 2))))


def draw_offer(random: Random, age: int, lanes: tuple[str, ...] = LANES) -> Offer:
    """Some are named, out of their time, or used up."""
    is_plain = below(random, 4) > 0
    lane = pick(random, lanes)
    return Offer(
        f"o{age}",
        lane,
        benefits=draw_benefits(random, lane),
        conditions=draw_conditions(random),
        priority=between(random, 1, 3),
        age=between(random, 1, 3),
        starts_at=None if is_plain else pick(random, (None, None, NOW, NOW + 1)),
        ends_at=None if is_plain else pick(random, (None, None, NOW, NOW + 1)),
        windows=None if is_plain or below(random, 3) else ((0, NOW - between(random, 0, 1)), (NOW, NOW + 1)),
        coupon=None if is_plain else pick(random, (None, *CODES)),
        holder=None if is_plain else pick(random, (None, None, "ann")),
        uses_left=None if is_plain else pick(random, (None, None, 0, 1)),
        budget_left=None if is_plain else pick(random, (None, None, 0, 100)),
        exclusive=once_in(random, 8),
        skips_discounted=once_in(random, 6),
        reuses_units=pick(random, (None, None, None, True, False)),
    )


def draw_offers(random: Random, lanes: tuple[str, ...] = LANES, most: int = 8) -> list[Offer]:
    """The last may be there twice, behind another coupon."""
    offers = [draw_offer(random, age, lanes) for age in range(between(random, 0, most))]
    if 0 < len(offers) < most and once_in(random, 6):
        offers.append(replace(offers[-1], coupon=SECOND_CODE))
    return offers


def draw_rules(random: Random) -> Rules:
    return replace(
        draw_settings(random),
        line_cap_bp=maybe(random, 0, 10_000, odds=3),
        card_limits_bp={plan: between(random, 0, 10_000) for plan in some(random, PLANS)},
        margin_floor_bp=maybe(random, 0, 9_999, odds=3),
        earn=tuple(draw_earning(random) for _ in range(between(random, 0, 2))),
        exclusive_first=once_in(random, 4),
    )


def draw_earning(random: Random) -> EarnRule:
    groups = some(random, GROUPS) if once_in(random, 2) else NO_CODES
    return EarnRule(between(random, 0, 9), between(random, 1, 90), groups)


def draw_settings(random: Random) -> Rules:
    """What shops differ in and what limits no discount."""
    return Rules(
        rounding=pick(random, ("half_up", "down")),
        leftover=pick(random, ("largest", "first", "last")),
        reuses_units=below(random, 4) > 0,
        multiplier_cap_bp=maybe(random, 10_000, 30_000),
    )
