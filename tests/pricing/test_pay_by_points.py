"""Points pay after all discounts: in whole steps, up to the programme's share, never below the floor."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.benefits import BuyXGetY, GiftItem, PointsMultiplier
from pricing.earn_terms import EarnRule
from pricing.pay_by_points import PointsTerms, pay_by_points
from pricing.price import price
from pricing.refusals import PointsLimit
from pricing.values import Cart, Gift, Line, Offer, Quote, Rules
from tests.pricing.strategies import calmly

AT = 1_780_000_000
CART = Cart(lines=(Line("A", 1, 1000), Line("B", 1, 600), Line("C", 1, 400)), delivery=300)


def pay(
    cart: Cart = CART,
    *,
    asked: int,
    available: int = 10**9,
    rules: Rules | None = None,
    **terms: Any,
) -> Quote:
    rules = rules or Rules()
    quote = price(cart, [], rules, at=AT)
    fresh = PointsTerms(**{"value": 1} | terms)
    return pay_by_points(quote, cart, rules, fresh, asked=asked, available=available)


def test_301_points_are_shared_151_90_60() -> None:
    quote = pay(asked=301)
    assert [line.points_spent for line in quote.lines] == [151, 90, 60]
    assert (quote.points_spent, quote.points_amount, quote.payable) == (301, 301, 1999)


def test_a_point_may_be_worth_more_than_a_penny() -> None:
    quote = pay(asked=10, value=25)
    assert (quote.points_amount, quote.payable) == (250, 2050)
    assert [line.points_amount for line in quote.lines] == [125, 75, 50]


@pytest.mark.parametrize(
    ("asked", "given", "spent", "limit"),
    [
        (200, {"available": 200}, 200, None),
        (201, {"available": 200}, 200, PointsLimit.NOT_ENOUGH_POINTS),
        (600, {"share_bp": 3000}, 600, None),
        (601, {"share_bp": 3000}, 600, PointsLimit.ABOVE_SHARE),
        (300, {"step": 100}, 300, None),
        (399, {"step": 100}, 300, PointsLimit.WHOLE_STEPS),
        (399, {"step": 100, "available": 250}, 200, PointsLimit.NOT_ENOUGH_POINTS),
        (2001, {}, 2000, PointsLimit.ABOVE_SHARE),
    ],
)
def test_limits_cut_to_the_point(asked: int, given: Any, spent: int, limit: PointsLimit | None) -> None:
    quote = pay(asked=asked, **given)
    assert (quote.points_spent, quote.points_limited_by) == (spent, limit)


def test_delivery_is_not_paid_with_points() -> None:
    assert pay(asked=5000).payable == 300


def test_what_takes_no_points_neither_carries_nor_counts() -> None:
    cart = Cart(lines=(Line("GIFT", 1, 5000, no_points=True), Line("A", 1, 1000)))
    quote = pay(cart, asked=900, share_bp=5000)
    assert [line.points_spent for line in quote.lines] == [0, 500]


@pytest.mark.parametrize(("asked", "limit"), [(300, None), (301, PointsLimit.BELOW_MARGIN_FLOOR)])
def test_points_stop_at_the_margin_floor(asked: int, limit: PointsLimit | None) -> None:
    cart = Cart(lines=(Line("A", 1, 1000, cost=700), Line("B", 1, 500, cost=500)))
    quote = pay(cart, asked=asked, rules=Rules(margin_floor_bp=0))
    assert [line.points_spent for line in quote.lines] == [300, 0]
    assert quote.points_limited_by == limit


@pytest.mark.parametrize(("asked", "limit"), [(20, None), (21, PointsLimit.BELOW_MARGIN_FLOOR)])
def test_points_leave_what_a_free_unit_costs(asked: int, limit: PointsLimit | None) -> None:
    """Three units at a net cost of 60 for the price of two: 200 - 180."""
    cart = Cart(lines=(Line("A", 2, 100, cost=60), Line("B", 1, 100, cost=60)))
    rules = Rules(margin_floor_bp=0)
    quote = price(cart, [Offer("THREE", "sale", (BuyXGetY(2, 1),))], rules, at=AT)
    paid = pay_by_points(quote, cart, rules, PointsTerms(1), asked=asked, available=asked)
    assert (paid.points_spent, paid.points_limited_by) == (20, limit)


@pytest.mark.parametrize(("tax_bp", "most"), [(0, 200), (2000, 180)])
def test_points_leave_what_a_gift_costs(tax_bp: int, most: int) -> None:
    """The gift's cost of 100 with its tax, of the 300 that the goods stand above the floor."""
    gift = Gift("CUP", 300, cost=100, tax_bp=tax_bp)
    cart = Cart(lines=(Line("A", 1, 1000, cost=700),), gifts={"CUP": gift})
    rules = Rules(margin_floor_bp=0)
    quote = price(cart, [Offer("CUP", "gifts", (GiftItem(("CUP",)),))], rules, at=AT)
    for asked, limit in ((most, None), (most + 1, PointsLimit.BELOW_MARGIN_FLOOR)):
        paid = pay_by_points(quote, cart, rules, PointsTerms(1), asked=asked, available=asked)
        assert (paid.points_spent, paid.points_limited_by) == (most, limit)


def test_what_is_paid_with_points_earns_none() -> None:
    quote = pay(asked=1000, rules=Rules(earn=(EarnRule(1, 100),)))
    assert quote.points_to_earn == 10


def test_what_is_left_to_pay_earns_its_multiplied_points() -> None:
    rules = Rules(earn=(EarnRule(1, 100),))
    quote = price(CART, [Offer("TWICE", "gifts", (PointsMultiplier(20_000),))], rules, at=AT)
    paid = pay_by_points(quote, CART, rules, PointsTerms(1), asked=1000, available=1000)
    assert (quote.points_to_earn, paid.points_to_earn) == (40, 20)


def test_a_rule_for_some_goods_earns_on_what_is_left_to_pay_for_them() -> None:
    tea = frozenset({"tea"})
    cart = Cart(lines=(Line("A", 1, 1000, groups=tea), Line("B", 1, 1000)))
    paid = pay(cart, asked=1000, rules=Rules(earn=(EarnRule(1, 100, groups=tea),)))
    assert [line.points_to_earn for line in paid.lines] == [5, 0]


@calmly
@given(
    prices=st.lists(st.integers(0, 100_000), min_size=1, max_size=8),
    asked=st.integers(0, 10**6),
    available=st.integers(0, 10**6),
    value=st.integers(1, 500),
    share_bp=st.integers(0, 10_000),
    step=st.integers(1, 500),
)
def test_whatever_is_asked_the_parts_add_up_and_nothing_goes_below_zero(
    prices: list[int], asked: int, available: int, value: int, share_bp: int, step: int
) -> None:
    cart = Cart(lines=tuple(Line(str(n), 1, amount) for n, amount in enumerate(prices)))
    quote = pay(cart, asked=asked, available=available, value=value, share_bp=share_bp, step=step)
    assert sum(line.points_spent for line in quote.lines) == quote.points_spent <= min(asked, available)
    assert isinstance(quote.points_spent, int)
    assert quote.points_spent % step == 0
    assert all(0 <= line.points_amount <= line.net for line in quote.lines)
    assert quote.payable == sum(prices) - quote.points_amount >= 0
    assert (quote.points_limited_by is None) == (quote.points_spent == asked)


def test_what_is_paid_with_points_is_left_out_of_what_each_rule_gives() -> None:
    quote = pay(asked=1000, rules=Rules(earn=(EarnRule(1, 100, rule=7),)))
    assert [(gain.rule, gain.points, gain.per_line) for gain in quote.gains] == [(7, 10, (5, 3, 2))]
