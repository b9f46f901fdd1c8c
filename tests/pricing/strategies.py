"""Carts, offers and rules that hypothesis may think of: small numbers, so that ties and zeros are common."""

import os

from hypothesis import settings
from hypothesis import strategies as st

from pricing.benefits import AmountOff, DeliveryFixedPrice, DeliveryPercentOff, PercentOff
from pricing.conditions import HoldsCard, InSegment, QuantityAtLeast, Registered, SubtotalAtLeast
from pricing.targets import WHOLE_ORDER, InGroups, OfSkus
from pricing.values import (
    DEFAULT_LANES,
    Benefit,
    Cart,
    Condition,
    EarnRule,
    Line,
    Offer,
    Rules,
    Shopper,
    Target,
)

# Shared cores are slow at times; a slow example is no failure.
# `make soak NAME=pricing` asks for more cases than a test run can afford.
calmly = settings(max_examples=int(os.environ.get("PRICING_CASES", "100")), deadline=None)
NOW = 1_000
GROUPS = ("tea", "milk", "cake")
SKUS = ("a", "b", "c", "d", "e", "f")
CODES = ("SPRING", "AUTUMN", "WINTER")


def some(words: tuple[str, ...], least: int = 0) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(words), min_size=least)


def maybe(low: int, high: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(low, high)


lines = st.builds(
    Line,
    sku=st.sampled_from(SKUS),
    quantity=st.integers(1, 4),
    unit_price=st.integers(0, 30) | st.integers(0, 300_000),
    groups=some(GROUPS),
    never_discounted=st.sampled_from([False, False, False, True]),
    lowest_price=maybe(0, 40),
    cost=maybe(0, 30),
    tax_bp=st.sampled_from([0, 1000, 2000]),
)
plain_lines = st.builds(
    Line,
    sku=st.sampled_from(SKUS),
    quantity=st.integers(1, 4),
    unit_price=st.integers(0, 30) | st.integers(0, 300_000),
    groups=some(GROUPS),
)
shoppers = st.builds(
    Shopper,
    customer=st.none() | st.sampled_from(["ann", "bob"]),
    segments=some(("silent", "new")),
    cards=some(("vip", "premium")),
)
carts = st.builds(
    Cart,
    lines=st.lists(lines, max_size=6).map(tuple),
    delivery=st.integers(0, 500),
    shopper=shoppers,
    codes=some(CODES),
)
targets: st.SearchStrategy[Target] = st.one_of(
    st.just(WHOLE_ORDER), st.builds(InGroups, some(GROUPS, 1)), st.builds(OfSkus, some(SKUS, 1))
)
rates = st.sampled_from([1, 333, 1000, 1250, 5000, 10_000])
benefits: st.SearchStrategy[Benefit] = st.one_of(
    st.builds(PercentOff, rates, targets, st.booleans()),
    st.builds(AmountOff, st.integers(1, 60) | st.integers(1, 500_000), targets),
    st.builds(DeliveryPercentOff, rates),
    st.builds(DeliveryFixedPrice, st.integers(0, 200)),
)
conditions: st.SearchStrategy[Condition] = st.one_of(
    st.builds(SubtotalAtLeast, st.integers(0, 200), some(GROUPS), st.booleans()),
    st.builds(QuantityAtLeast, st.integers(0, 6), some(GROUPS)),
    st.just(Registered()),
    st.builds(InSegment, some(("silent", "new"))),
    st.builds(HoldsCard, some(("vip", "premium"))),
)
rules = st.builds(
    Rules,
    line_cap_bp=maybe(0, 10_000),
    card_limits_bp=st.dictionaries(st.sampled_from(["vip", "premium"]), st.integers(0, 10_000)),
    margin_floor_bp=maybe(0, 9_999),
    earn=st.lists(st.builds(EarnRule, st.integers(0, 9), st.integers(1, 90), some(GROUPS)), max_size=2).map(
        tuple
    ),
    exclusive_first=st.booleans(),
)


@st.composite
def offer_lists(
    draw: st.DrawFn, lanes: tuple[str, ...] = tuple(lane.code for lane in DEFAULT_LANES), most: int = 8
) -> list[Offer]:
    """Offers with codes of their own; some are named, out of their time, or used up."""
    count = draw(st.integers(0, most))
    return [
        Offer(
            f"o{age}",
            draw(st.sampled_from(lanes)),
            benefits=draw(st.lists(benefits, min_size=1, max_size=2).map(tuple)),
            conditions=draw(st.lists(conditions, max_size=2).map(tuple)),
            priority=draw(st.integers(1, 3)),
            age=draw(st.integers(1, 3)),
            starts_at=draw(st.sampled_from([None, None, NOW, NOW + 1])),
            ends_at=draw(st.sampled_from([None, None, NOW, NOW + 1])),
            coupon=draw(st.none() | st.sampled_from(CODES)),
            holder=draw(st.sampled_from([None, None, "ann"])),
            uses_left=draw(st.sampled_from([None, None, 0, 1])),
            budget_left=draw(st.sampled_from([None, None, 0, 100])),
            exclusive=draw(st.sampled_from([False, False, False, True])),
        )
        for age in range(count)
    ]
