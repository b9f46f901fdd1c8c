"""The index leaves out only what is certain to be refused."""

from dataclasses import replace

import pytest

from pricing.benefits import AmountOff, BuyXGetY, ExtraPoints, GiftItem, PercentOff, PointsMultiplier
from pricing.conditions import CartContains, HoldsCard, InSegment, InTier, SubtotalAtLeast
from pricing.index import compile_offers
from pricing.price import NEAR, price
from pricing.refusals import Refusal
from pricing.targets import InGroups, OfSkus, OldStock, SomeUnits
from pricing.values import Benefit, Cart, Condition, Line, Offer, Refused, Rules, Shopper

TEA, MILK, MUG = frozenset({"tea"}), frozenset({"milk"}), frozenset({"mug"})
CART = Cart((Line("mug", 1, 1000, groups=TEA),))
TEN = PercentOff(1000)


def offer(benefit: Benefit = TEN, *conditions: Condition, code: str = "o") -> Offer:
    return Offer(code, "coupon", (benefit,), conditions)


def near(cart: Cart, *offers: Offer) -> list[str]:
    return [found.code for found in compile_offers(offers).that_can_matter(cart)]


@pytest.mark.parametrize(
    ("filed", "shopper"),
    [
        (offer(TEN, HoldsCard(frozenset({"vip"}))), Shopper("ann", cards=frozenset({"vip"}))),
        (offer(TEN, InSegment(frozenset({"silent"}))), Shopper("ann", segments=frozenset({"silent"}))),
        (offer(TEN, InTier(frozenset({"gold"}))), Shopper("ann", tiers=frozenset({"gold"}))),
    ],
)
def test_an_offer_for_some_is_found_for_them_only(filed: Offer, shopper: Shopper) -> None:
    assert near(replace(CART, shopper=shopper), filed) == ["o"]
    assert near(CART, filed) == []


def test_an_offer_behind_a_code_is_found_by_it() -> None:
    filed = replace(offer(), coupon="SPRING")
    assert near(replace(CART, codes=frozenset({"SPRING"})), filed) == ["o"]
    assert near(CART, filed) == []


@pytest.mark.parametrize(
    "filed",
    [
        offer(PercentOff(1000, InGroups(TEA))),
        offer(PercentOff(1000, OfSkus(MUG))),
        offer(PercentOff(1000, SomeUnits("cheapest", groups=TEA))),
        offer(PercentOff(1000, OldStock(5, TEA))),
        offer(TEN, CartContains(skus=MUG)),
        offer(TEN, CartContains(groups=TEA)),
        offer(GiftItem(("mug",), how="from_cart")),
        offer(PointsMultiplier(20_000, TEA)),
        offer(BuyXGetY(1, 1, InGroups(TEA))),
        offer(BuyXGetY(1, 1, InGroups(MILK), InGroups(TEA))),
    ],
)
def test_an_offer_on_products_is_found_by_them(filed: Offer) -> None:
    assert near(CART, filed) == ["o"]
    assert near(Cart((Line("pot", 1, 1000, groups=frozenset({"cake"})),)), filed) == []


@pytest.mark.parametrize(
    "filed",
    [
        offer(),
        offer(TEN, SubtotalAtLeast(5000)),
        offer(GiftItem(("mug",))),
        offer(ExtraPoints(5)),
        offer(PointsMultiplier(20_000)),
        offer(PercentOff(1000, SomeUnits("cheapest"))),
    ],
)
def test_an_offer_on_anything_is_always_looked_at(filed: Offer) -> None:
    assert near(Cart((Line("pot", 1, 1000),)), filed) == ["o"]


def test_an_offer_with_a_benefit_on_anything_is_looked_at_whatever_the_other_is_on() -> None:
    both = Offer("o", "coupon", (PercentOff(1000, InGroups(MILK)), AmountOff(5)))
    assert near(CART, both) == ["o"]
    parts = Offer("o", "coupon", (PercentOff(1000, InGroups(MILK)), AmountOff(5, InGroups(TEA))))
    assert near(CART, parts) == ["o"]
    assert near(Cart((Line("pot", 1, 1000),)), parts) == []


def test_near_leaves_out_the_refusal_and_all_tells_it() -> None:
    index = compile_offers([offer(PercentOff(1000, InGroups(MILK)), code="milk"), offer(code="any")])
    assert price(CART, index, Rules(), at=0).refused == (Refused("milk", None, Refusal.NO_TARGET),)
    assert price(CART, index, Rules(), at=0, explain=NEAR).refused == ()


def test_a_code_that_no_offer_carries_is_told_by_both() -> None:
    index = compile_offers([replace(offer(), coupon="SPRING")])
    cart = replace(CART, codes=frozenset({"WINTER"}))
    unknown = Refused("", "WINTER", Refusal.UNKNOWN_CODE)
    assert price(cart, index, Rules(), at=0, explain=NEAR).refused == (unknown,)
    assert unknown in price(cart, index, Rules(), at=0).refused


def test_an_explanation_of_another_kind_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match=r"^explain all offers, or those that are near$"):
        price(CART, [], Rules(), at=0, explain="some")


def test_the_same_offer_twice_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match=r"^two offers share both code and coupon$"):
        compile_offers([offer(), offer()])
    assert len(compile_offers([offer(), replace(offer(), coupon="SPRING")]).offers) == 2


def test_offers_come_by_priority_then_age() -> None:
    offers = [
        replace(offer(code=code), priority=p, age=a) for code, p, a in (("x", 2, 1), ("y", 1, 2), ("z", 1, 1))
    ]
    index = compile_offers(offers)
    assert [found.code for found in index.all_offers()] == ["z", "y", "x"]
    assert near(CART, *offers) == ["z", "y", "x"]


def test_a_personal_offer_replaces_its_own_and_others_are_added_or_left_out() -> None:
    index = compile_offers([offer(code="a"), offer(code="b"), offer(code="c")])
    mine = index.with_personal([replace(offer(code="b"), uses_left=0), offer(code="d")], {"c"})
    assert [found.code for found in mine.all_offers()] == ["a", "b", "d"]
    assert [found.uses_left for found in mine.all_offers()] == [None, 0, None]
    assert [found.code for found in mine.that_can_matter(CART)] == ["a", "b", "d"]
    assert [found.code for found in index.all_offers()] == ["a", "b", "c"]


def test_personal_offers_may_be_changed_again() -> None:
    index = compile_offers([offer(code="a")])
    once = index.with_personal([replace(offer(code="b"), uses_left=1)], ())
    twice = once.with_personal([replace(offer(code="b"), uses_left=0)], {"a"})
    assert [(found.code, found.uses_left) for found in twice.all_offers()] == [("b", 0)]


def test_an_offer_that_is_left_out_keeps_those_of_its_code_behind_coupons() -> None:
    index = compile_offers([offer(code="a"), replace(offer(code="a"), coupon="SPRING")])
    assert [found.coupon for found in index.with_personal((), {"a"}).all_offers()] == ["SPRING"]


def test_the_code_of_a_personal_coupon_is_known() -> None:
    index = compile_offers([offer(code="a")]).with_personal([replace(offer(code="b"), coupon="MINE")], ())
    assert index.unknown(frozenset({"MINE", "OTHER"})) == {"OTHER"}
