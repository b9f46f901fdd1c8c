"""The benefits and targets of a document. What each means stands with its class in pricing."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from loyalty.document.bounds import (
    FACTOR_BP_MAX,
    POINTS_MAX,
    Amount,
    AnyAmount,
    Code,
    Codes,
    Days,
    Part,
    Rate,
    SomeCodes,
    Units,
)
from pricing.values import WHOLE_BP

Give = Literal["cheapest", "dearest"]


class WholeOrder(Part, frozen=True, tag="whole_order"):
    pass


class InGroups(Part, frozen=True, tag="in_groups"):
    groups: SomeCodes


class OfSkus(Part, frozen=True, tag="of_skus"):
    skus: SomeCodes


class PriceBand(Part, frozen=True, tag="price_band"):
    """Both ends belong to the band."""

    price_min: AnyAmount = 0
    price_max: AnyAmount | None = None


class SomeUnits(Part, frozen=True, tag="some_units"):
    """`count` units of each order, of each line, or of every `group_of` units."""

    give: Give
    count: Units
    per: Literal["order", "line", "group"] = "order"
    group_of: Units | None = None
    groups: Codes = ()


class OldStock(Part, frozen=True, tag="old_stock"):
    days: Days
    groups: Codes = ()


class Delivery(Part, frozen=True, tag="delivery"):
    pass


TargetPart = WholeOrder | InGroups | OfSkus | PriceBand | SomeUnits | OldStock | Delivery


class PercentOff(Part, frozen=True, tag="percent_off"):
    rate_bp: Rate
    target: TargetPart = WholeOrder()
    of_original: bool = False


class AmountOff(Part, frozen=True, tag="amount_off"):
    amount: Amount
    target: TargetPart = WholeOrder()


class AmountOffEach(Part, frozen=True, tag="amount_off_each"):
    amount: Amount
    target: TargetPart = WholeOrder()


class FixedUnitPrice(Part, frozen=True, tag="fixed_unit_price"):
    price: AnyAmount
    target: TargetPart = WholeOrder()


class NForPrice(Part, frozen=True, tag="n_for_price"):
    quantity: Units
    price: AnyAmount
    target: TargetPart = WholeOrder()
    times_max: Units | None = None


class BuyXGetY(Part, frozen=True, tag="buy_x_get_y"):
    """No `get_target`: of the same goods."""

    buy: Units
    get: Units
    buy_target: TargetPart = WholeOrder()
    get_target: TargetPart | None = None
    rate_bp: Rate = WHOLE_BP
    give: Give = "cheapest"
    times_max: Units | None = None


class CheapestFree(Part, frozen=True, tag="cheapest_free"):
    target: TargetPart = WholeOrder()
    give: Give = "cheapest"


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """`at_least` is minor units or a number of units, as the benefit says."""

    at_least: Amount
    rate_bp: Rate


class PercentByThreshold(Part, frozen=True, tag="percent_by_threshold"):
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=20)]
    by: Literal["subtotal", "quantity"] = "subtotal"
    target: TargetPart = WholeOrder()


class DeliveryPercentOff(Part, frozen=True, tag="delivery_percent_off"):
    rate_bp: Rate


class DeliveryFixedPrice(Part, frozen=True, tag="delivery_fixed_price"):
    price: AnyAmount = 0


class GiftItem(Part, frozen=True, tag="gift_item"):
    """The first of `skus` that can be had; `added` to the order, or taken `from_cart`."""

    skus: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=100)]
    quantity: Units = 1
    how: Literal["added", "from_cart"] = "added"


class PointsMultiplier(Part, frozen=True, tag="points_multiplier"):
    factor_bp: Annotated[int, Meta(gt=WHOLE_BP, le=FACTOR_BP_MAX)]
    groups: Codes = ()


class ExtraPoints(Part, frozen=True, tag="extra_points"):
    points: Annotated[int, Meta(ge=1, le=POINTS_MAX)]


class NextCoupon(Part, frozen=True, tag="next_coupon"):
    campaign: Code


BenefitPart = (
    PercentOff
    | AmountOff
    | AmountOffEach
    | FixedUnitPrice
    | NForPrice
    | BuyXGetY
    | CheapestFree
    | PercentByThreshold
    | DeliveryPercentOff
    | DeliveryFixedPrice
    | GiftItem
    | PointsMultiplier
    | ExtraPoints
    | NextCoupon
)
