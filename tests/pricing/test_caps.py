"""The margin floor as a price, and what a cut is told as."""

import pytest

from pricing.benefits import AmountOff, BuyXGetY, GiftItem, PercentOff
from pricing.caps import least_by_margin
from pricing.conditions import HoldsCard
from pricing.price import price
from pricing.refusals import Cap
from pricing.targets import InGroups
from pricing.values import Applied, Cart, Gift, Lane, Line, Mode, Offer, Rules, Shopper

VIP = frozenset({"vip"})


@pytest.mark.parametrize(
    ("line", "floor_bp", "least"),
    [
        (Line("a", 1, 1000), 2000, None),
        (Line("a", 1, 1000, cost=500), 0, 500),
        (Line("a", 1, 1000, cost=500), 2000, 625),
        (Line("a", 1, 1000, cost=500, tax_bp=2000), 0, 600),
        (Line("a", 1, 1000, cost=500, tax_bp=2000), 2000, 750),
        (Line("a", 3, 1000, cost=500, tax_bp=2000), 2000, 2250),
        (Line("a", 1, 1000, cost=500), 3000, 715),  # 714.29 rounds up
        (Line("a", 1, 1000, cost=0), 3000, 0),
    ],
)
def test_the_least_price_keeps_the_margin_net_of_tax(line: Line, floor_bp: int, least: int | None) -> None:
    assert least_by_margin(line, floor_bp) == least


def only(offers: list[Offer], cart: Cart, rules: Rules) -> Applied:
    return price(cart, offers, rules, at=0).applied[0]


def test_what_caps_took_away_is_told_in_all() -> None:
    """The floor leaves 20 of 50; two cups at 200 do not fit any more."""
    cart = Cart((Line("a", 1, 1000, cost=980),), gifts={"cup": Gift("cup", 150, cost=200)})
    offer = Offer("o", "gifts", (AmountOff(50), GiftItem(("cup",), 2)))
    applied = only([offer], cart, Rules(margin_floor_bp=0))
    assert (applied.amount, applied.capped, applied.capped_by) == (20, 30 + 300, Cap.MARGIN_FLOOR)


def test_what_two_caps_took_away_is_told_in_all_by_the_last() -> None:
    cart = Cart((Line("a", 1, 1000, cost=900),))
    applied = only(
        [Offer("o", "sale", (PercentOff(5000),))], cart, Rules(line_cap_bp=3000, margin_floor_bp=0)
    )
    assert (applied.amount, applied.capped, applied.capped_by) == (100, 400, Cap.MARGIN_FLOOR)


def test_what_is_cut_off_several_lines_is_told_in_all() -> None:
    cart = Cart((Line("a", 1, 1000), Line("b", 1, 500)))
    applied = only([Offer("o", "sale", (PercentOff(5000),))], cart, Rules(line_cap_bp=1000))
    assert (applied.amount, applied.capped) == (150, 600)


def test_a_cards_limit_is_kept_where_no_lane_comes_after_the_caps() -> None:
    cart = Cart((Line("a", 1, 1000),), shopper=Shopper("ann", cards=VIP))
    rules = Rules(lanes=(Lane("card", Mode.BEST),), card_limits_bp={"vip": 1000})
    applied = only([Offer("o", "card", (PercentOff(5000),), (HoldsCard(VIP),))], cart, rules)
    assert (applied.amount, applied.capped_by) == (100, Cap.CARD_LIMIT)


def test_beside_a_free_unit_each_other_line_keeps_its_own_limit() -> None:
    """A free unit of three is a third of them, and half of the milk is more than three tenths."""
    tea, milk = frozenset({"tea"}), frozenset({"milk"})
    cart = Cart((Line("t", 3, 100, groups=tea), Line("m", 1, 1000, groups=milk)))
    benefits = (BuyXGetY(2, 1, buy_target=InGroups(tea)), PercentOff(5000, InGroups(milk)))
    quote = price(cart, [Offer("o", "sale", benefits)], Rules(line_cap_bp=3000), at=0)
    assert [line.discount for line in quote.lines] == [90, 300]
