"""One rich cart, and everything that its quote says of it."""

from pricing.benefits import (
    AmountOff,
    DeliveryPercentOff,
    ExtraPoints,
    GiftItem,
    NextCoupon,
    PercentOff,
    PointsMultiplier,
)
from pricing.conditions import SubtotalAtLeast
from pricing.earn_terms import EarnRule, Gain
from pricing.price import price
from pricing.refusals import Cap, Refusal
from pricing.targets import InGroups
from pricing.values import (
    Applied,
    Cart,
    Discount,
    Gift,
    Line,
    Offer,
    Promise,
    Quote,
    QuotedGift,
    QuotedLine,
    Refused,
    Rules,
    Shopper,
)

TEA = frozenset({"tea"})
CART = Cart(
    (Line("A", 2, 1000, groups=TEA), Line("B", 1, 500)),
    delivery=300,
    codes=frozenset({"SPRING", "WINTER"}),
    gifts={"cup": Gift("cup", 150)},
    shopper=Shopper(customer="ann"),
)
OFFERS = [
    Offer("SALE", "sale", (PercentOff(1000, InGroups(TEA)),)),
    Offer("C", "coupon", (PercentOff(500), ExtraPoints(50)), coupon="SPRING"),
    Offer("TWICE", "order", (PointsMultiplier(20_000), NextCoupon("autumn"))),
    Offer("BIG", "order", (AmountOff(5),), conditions=(SubtotalAtLeast(5000),)),
    Offer("CUP", "gifts", (GiftItem(("cup",), 2),)),
    Offer("POST", "delivery", (DeliveryPercentOff(5000),)),
]
RULES = Rules(earn=(EarnRule(1, 100),), rounding="down", leftover="last", exclusive_first=True)


# A: 2 x 1000 - 200 (10 %) - 90 (of 115, 5 % of 2300); B: 500 - 25. Points: 2 x 2185 / 100 is 43, shared 33.65 and
# 9.35; 50 more, shared 39.13 and 10.87.
LINES = (
    QuotedLine(
        sku="A",
        quantity=2,
        gross=2000,
        discount=290,
        net=1710,
        discounts=(Discount("SALE", None, 200), Discount("C", "SPRING", 90)),
        points_to_earn=34 + 39,
        factor_bp=20_000,
        extra_points=39,
    ),
    QuotedLine(
        sku="B",
        quantity=1,
        gross=500,
        discount=25,
        net=475,
        discounts=(Discount("C", "SPRING", 25),),
        points_to_earn=9 + 11,
        factor_bp=20_000,
        extra_points=11,
    ),
)
QUOTE = Quote(
    lines=LINES,
    applied=(
        Applied("SALE", None, "sale", 200),
        Applied("C", "SPRING", "coupon", 115, points=50),
        Applied("TWICE", None, "order", 0, factor_bp=20_000),
        Applied("CUP", None, "gifts", 300),
        Applied("POST", None, "delivery", 150, delivery=150),
    ),
    refused=(
        Refused("BIG", None, Refusal.BELOW_MINIMUM, missing=2815),
        Refused("", "WINTER", Refusal.UNKNOWN_CODE),
    ),
    goods=2500,
    discount=315,
    delivery_fee=300,
    delivery=150,
    payable=2335,
    points_to_earn=93,
    gifts=(QuotedGift("cup", 2, 150, "CUP", None),),
    promised=(Promise("TWICE", None, "autumn"),),
    rounding="down",
    leftover="last",
    reuses_units=True,
    exclusive_first=True,
    gains=(Gain(0, 43, (34, 9)),),
)


def test_everything_that_a_quote_says() -> None:
    assert price(CART, OFFERS, RULES, at=0) == QUOTE


def test_extra_points_of_goods_that_cost_nothing_go_by_their_quantities() -> None:
    cart = Cart((Line("A", 3, 0), Line("B", 1, 0)))
    quote = price(cart, [Offer("P", "order", (ExtraPoints(40),))], Rules(), at=0)
    assert [line.points_to_earn for line in quote.lines] == [30, 10]


def test_an_applied_offer_adds_up_its_points_and_multipliers() -> None:
    offer = Offer(
        "P", "order", (ExtraPoints(4), PointsMultiplier(20_000), PointsMultiplier(15_000), ExtraPoints(3))
    )
    applied = price(CART, [offer], Rules(), at=0).applied[0]
    assert (applied.points, applied.factor_bp) == (7, 25_000)


def test_a_gift_cut_by_the_floor_is_told_with_its_price() -> None:
    cart = Cart((Line("A", 1, 1000, cost=900),), gifts={"cup": Gift("cup", 150, cost=200)})
    offer = Offer("CUP", "gifts", (GiftItem(("cup",)), AmountOff(50)))
    quote = price(cart, [offer], Rules(margin_floor_bp=0), at=0)
    assert quote.applied == (Applied("CUP", None, "gifts", 50, capped_by=Cap.MARGIN_FLOOR, capped=150),)
    assert quote.gifts == ()


def test_refusals_come_by_lane_then_rank_and_unknown_codes_last() -> None:
    never = (SubtotalAtLeast(9_999_999),)
    offers = [
        Offer("d", "delivery", (AmountOff(1),), never),
        Offer("z", "nowhere", (AmountOff(1),), never),
        Offer("b", "coupon", (AmountOff(1),), never, priority=2),
        Offer("a", "coupon", (AmountOff(1),), never, priority=1),
        Offer("s", "sale", (AmountOff(1),), never),
        Offer("x", "elsewhere", (AmountOff(1),), never),
    ]
    refused = price(CART, offers, Rules(), at=0).refused
    assert [each.offer or each.coupon for each in refused] == [
        "s",
        "a",
        "b",
        "d",
        "x",
        "z",
        "SPRING",
        "WINTER",
    ]
