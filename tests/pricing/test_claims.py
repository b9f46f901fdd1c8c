"""What an offer wants for itself, and what it sees of lines that others have used or discounted."""

from pricing.benefits import AmountOff, BuyXGetY, CheapestFree, DeliveryFixedPrice, GiftItem, PercentOff
from pricing.price import price
from pricing.refusals import Cap, Refusal
from pricing.targets import InGroups, OfSkus, SomeUnits
from pricing.values import Benefit, Cart, Line, Offer, Quote, Rules, Target

TEA, MUGS = frozenset({"tea"}), frozenset({"mugs"})
A, B, C = (frozenset({sku}) for sku in "ABC")


def sale(code: str, *benefits: Benefit, skips: bool = False, reuses: bool | None = None) -> Offer:
    return Offer(code, "sale", benefits, skips_discounted=skips, reuses_units=reuses)


def applied(quote: Quote) -> dict[str, int]:
    return {row.offer: row.amount for row in quote.applied}


def some_of(skus: frozenset[str]) -> Target:
    return OfSkus(skus)


def test_an_offer_wants_a_line_that_its_share_is_rounded_to_nothing_on_and_those_before_it() -> None:
    """10 % of 1,001 is 100, all of it off A; both offers want A."""
    cart = Cart((Line("A", 1, 1000), Line("B", 1, 1)))
    quote = price(
        cart, [sale("BOTH", PercentOff(1000)), sale("ONE", PercentOff(5000, some_of(A)))], Rules(), at=0
    )
    assert applied(quote) == {"ONE": 500}


def test_an_offer_does_not_want_a_line_that_nothing_can_be_taken_off() -> None:
    cart = Cart((Line("A", 1, 1000), Line("B", 1, 1000, lowest_price=1000), Line("C", 1, 1000)))
    ab, bc = sale("AB", PercentOff(1000, some_of(A | B))), sale("BC", PercentOff(1000, some_of(B | C)))
    assert applied(price(cart, [ab, bc], Rules(), at=0)) == {"AB": 200, "BC": 200}


def test_an_offer_that_picks_units_does_not_want_one_that_nothing_can_be_taken_off() -> None:
    cart = Cart(
        (Line("A", 1, 1000, groups=TEA), Line("B", 1, 900, lowest_price=900, groups=TEA), Line("C", 1, 1000))
    )
    two = sale("TWO", AmountOff(100, SomeUnits("cheapest", 2, groups=TEA)))
    bc = sale("BC", PercentOff(1000, some_of(B | C)))
    assert applied(price(cart, [two, bc], Rules(), at=0)) == {"TWO": 100, "BC": 190}


def test_the_free_units_of_two_benefits_are_judged_each_over_the_goods_that_earned_it() -> None:
    """Under a cap of 50 % of a line a cup for nothing needs another that pays for it."""
    cart = Cart(
        tuple(
            Line(sku, 1, 1000, groups=group)
            for sku, group in zip("ABCD", (TEA, TEA, MUGS, MUGS), strict=True)
        )
    )
    offer = sale("FREE", CheapestFree(InGroups(TEA)), CheapestFree(InGroups(MUGS)))
    assert applied(price(cart, [offer], Rules(line_cap_bp=5000), at=0)) == {"FREE": 2000}


def test_what_caps_cut_to_nothing_is_refused_though_a_later_lane_gives_something() -> None:
    cart = Cart((Line("A", 1, 1000, cost=1000),), delivery=300)
    offers = [sale("TEN", PercentOff(1000)), Offer("POST", "delivery", (DeliveryFixedPrice(0),))]
    quote = price(cart, offers, Rules(margin_floor_bp=0), at=0)
    assert applied(quote) == {"POST": 300}
    assert [(row.offer, row.refusal, row.capped_by) for row in quote.refused] == [
        ("TEN", Refusal.CAPPED_TO_ZERO, Cap.MARGIN_FLOOR)
    ]


def test_of_goods_that_cost_nothing_nothing_is_left_to_be_given() -> None:
    quote = price(Cart((Line("A", 1, 0),)), [sale("FREE", CheapestFree())], Rules(), at=0)
    assert quote.refused[0].refusal is Refusal.NOTHING_LEFT


def test_a_gift_from_the_cart_is_the_cheapest_of_its_lines() -> None:
    cart = Cart((Line("A", 1, 1000), Line("A", 1, 600)))
    assert applied(
        price(cart, [Offer("CUP", "gifts", (GiftItem(("A",), how="from_cart"),))], Rules(), at=0)
    ) == {"CUP": 600}


def test_an_offer_for_undiscounted_goods_of_a_group_leaves_the_discounted_ones_alone() -> None:
    cart = Cart((Line("A", 1, 1000, groups=TEA), Line("B", 1, 1000, groups=TEA)))
    rest = Offer("REST", "coupon", (PercentOff(1000, InGroups(TEA)),), skips_discounted=True)
    quote = price(cart, [sale("TEN", PercentOff(1000, some_of(A))), rest], Rules(), at=0)
    assert [line.discount for line in quote.lines] == [100, 100]


def test_an_offer_for_untouched_units_sees_those_of_its_group_only() -> None:
    cart = Cart((Line("A", 2, 1000, groups=TEA), Line("B", 1, 1000)))
    first = sale("PAIR", BuyXGetY(1, 1, some_of(A)))
    fresh = Offer("FRESH", "order", (PercentOff(1000, InGroups(TEA)),), reuses_units=False)
    quote = price(cart, [first, fresh], Rules(), at=0)
    assert applied(quote) == {"PAIR": 1000}


def test_who_may_reuse_units_sees_bought_ones_though_another_offer_may_not() -> None:
    """A is bought for the free B: no discount lies on it, but it has been used."""
    cart = Cart((Line("A", 1, 1000), Line("B", 1, 500)))
    first = sale("PAIR", BuyXGetY(1, 1, some_of(A), some_of(B)))
    rest = Offer("REST", "order", (PercentOff(1000),), skips_discounted=True)
    fresh = Offer("FRESH", "order", (PercentOff(2000),), reuses_units=False, priority=200)
    quote = price(cart, [first, rest, fresh], Rules(), at=0)
    assert applied(quote) == {"PAIR": 500, "REST": 100}
