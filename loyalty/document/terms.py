"""When an offer runs, for whom, how often; and the document as a whole."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from loyalty.document.benefits import BenefitPart
from loyalty.document.bounds import AMOUNT_MAX, DAY_MINUTES, Code, Count, Minute, Moment, Name, Part, Weekday
from loyalty.document.conditions import ConditionPart

PERSONAL_HOURS_MAX = 8_760
HOLIDAY_DAYS_MAX = 60


class Weekly(Part, frozen=True, tag="weekly"):
    """On these weekdays (Monday is 1), in these minutes of the store's local day, half-open."""

    weekdays: Annotated[tuple[Weekday, ...], Meta(min_length=1, max_length=7)]
    from_minute: Minute = 0
    to_minute: Minute = DAY_MINUTES


class LastWeekend(Part, frozen=True, tag="last_weekend"):
    """The last weekend wholly in the month: its last Sunday and the Saturday before, local days."""


class Paydays(Part, frozen=True, tag="paydays"):
    """The days of the month that the store has set."""


class Holidays(Part, frozen=True, tag="holidays"):
    """Around public holidays of the store's country; no name given: around every one of them."""

    names: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()
    days_before: Annotated[int, Meta(ge=0, le=HOLIDAY_DAYS_MAX)] = 0
    days_after: Annotated[int, Meta(ge=0, le=HOLIDAY_DAYS_MAX)] = 0


Recurring = Weekly | LastWeekend | Paydays | Holidays


class Schedule(Struct, frozen=True, forbid_unknown_fields=True):
    """Half-open: from `starts_at` until just before `ends_at`. Empty: without a start or an end.

    `recurring` narrows the window to parts of it; `personal_hours` is how long it runs for each visitor from
    the moment it is first shown to them.
    """

    starts_at: Moment | None = None
    ends_at: Moment | None = None
    recurring: Recurring | None = None
    personal_hours: Annotated[int, Meta(ge=1, le=PERSONAL_HOURS_MAX)] | None = None


class Everyone(Part, frozen=True, tag="everyone"):
    """Applies by itself: a promotion."""


class Customers(Part, frozen=True, tag="customers"):
    """Applies by itself to customers whom the store knows."""


class CouponHolders(Part, frozen=True, tag="coupon"):
    """Only with a code."""


class Visitors(Part, frozen=True, tag="visitors"):
    """Applies by itself on the visits from `number_min` to `number_max`; this visit counts."""

    number_min: Count = 1
    number_max: Count | None = None


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """Uses in all, on one local day of the store, and per customer; the most it may cost in minor units. Empty:
    without a limit."""

    uses_max: Count | None = None
    uses_per_day: Count | None = None
    uses_per_customer: Annotated[int, Meta(ge=1, le=1000)] | None = None
    budget_max: Annotated[int, Meta(ge=1, le=AMOUNT_MAX * 1000)] | None = None


class OfferDocument(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`skips_discounted`: lines that an earlier lane discounted are no part of the targets. `reuses_units`:
    whether units that another offer used may serve this one; null is as the store has set."""

    v: Literal[1]
    lane: Code
    priority: Annotated[int, Meta(ge=0, le=10_000)] = 100
    is_exclusive: bool = False
    skips_discounted: bool = False
    reuses_units: bool | None = None
    conditions: Annotated[tuple[ConditionPart, ...], Meta(max_length=20)] = ()
    benefits: Annotated[tuple[BenefitPart, ...], Meta(min_length=1, max_length=10)]
    schedule: Schedule = Schedule()
    audience: Everyone | Customers | CouponHolders | Visitors = Everyone()
    limits: Limits = Limits()
