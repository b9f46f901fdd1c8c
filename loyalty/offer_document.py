"""An offer's terms as one typed document, the same in database, API and panel; and what pricing makes of it.

{"v": 1, "lane": "coupon", "priority": 100, "is_exclusive": false,
 "conditions": [{"kind": "subtotal_at_least", "amount": 2000}],
 "benefits": [{"kind": "percent_off", "rate_bp": 1000, "target": {"kind": "whole_order"}}],
 "schedule": {"starts_at": "2026-05-01T00:00:00Z", "ends_at": null, "recurring": null, "personal_hours": null},
 "audience": {"kind": "coupon"},
 "limits": {"uses_max": 500, "uses_per_day": 50, "uses_per_customer": 1, "budget_max": null}}

The parts stand in loyalty/document/, one file per family; docs/offers.md explains each to who writes one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from loyalty.document.benefits import GiftItem, PercentByThreshold
from loyalty.document.bounds import Part
from loyalty.document.check_benefits import check_benefits
from loyalty.document.check_conditions import check_conditions
from loyalty.document.faults import DocumentFault, OfferDocumentInvalid
from loyalty.document.terms import CouponHolders, Customers, OfferDocument, Recurring, Visitors
from pricing import benefits, conditions, targets
from pricing.values import Benefit, Condition, Target

__all__ = ["DocumentFault", "OfferDocumentInvalid", "OfferTerms", "document_schema", "parse", "parse_text"]

_decoder = msgspec.json.Decoder(OfferDocument)


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """A document as pricing reads it. Moments are epoch seconds; amounts minor units; None is "no limit".

    `recurring` and `personal_hours` are as written: only a store and a visitor make windows of them.
    """

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
    recurring: Recurring | None = None
    personal_hours: int | None = None
    skips_discounted: bool = False
    reuses_units: bool | None = None
    uses_per_day: int | None = None

    @property
    def is_limited(self) -> bool:
        limits = (self.uses_max, self.uses_per_day, self.uses_per_customer, self.budget_max)
        return any(limit is not None for limit in limits)


def parse(document: Mapping[str, Any]) -> OfferTerms:
    """The terms of a document. Raises OfferDocumentInvalid."""
    return _terms(_read(lambda: msgspec.convert(document, OfferDocument)))


def parse_text(document: bytes | msgspec.Raw) -> OfferTerms:
    """The terms of a document that is JSON text still. Raises OfferDocumentInvalid."""
    return _terms(_read(lambda: _decoder.decode(document)))


def document_schema() -> dict[str, Any]:
    """The JSON schema of a document."""
    return msgspec.json.schema(OfferDocument)


def _read(read: Callable[[], OfferDocument]) -> OfferDocument:
    try:
        return read()
    except msgspec.ValidationError as error:
        detail, _, path = str(error).partition(" - at `$")
        attr = path.removesuffix("`").lstrip(".") or None
        raise OfferDocumentInvalid(DocumentFault.MALFORMED, detail=detail, attr=attr) from None


def _terms(read: OfferDocument) -> OfferTerms:
    check_conditions(read)
    check_benefits(read)
    return OfferTerms(
        lane=read.lane,
        priority=read.priority,
        is_exclusive=read.is_exclusive,
        conditions=tuple(_conditions(read)),
        benefits=tuple(_become(BENEFITS, part) for part in read.benefits),
        starts_at=_epoch(read.schedule.starts_at),
        ends_at=_epoch(read.schedule.ends_at),
        needs_code=isinstance(read.audience, CouponHolders),
        uses_max=read.limits.uses_max,
        uses_per_customer=read.limits.uses_per_customer,
        budget_max=read.limits.budget_max,
        recurring=read.schedule.recurring,
        personal_hours=read.schedule.personal_hours,
        skips_discounted=read.skips_discounted,
        reuses_units=read.reuses_units,
        uses_per_day=read.limits.uses_per_day,
    )


def _conditions(read: OfferDocument) -> Iterator[Condition]:
    """Those that are written, then those that the audience and the limits imply."""
    yield from [_become(CONDITIONS, part) for part in read.conditions]
    # A limit per customer holds only for somebody who can be told from others.
    if isinstance(read.audience, Customers) or read.limits.uses_per_customer is not None:
        yield conditions.Registered()
    if isinstance(read.audience, Visitors):
        yield conditions.Visit(read.audience.number_min, read.audience.number_max)


CONDITIONS: Mapping[str, type[Any]] = {
    part.kind: part
    for part in (
        conditions.SubtotalAtLeast,
        conditions.QuantityAtLeast,
        conditions.CartContains,
        conditions.Registered,
        conditions.NewCustomer,
        conditions.InSegment,
        conditions.InTier,
        conditions.HoldsCard,
        conditions.PartnerTraffic,
        conditions.NthOrder,
        conditions.DaysSinceLastOrder,
        conditions.NearBirthday,
        conditions.DeliveryMethod,
        conditions.PaymentMethod,
        conditions.WeekdayHours,
        conditions.CameByLink,
        conditions.StockOlderThan,
        conditions.OrderedBefore,
        conditions.PreorderOnly,
        conditions.Subscribed,
        conditions.Visit,
    )
}
BENEFITS: Mapping[str, type[Any]] = {
    part.kind: part
    for part in (
        benefits.PercentOff,
        benefits.AmountOff,
        benefits.AmountOffEach,
        benefits.FixedUnitPrice,
        benefits.NForPrice,
        benefits.BuyXGetY,
        benefits.CheapestFree,
        benefits.PercentByThreshold,
        benefits.DeliveryPercentOff,
        benefits.DeliveryFixedPrice,
        benefits.GiftItem,
        benefits.PointsMultiplier,
        benefits.ExtraPoints,
        benefits.NextCoupon,
    )
}
TARGETS: Mapping[str, type[Target]] = {
    part.kind: part
    for part in (
        targets.WholeOrder,
        targets.InGroups,
        targets.OfSkus,
        targets.PriceBand,
        targets.SomeUnits,
        targets.OldStock,
        targets.Delivery,
    )
}


def _become(classes: Mapping[str, type[Any]], part: Part) -> Any:
    """The class of pricing that has the part's kind; fields are called the same in both."""
    values = {name: _plain(getattr(part, name)) for name in part.__struct_fields__}
    if isinstance(part, GiftItem):
        values["skus"] = part.skus  # in order: the first that can be had is given
    if isinstance(part, PercentByThreshold):
        values["steps"] = tuple(benefits.Step(step.at_least, step.rate_bp) for step in part.steps)
    return classes[str(part.__struct_config__.tag)](**values)


def _plain(value: Any) -> Any:
    """Lists of codes become sets."""
    if isinstance(value, Part):
        return _become(TARGETS, value)
    if isinstance(value, datetime):
        return _epoch(value)
    return frozenset(value) if isinstance(value, tuple) else value


def _epoch(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
