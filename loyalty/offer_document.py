"""An offer's terms as one typed document, the same in database, API and panel; and what pricing makes of it.

{"v": 1, "lane": "coupon", "priority": 100, "is_exclusive": false,
 "conditions": [{"kind": "subtotal_at_least", "amount": 2000}],
 "benefits": [{"kind": "percent_off", "rate_bp": 1000, "target": {"kind": "whole_order"}}],
 "schedule": {"starts_at": "2026-05-01T00:00:00Z", "ends_at": null},
 "audience": {"kind": "coupon"},
 "limits": {"uses_max": 50, "uses_per_customer": 1, "budget_max": null}}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from pricing import benefits, conditions, targets
from pricing.values import DEFAULT_LANES, WHOLE_BP, Benefit, Condition, Target

AMOUNT_MAX = 10_000_000_000
COUNT_MAX = 1_000_000_000

Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Codes = Annotated[tuple[Code, ...], Meta(max_length=5000)]
SomeCodes = Annotated[tuple[Code, ...], Meta(min_length=1, max_length=5000)]
Amount = Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
Count = Annotated[int, Meta(ge=1, le=COUNT_MAX)]
Rate = Annotated[int, Meta(ge=1, le=WHOLE_BP)]
Moment = Annotated[datetime, Meta(tz=True)]


class Part(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """A condition, benefit or target; its kind is the name of the class in pricing that it becomes."""


class SubtotalAtLeast(Part, frozen=True, tag="subtotal_at_least"):
    amount: Amount
    groups: Codes = ()
    before_discounts: bool = False


class QuantityAtLeast(Part, frozen=True, tag="quantity_at_least"):
    quantity: Count
    groups: Codes = ()


class CartContains(Part, frozen=True, tag="cart_contains"):
    skus: Codes = ()
    groups: Codes = ()


class Registered(Part, frozen=True, tag="registered"):
    pass


class InSegment(Part, frozen=True, tag="in_segment"):
    segments: SomeCodes


class InTier(Part, frozen=True, tag="in_tier"):
    tiers: SomeCodes


class HoldsCard(Part, frozen=True, tag="holds_card"):
    plans: SomeCodes


class WholeOrder(Part, frozen=True, tag="whole_order"):
    pass


class InGroups(Part, frozen=True, tag="in_groups"):
    groups: SomeCodes


class OfSkus(Part, frozen=True, tag="of_skus"):
    skus: SomeCodes


TargetPart = WholeOrder | InGroups | OfSkus


class PercentOff(Part, frozen=True, tag="percent_off"):
    rate_bp: Rate
    target: TargetPart = WholeOrder()
    of_original: bool = False


class AmountOff(Part, frozen=True, tag="amount_off"):
    amount: Amount
    target: TargetPart = WholeOrder()


class DeliveryPercentOff(Part, frozen=True, tag="delivery_percent_off"):
    rate_bp: Rate


class DeliveryFixedPrice(Part, frozen=True, tag="delivery_fixed_price"):
    price: Annotated[int, Meta(ge=0, le=AMOUNT_MAX)] = 0


ConditionPart = SubtotalAtLeast | QuantityAtLeast | CartContains | Registered | InSegment | InTier | HoldsCard
BenefitPart = PercentOff | AmountOff | DeliveryPercentOff | DeliveryFixedPrice


class Everyone(Part, frozen=True, tag="everyone"):
    """Applies by itself: a promotion."""


class Customers(Part, frozen=True, tag="customers"):
    """Applies by itself to customers whom the store knows."""


class CouponHolders(Part, frozen=True, tag="coupon"):
    """Only with a code."""


class Schedule(Struct, frozen=True, forbid_unknown_fields=True):
    """Half-open: from `starts_at` until just before `ends_at`. Empty: without a start or an end."""

    starts_at: Moment | None = None
    ends_at: Moment | None = None


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """Uses in all and per customer; the most it may cost in minor units. Empty: without a limit."""

    uses_max: Count | None = None
    uses_per_customer: Annotated[int, Meta(ge=1, le=1000)] | None = None
    budget_max: Annotated[int, Meta(ge=1, le=AMOUNT_MAX * 1000)] | None = None


class OfferDocument(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    v: Literal[1]
    lane: Code
    priority: Annotated[int, Meta(ge=0, le=10_000)] = 100
    is_exclusive: bool = False
    conditions: Annotated[tuple[ConditionPart, ...], Meta(max_length=20)] = ()
    benefits: Annotated[tuple[BenefitPart, ...], Meta(min_length=1, max_length=10)]
    schedule: Schedule = Schedule()
    audience: Everyone | Customers | CouponHolders = Everyone()
    limits: Limits = Limits()


class DocumentFault(StrEnum):
    MALFORMED = "malformed"  # a field is missing, unknown or out of its bounds; `attr` says which
    UNKNOWN_LANE = "unknown_lane"
    WINDOW_EMPTY = "window_empty"  # it ends before it starts
    NOTHING_NAMED = "nothing_named"  # a "cart contains" that names no sku and no group


class OfferDocumentInvalid(ValueError):
    """`attr` is the path of the field, for example "benefits[0].rate_bp"; `detail` says what it should be."""

    def __init__(self, code: DocumentFault, *, detail: str, attr: str | None) -> None:
        super().__init__(f"{attr or 'document'}: {detail}")
        self.code = code
        self.detail = detail
        self.attr = attr


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """A document as pricing reads it. Moments are epoch seconds; amounts minor units; None is "no limit"."""

    lane: str
    priority: int
    is_exclusive: bool
    conditions: tuple[Condition, ...]
    benefits: tuple[Benefit, ...]
    starts_at: int | None
    ends_at: int | None
    needs_code: bool
    uses_max: int | None
    uses_per_customer: int | None
    budget_max: int | None

    @property
    def is_limited(self) -> bool:
        return (self.uses_max, self.uses_per_customer, self.budget_max) != (None, None, None)


def parse(document: Mapping[str, Any]) -> OfferTerms:
    """The terms of a document. Raises OfferDocumentInvalid."""
    read = _read(document)
    _check(read)
    asked = [_become(CONDITIONS, part) for part in read.conditions]
    # A limit per customer holds only for somebody who can be told from others.
    if isinstance(read.audience, Customers) or read.limits.uses_per_customer is not None:
        asked.append(conditions.Registered())
    return OfferTerms(
        lane=read.lane,
        priority=read.priority,
        is_exclusive=read.is_exclusive,
        conditions=tuple(asked),
        benefits=tuple(_become(BENEFITS, part) for part in read.benefits),
        starts_at=_epoch(read.schedule.starts_at),
        ends_at=_epoch(read.schedule.ends_at),
        needs_code=isinstance(read.audience, CouponHolders),
        uses_max=read.limits.uses_max,
        uses_per_customer=read.limits.uses_per_customer,
        budget_max=read.limits.budget_max,
    )


def document_schema() -> dict[str, Any]:
    """The JSON schema of a document."""
    return msgspec.json.schema(OfferDocument)


def _read(document: Mapping[str, Any]) -> OfferDocument:
    try:
        return msgspec.convert(document, OfferDocument)
    except msgspec.ValidationError as error:
        detail, _, path = str(error).partition(" - at `$")
        attr = path.removesuffix("`").lstrip(".") or None
        raise OfferDocumentInvalid(DocumentFault.MALFORMED, detail=detail, attr=attr) from None


def _check(read: OfferDocument) -> None:
    """What single fields do not show."""
    lanes = [lane.code for lane in DEFAULT_LANES]
    if read.lane not in lanes:
        raise OfferDocumentInvalid(
            DocumentFault.UNKNOWN_LANE, detail=f"Name one of {', '.join(lanes)}", attr="lane"
        )
    starts_at, ends_at = read.schedule.starts_at, read.schedule.ends_at
    if starts_at and ends_at and ends_at <= starts_at:
        raise OfferDocumentInvalid(
            DocumentFault.WINDOW_EMPTY, detail="The end must be after the start", attr="schedule.ends_at"
        )
    for place, part in enumerate(read.conditions):
        if isinstance(part, CartContains) and not part.skus and not part.groups:
            raise OfferDocumentInvalid(
                DocumentFault.NOTHING_NAMED,
                detail="Name at least one sku or product group",
                attr=f"conditions[{place}]",
            )


CONDITIONS: Mapping[str, type[Any]] = {
    part.kind: part
    for part in (
        conditions.SubtotalAtLeast,
        conditions.QuantityAtLeast,
        conditions.CartContains,
        conditions.Registered,
        conditions.InSegment,
        conditions.InTier,
        conditions.HoldsCard,
    )
}
BENEFITS: Mapping[str, type[Any]] = {
    part.kind: part
    for part in (
        benefits.PercentOff,
        benefits.AmountOff,
        benefits.DeliveryPercentOff,
        benefits.DeliveryFixedPrice,
    )
}
TARGETS: Mapping[str, type[Target]] = {
    part.kind: part for part in (targets.WholeOrder, targets.InGroups, targets.OfSkus)
}


def _become(classes: Mapping[str, type[Any]], part: Part) -> Any:
    """The class of pricing that has the part's kind; fields are called the same in both."""
    values = {name: _plain(getattr(part, name)) for name in part.__struct_fields__}
    return classes[str(part.__struct_config__.tag)](**values)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return frozenset(value)
    return _become(TARGETS, value) if isinstance(value, Part) else value


def _epoch(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
