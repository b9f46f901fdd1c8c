"""Conditions and schedules that no order could ever meet, or that say nothing."""

from collections.abc import Sequence

from loyalty.document.conditions import (
    CartContains,
    ConditionPart,
    DaysSinceLastOrder,
    NewCustomer,
    NthOrder,
    OrderedBefore,
    Visit,
    WeekdayHours,
)
from loyalty.document.faults import DocumentFault, OfferDocumentInvalid
from loyalty.document.terms import OfferDocument, Visitors, Weekly


def check_conditions(read: OfferDocument) -> None:
    """Raises OfferDocumentInvalid."""
    for place, part in enumerate(read.conditions):
        path = f"conditions[{place}]"
        _check_names(part, path)
        _check_ranges(part, path)
        if part in read.conditions[:place]:
            raise OfferDocumentInvalid(
                DocumentFault.SAID_TWICE, detail="This condition is there already", attr=path
            )
    _check_newcomers(read.conditions)
    _check_schedule(read)


def _check_names(part: ConditionPart, path: str) -> None:
    if isinstance(part, CartContains) and not part.skus and not part.groups:
        detail = "Name at least one sku or product group"
    elif isinstance(part, DaysSinceLastOrder) and part.days_min is None and part.days_max is None:
        detail = "Give the least or the most number of days"
    elif isinstance(part, NthOrder) and part.every and part.n == 1:
        raise OfferDocumentInvalid(
            DocumentFault.POINTLESS,
            detail="Every order is a first one here: take 2 or more",
            attr=f"{path}.n",
        )
    else:
        return
    raise OfferDocumentInvalid(DocumentFault.NOTHING_NAMED, detail=detail, attr=path)


def _check_ranges(part: ConditionPart, path: str) -> None:
    if isinstance(part, DaysSinceLastOrder):
        check_range(part.days_min, part.days_max, attr=f"{path}.days_max")
    elif isinstance(part, Visit):
        check_range(part.number_min, part.number_max, attr=f"{path}.number_max")
    elif isinstance(part, WeekdayHours):
        check_hours(part.from_minute, part.to_minute, attr=f"{path}.to_minute")


def check_range(least: int | None, most: int | None, *, attr: str) -> None:
    if least is not None and most is not None and least > most:
        raise OfferDocumentInvalid(
            DocumentFault.RANGE_EMPTY, detail="The most must not be under the least", attr=attr
        )


def check_hours(from_minute: int, to_minute: int, *, attr: str) -> None:
    if from_minute >= to_minute:
        detail = "The end must be after the start, on the same day; make two offers to pass midnight"
        raise OfferDocumentInvalid(DocumentFault.WINDOW_EMPTY, detail=detail, attr=attr)


def _check_newcomers(parts: Sequence[ConditionPart]) -> None:
    """A buyer without an order has no second order, and none that is so and so many days ago."""
    is_first = any(isinstance(part, NewCustomer) or part == NthOrder(n=1) for part in parts)
    for place, part in enumerate(parts):
        is_later = isinstance(part, DaysSinceLastOrder) or (isinstance(part, NthOrder) and part.n > 1)
        if is_first and is_later:
            detail = "Nobody is new and has ordered before: keep one of these conditions"
            raise OfferDocumentInvalid(DocumentFault.NEVER_HOLDS, detail=detail, attr=f"conditions[{place}]")


def _check_schedule(read: OfferDocument) -> None:
    schedule = read.schedule
    starts_at, ends_at = schedule.starts_at, schedule.ends_at
    if starts_at and ends_at and ends_at <= starts_at:
        raise OfferDocumentInvalid(
            DocumentFault.WINDOW_EMPTY, detail="The end must be after the start", attr="schedule.ends_at"
        )
    if isinstance(schedule.recurring, Weekly):
        hours = schedule.recurring
        check_hours(hours.from_minute, hours.to_minute, attr="schedule.recurring.to_minute")
        _check_days_meet(read, hours)
    for place, part in enumerate(read.conditions):
        if isinstance(part, OrderedBefore) and starts_at and part.at <= starts_at:
            detail = "It would end before the offer starts"
            raise OfferDocumentInvalid(
                DocumentFault.NEVER_HOLDS, detail=detail, attr=f"conditions[{place}].at"
            )
    if isinstance(read.audience, Visitors):
        check_range(read.audience.number_min, read.audience.number_max, attr="audience.number_max")


def _check_days_meet(read: OfferDocument, weekly: Weekly) -> None:
    for place, part in enumerate(read.conditions):
        if isinstance(part, WeekdayHours) and part.weekdays and not set(part.weekdays) & set(weekly.weekdays):
            detail = "The offer recurs on other weekdays than these"
            raise OfferDocumentInvalid(
                DocumentFault.NEVER_HOLDS, detail=detail, attr=f"conditions[{place}].weekdays"
            )
