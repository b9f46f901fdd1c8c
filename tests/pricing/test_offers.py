"""Who may use an offer, and when; what a refusal says; what a regression was."""

from dataclasses import replace

import pytest

from pricing.benefits import AmountOff, DeliveryFixedPrice, PercentOff
from pricing.conditions import CartContains, HoldsCard, InSegment, InTier, Registered
from pricing.price import price
from pricing.refusals import Cap, Refusal
from pricing.values import Cart, Condition, Line, Offer, Refused, Rules, Shopper

CART = Cart((Line("mug", 1, 1000),))
OFFER = Offer("TEN", "coupon", (PercentOff(1000),))
STARTS, ENDS = 1_000, 2_000


def refusal(offer: Offer, cart: Cart = CART, rules: Rules | None = None, at: int = 0) -> Refusal | None:
    quote = price(cart, [offer], rules or Rules(), at=at)
    return quote.refused[0].refusal if quote.refused else None


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (STARTS - 1, Refusal.NOT_STARTED),
        (STARTS, None),
        (ENDS - 1, None),
        (ENDS, Refusal.EXPIRED),
    ],
)
def test_an_offer_holds_from_its_start_until_just_before_its_end(at: int, expected: Refusal | None) -> None:
    assert refusal(replace(OFFER, starts_at=STARTS, ends_at=ENDS), at=at) is expected


@pytest.mark.parametrize(
    ("customer", "expected"), [("ann", None), ("bob", Refusal.WRONG_CUSTOMER), (None, Refusal.WRONG_CUSTOMER)]
)
def test_named_coupon_refuses_another_customer(customer: str | None, expected: Refusal | None) -> None:
    cart = replace(CART, shopper=Shopper(customer), codes=frozenset({"SPRING"}))
    assert refusal(replace(OFFER, coupon="SPRING", holder="ann"), cart) is expected


def test_a_stranger_does_not_learn_that_a_named_coupon_has_expired() -> None:
    cart = replace(CART, shopper=Shopper("bob"), codes=frozenset({"SPRING"}))
    assert refusal(replace(OFFER, coupon="SPRING", holder="ann", ends_at=0), cart) is Refusal.WRONG_CUSTOMER


def test_an_offer_behind_a_code_waits_for_it() -> None:
    offer = replace(OFFER, coupon="SPRING")
    assert refusal(offer) is Refusal.CODE_REQUIRED
    assert refusal(offer, replace(CART, codes=frozenset({"SPRING"}))) is None


def test_a_code_that_no_offer_carries_is_unknown() -> None:
    quote = price(replace(CART, codes=frozenset({"B", "A"})), [OFFER], Rules(), at=0)
    assert quote.refused == (
        Refused("", "A", Refusal.UNKNOWN_CODE),
        Refused("", "B", Refusal.UNKNOWN_CODE),
    )
    assert quote.payable == 900


@pytest.mark.parametrize(("uses_left", "expected"), [(None, None), (1, None), (0, Refusal.USED_UP)])
def test_an_offer_needs_a_use_left(uses_left: int | None, expected: Refusal | None) -> None:
    assert refusal(replace(OFFER, uses_left=uses_left)) is expected


@pytest.mark.parametrize(
    ("budget_left", "expected"),
    [(None, None), (100, None), (99, Refusal.BUDGET_SPENT), (0, Refusal.BUDGET_SPENT)],
)
def test_an_offer_must_fit_into_what_is_left_of_its_budget(
    budget_left: int | None, expected: Refusal | None
) -> None:
    assert refusal(replace(OFFER, budget_left=budget_left)) is expected


MEMBER = Shopper("ann", segments=frozenset({"silent"}), tiers=frozenset({"gold"}), cards=frozenset({"vip"}))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Registered(), Refusal.NOT_REGISTERED),
        (InSegment(frozenset({"silent", "new"})), Refusal.NOT_IN_SEGMENT),
        (InTier(frozenset({"gold"})), Refusal.NOT_IN_TIER),
        (HoldsCard(frozenset({"vip"})), Refusal.NO_CARD),
    ],
)
def test_an_audience_lets_its_own_in_and_nobody_else(condition: Condition, expected: Refusal) -> None:
    offer = replace(OFFER, conditions=(condition,))
    assert refusal(offer, replace(CART, shopper=MEMBER)) is None
    assert refusal(offer) is expected


def test_a_cart_contains_a_product_by_its_group() -> None:
    offer = replace(OFFER, conditions=(CartContains(groups=frozenset({"tea"})),))
    assert refusal(offer, Cart((Line("mug", 1, 1000, groups=frozenset({"tea", "sale"})),))) is None
    assert refusal(offer) is Refusal.NOT_IN_CART


def test_all_conditions_must_hold_and_the_first_that_fails_is_told() -> None:
    offer = replace(OFFER, conditions=(Registered(), HoldsCard(frozenset({"vip"}))))
    assert refusal(offer, replace(CART, shopper=MEMBER)) is None
    assert refusal(offer, replace(CART, shopper=Shopper("bob"))) is Refusal.NO_CARD
    assert refusal(offer) is Refusal.NOT_REGISTERED


def test_the_better_offer_is_named() -> None:
    weaker = replace(OFFER, code="FIVE", benefits=(PercentOff(500),))
    quote = price(CART, [weaker, OFFER], Rules(), at=0)
    assert quote.refused == (Refused("FIVE", None, Refusal.OTHER_OFFER_BETTER, better="TEN"),)


def test_a_capped_offer_says_by_what_and_by_how_much() -> None:
    quote = price(CART, [OFFER], Rules(line_cap_bp=400), at=0)
    assert (quote.applied[0].amount, quote.applied[0].capped_by, quote.applied[0].capped) == (
        40,
        Cap.LINE_LIMIT,
        60,
    )


def test_an_offer_that_is_cut_to_nothing_on_goods_keeps_its_free_delivery() -> None:
    offer = replace(OFFER, benefits=(PercentOff(1000), DeliveryFixedPrice(0)))
    quote = price(replace(CART, delivery=300), [offer], Rules(line_cap_bp=0), at=0)
    assert (quote.applied[0].amount, quote.applied[0].delivery, quote.payable) == (300, 300, 1000)


def test_the_benefits_of_an_offer_act_in_turn_on_what_is_left() -> None:
    offer = replace(OFFER, benefits=(AmountOff(200), PercentOff(1000)))
    assert price(CART, [offer], Rules(), at=0).payable == 720


def test_one_offer_behind_two_coupons_is_judged_for_each() -> None:
    cart = replace(CART, codes=frozenset({"A", "B"}))
    quote = price(cart, [replace(OFFER, coupon="A"), replace(OFFER, coupon="B")], Rules(), at=0)
    assert [done.coupon for done in quote.applied] == ["A"]
    assert [turned.coupon for turned in quote.refused] == ["B"]


def test_the_same_offer_twice_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="share both code and coupon"):
        price(CART, [OFFER, OFFER], Rules(), at=0)


def test_an_empty_cart_costs_its_delivery() -> None:
    quote = price(Cart((), delivery=300), [OFFER], Rules(), at=0)
    assert (quote.goods, quote.payable, quote.refused[0].refusal) == (0, 300, Refusal.NO_TARGET)


def test_regression_a_hundred_percent_off_leaves_no_cent_with_the_wrong_sign() -> None:
    """Others shipped -0.01 at 100 % off, where each line was rounded by itself."""
    prices = (333, 333, 334, 1, 0, 9999)
    cart = Cart(tuple(Line(f"sku{place}", 3, unit) for place, unit in enumerate(prices)))
    offers = [
        Offer("THIRD", "sale", (PercentOff(3333),)),
        Offer("CARD", "card", (PercentOff(1),)),
        Offer("ALL", "coupon", (PercentOff(10_000),)),
    ]
    quote = price(cart, offers, Rules(), at=0)
    assert quote.payable == 0
    assert [line.net for line in quote.lines] == [0] * 6
