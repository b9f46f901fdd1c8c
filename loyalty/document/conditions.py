"""The conditions of a document. What each means stands with its class in pricing/conditions.py."""

from typing import Annotated

from msgspec import Meta

from loyalty.document.bounds import (
    DAY_MINUTES,
    Amount,
    Codes,
    Count,
    Days,
    Minute,
    Moment,
    Part,
    SomeCodes,
    Units,
    Weekday,
)


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


class NewCustomer(Part, frozen=True, tag="new_customer"):
    pass


class InSegment(Part, frozen=True, tag="in_segment"):
    segments: SomeCodes


class InTier(Part, frozen=True, tag="in_tier"):
    tiers: SomeCodes


class HoldsCard(Part, frozen=True, tag="holds_card"):
    plans: SomeCodes


class PartnerTraffic(Part, frozen=True, tag="partner_traffic"):
    """No partner named: of any partner."""

    partners: Codes = ()


class NthOrder(Part, frozen=True, tag="nth_order"):
    n: Units
    every: bool = False


class DaysSinceLastOrder(Part, frozen=True, tag="days_since_last_order"):
    days_min: Days | None = None
    days_max: Days | None = None


class NearBirthday(Part, frozen=True, tag="near_birthday"):
    """Up to half a year each way; further off, the next birthday is nearer."""

    days_before: Annotated[int, Meta(ge=0, le=182)] = 0
    days_after: Annotated[int, Meta(ge=0, le=182)] = 0


class DeliveryMethod(Part, frozen=True, tag="delivery_method"):
    methods: SomeCodes


class PaymentMethod(Part, frozen=True, tag="payment_method"):
    methods: SomeCodes


class WeekdayHours(Part, frozen=True, tag="weekday_hours"):
    """Monday is 1; no weekday named: every day. Minutes of the store's local day, half-open."""

    weekdays: Annotated[tuple[Weekday, ...], Meta(max_length=7)] = ()
    from_minute: Minute = 0
    to_minute: Minute = DAY_MINUTES


class CameByLink(Part, frozen=True, tag="came_by_link"):
    links: SomeCodes


class StockOlderThan(Part, frozen=True, tag="stock_older_than"):
    days: Days
    groups: Codes = ()


class OrderedBefore(Part, frozen=True, tag="ordered_before"):
    at: Moment


class PreorderOnly(Part, frozen=True, tag="preorder_only"):
    pass


class Subscribed(Part, frozen=True, tag="subscribed"):
    lists: SomeCodes


class Visit(Part, frozen=True, tag="visit"):
    number_min: Count = 1
    number_max: Count | None = None


ConditionPart = (
    SubtotalAtLeast
    | QuantityAtLeast
    | CartContains
    | Registered
    | NewCustomer
    | InSegment
    | InTier
    | HoldsCard
    | PartnerTraffic
    | NthOrder
    | DaysSinceLastOrder
    | NearBirthday
    | DeliveryMethod
    | PaymentMethod
    | WeekdayHours
    | CameByLink
    | StockOlderThan
    | OrderedBefore
    | PreorderOnly
    | Subscribed
    | Visit
)
