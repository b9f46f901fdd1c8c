"""Benefits, targets and lanes that cannot make sense together."""

from collections.abc import Iterator

from loyalty.document.benefits import (
    AmountOff,
    BenefitPart,
    BuyXGetY,
    CheapestFree,
    Delivery,
    DeliveryFixedPrice,
    DeliveryPercentOff,
    ExtraPoints,
    GiftItem,
    NextCoupon,
    NForPrice,
    PercentByThreshold,
    PercentOff,
    PointsMultiplier,
    PriceBand,
    SomeUnits,
    TargetPart,
)
from loyalty.document.check_conditions import check_range
from loyalty.document.faults import DocumentFault, OfferDocumentInvalid
from loyalty.document.terms import OfferDocument
from pricing.values import DEFAULT_LANES

LANES = tuple(lane.code for lane in DEFAULT_LANES)
DELIVERY_LANE = "delivery"
GOODS_LANES = frozenset({"sale", "order", "gifts"})
ON_DELIVERY = (DeliveryPercentOff, DeliveryFixedPrice)
WITHOUT_MONEY = (PointsMultiplier, ExtraPoints, NextCoupon)
# These choose or count units themselves, so a target that chooses units too would leave nobody the wiser.
COUNTING = (NForPrice, BuyXGetY, CheapestFree, PercentByThreshold)
NO_OPTIONS = (False, None, False, None)
CAN_TAKE_DELIVERY = (PercentOff, AmountOff)


def check_benefits(read: OfferDocument) -> None:
    """Raises OfferDocumentInvalid."""
    for place, part in enumerate(read.benefits):
        path = f"benefits[{place}]"
        if isinstance(part, PercentByThreshold):
            _check_steps(part, path)
        for name, target in _targets(part):
            _check_target(part, target, f"{path}.{name}")
        if part in read.benefits[:place]:
            raise OfferDocumentInvalid(
                DocumentFault.SAID_TWICE, detail="This benefit is there already", attr=path
            )
    _check_delivery_once(read)
    _check_lane(read)
    _check_options(read)


def _targets(part: BenefitPart) -> Iterator[tuple[str, TargetPart]]:
    """The targets by the names of their fields."""
    for name in ("target", "buy_target", "get_target"):
        target = getattr(part, name, None)
        if target is not None:
            yield name, target


def _check_steps(part: PercentByThreshold, path: str) -> None:
    for place, (lower, higher) in enumerate(zip(part.steps, part.steps[1:], strict=False), 1):
        if higher.at_least <= lower.at_least or higher.rate_bp <= lower.rate_bp:
            raise OfferDocumentInvalid(
                DocumentFault.STEPS_NOT_ASCENDING,
                detail="Each step asks for more than the one before it, and gives more",
                attr=f"{path}.steps[{place}]",
            )


def _check_target(part: BenefitPart, target: TargetPart, path: str) -> None:
    if isinstance(target, Delivery) and not isinstance(part, CAN_TAKE_DELIVERY):
        raise OfferDocumentInvalid(
            DocumentFault.WRONG_TARGET, detail="This benefit acts on goods, not on delivery", attr=path
        )
    if isinstance(target, SomeUnits):
        if isinstance(part, COUNTING):
            raise OfferDocumentInvalid(
                DocumentFault.WRONG_TARGET,
                detail="This benefit chooses the units itself: name the goods, not the units",
                attr=path,
            )
        _check_units(target, path)
    if isinstance(target, PriceBand):
        if target.price_min == 0 and target.price_max is None:
            raise OfferDocumentInvalid(
                DocumentFault.NOTHING_NAMED, detail="Give the least or the most price", attr=path
            )
        check_range(target.price_min, target.price_max, attr=f"{path}.price_max")


def _check_units(target: SomeUnits, path: str) -> None:
    if target.per != "group":
        if target.group_of is not None:
            raise OfferDocumentInvalid(
                DocumentFault.POINTLESS, detail="A size belongs to units per group", attr=f"{path}.group_of"
            )
    elif target.group_of is None:
        raise OfferDocumentInvalid(
            DocumentFault.NOTHING_NAMED, detail="Say how many units make a group", attr=f"{path}.group_of"
        )
    elif target.count > target.group_of:
        raise OfferDocumentInvalid(
            DocumentFault.RANGE_EMPTY, detail="A group has fewer units than that", attr=f"{path}.count"
        )


def is_on_delivery(part: BenefitPart) -> bool:
    return isinstance(part, ON_DELIVERY) or isinstance(getattr(part, "target", None), Delivery)


def _check_delivery_once(read: OfferDocument) -> None:
    on_delivery = [place for place, part in enumerate(read.benefits) if is_on_delivery(part)]
    if len(on_delivery) > 1:
        raise OfferDocumentInvalid(
            DocumentFault.SAID_TWICE,
            detail="The delivery fee is named already: keep one of these benefits",
            attr=f"benefits[{on_delivery[1]}]",
        )


def _check_lane(read: OfferDocument) -> None:
    if read.lane not in LANES:
        raise OfferDocumentInvalid(
            DocumentFault.UNKNOWN_LANE, detail=f"Name one of {', '.join(LANES)}", attr="lane"
        )
    goods = [place for place, part in enumerate(read.benefits) if not is_on_delivery(part)]
    if read.lane == DELIVERY_LANE and goods:
        detail = "The delivery lane is for delivery alone: put what is taken off goods into another lane"
        raise OfferDocumentInvalid(DocumentFault.WRONG_LANE, detail=detail, attr=f"benefits[{goods[0]}]")
    if read.lane in GOODS_LANES and not goods:
        detail = "What is taken off delivery alone belongs to the lane delivery, where caps are known"
        raise OfferDocumentInvalid(DocumentFault.WRONG_LANE, detail=detail, attr="lane")


def _check_options(read: OfferDocument) -> None:
    """Settings that have nothing to act on. Most documents have none of them."""
    options = (read.is_exclusive, read.reuses_units, read.skips_discounted, read.limits.budget_max)
    if options == NO_OPTIONS:
        return
    on_goods = any(
        not is_on_delivery(part) and not isinstance(part, (*WITHOUT_MONEY, GiftItem))
        for part in read.benefits
    )
    costs = any(not isinstance(part, WITHOUT_MONEY) for part in read.benefits)
    checks = (
        (
            read.is_exclusive and read.reuses_units is not None,
            "reuses_units",
            "An exclusive offer stands alone",
        ),
        (read.is_exclusive and read.skips_discounted, "skips_discounted", "An exclusive offer stands alone"),
        (read.reuses_units is not None and not on_goods, "reuses_units", "Nothing here is taken off goods"),
        (read.skips_discounted and not on_goods, "skips_discounted", "Nothing here is taken off goods"),
        (read.limits.budget_max is not None and not costs, "limits.budget_max", "Nothing here is money off"),
    )
    for fails, attr, detail in checks:
        if fails:
            raise OfferDocumentInvalid(DocumentFault.POINTLESS, detail=detail, attr=attr)
