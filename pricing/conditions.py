"""The terms an offer may set, one class per kind. To add one, write its class here."""

from dataclasses import dataclass
from typing import ClassVar

from pricing.basket import Basket
from pricing.build_many import new_tuple
from pricing.refusals import Reason, Refusal, lacking
from pricing.values import NO_CODES, require

DAY_SECONDS = 86_400
DAY_MINUTES = 1_440

# Made once: they are given in every quote, to most offers.
BELOW_MINIMUM, BELOW_QUANTITY = Refusal.BELOW_MINIMUM, Refusal.BELOW_QUANTITY
NOT_IN_CART = Reason(Refusal.NOT_IN_CART)
NOT_REGISTERED = Reason(Refusal.NOT_REGISTERED)
NOT_IN_SEGMENT = Reason(Refusal.NOT_IN_SEGMENT)
NOT_IN_TIER = Reason(Refusal.NOT_IN_TIER)
NO_CARD = Reason(Refusal.NO_CARD)
NOT_NEW = Reason(Refusal.NOT_NEW)
NOT_PARTNER_TRAFFIC = Reason(Refusal.NOT_PARTNER_TRAFFIC)
NO_ORDER_YET = Reason(Refusal.NO_ORDER_YET)
LAST_ORDER_TOO_OLD = Reason(Refusal.LAST_ORDER_TOO_OLD)
NOT_NEAR_BIRTHDAY = Reason(Refusal.NOT_NEAR_BIRTHDAY)
WRONG_DELIVERY_METHOD = Reason(Refusal.WRONG_DELIVERY_METHOD)
WRONG_PAYMENT_METHOD = Reason(Refusal.WRONG_PAYMENT_METHOD)
NOT_NOW = Reason(Refusal.NOT_NOW)
NOT_BY_LINK = Reason(Refusal.NOT_BY_LINK)
STOCK_NOT_OLD = Reason(Refusal.STOCK_NOT_OLD)
ORDERED_TOO_LATE = Reason(Refusal.ORDERED_TOO_LATE)
NOT_PREORDER = Reason(Refusal.NOT_PREORDER)
NOT_SUBSCRIBED = Reason(Refusal.NOT_SUBSCRIBED)
WRONG_VISIT = Reason(Refusal.WRONG_VISIT)


@dataclass(frozen=True, slots=True)
class SubtotalAtLeast:
    """The goods (of `groups`, if named) cost at least `amount` minor units; exactly that is enough.

    Judged on what earlier lanes left of the prices, or on full prices if `before_discounts`.
    """

    kind: ClassVar[str] = "subtotal_at_least"
    amount: int
    groups: frozenset[str] = NO_CODES
    before_discounts: bool = False

    def reason_against(self, basket: Basket) -> Reason | None:
        subtotal = basket.full_price(self.groups) if self.before_discounts else basket.subtotal(self.groups)
        if subtotal >= self.amount:
            return None
        return new_tuple(Reason, (BELOW_MINIMUM, self.amount - subtotal, None, None))


@dataclass(frozen=True, slots=True)
class QuantityAtLeast:
    """The cart holds at least `quantity` units (of `groups`, if named)."""

    kind: ClassVar[str] = "quantity_at_least"
    quantity: int
    groups: frozenset[str] = NO_CODES

    def reason_against(self, basket: Basket) -> Reason | None:
        lines = basket.cart.lines
        missing = self.quantity - sum([lines[place].quantity for place in basket.places_in(self.groups)])
        return lacking(BELOW_QUANTITY, missing) if missing > 0 else None


@dataclass(frozen=True, slots=True)
class CartContains:
    """The cart holds one of the products, listed by sku or by product group."""

    kind: ClassVar[str] = "cart_contains"
    skus: frozenset[str] = NO_CODES
    groups: frozenset[str] = NO_CODES

    def reason_against(self, basket: Basket) -> Reason | None:
        for line in basket.cart.lines:
            if line.sku in self.skus or not self.groups.isdisjoint(line.groups):
                return None
        return NOT_IN_CART


@dataclass(frozen=True, slots=True)
class Registered:
    """The buyer is a known customer."""

    kind: ClassVar[str] = "registered"

    def reason_against(self, basket: Basket) -> Reason | None:
        return NOT_REGISTERED if basket.cart.shopper.customer is None else None


@dataclass(frozen=True, slots=True)
class InSegment:
    """The buyer is in one of the segments."""

    kind: ClassVar[str] = "in_segment"
    segments: frozenset[str]

    def reason_against(self, basket: Basket) -> Reason | None:
        stranger = self.segments.isdisjoint(basket.cart.shopper.segments)
        return NOT_IN_SEGMENT if stranger else None


@dataclass(frozen=True, slots=True)
class InTier:
    """The buyer has reached one of the tiers."""

    kind: ClassVar[str] = "in_tier"
    tiers: frozenset[str]

    def reason_against(self, basket: Basket) -> Reason | None:
        return NOT_IN_TIER if self.tiers.isdisjoint(basket.cart.shopper.tiers) else None


@dataclass(frozen=True, slots=True)
class HoldsCard:
    """The buyer holds a card of one of the plans."""

    kind: ClassVar[str] = "holds_card"
    plans: frozenset[str]

    def reason_against(self, basket: Basket) -> Reason | None:
        return NO_CARD if self.plans.isdisjoint(basket.cart.shopper.cards) else None


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """The buyer has no order yet, cancelled ones aside. A guest, whose orders nobody knows, counts as new."""

    kind: ClassVar[str] = "new_customer"

    def reason_against(self, basket: Basket) -> Reason | None:
        return NOT_NEW if basket.cart.shopper.orders else None


@dataclass(frozen=True, slots=True)
class PartnerTraffic:
    """The buyer was brought by one of the partners, or by any partner if none is named."""

    kind: ClassVar[str] = "partner_traffic"
    partners: frozenset[str] = NO_CODES

    def reason_against(self, basket: Basket) -> Reason | None:
        partner = basket.cart.shopper.partner
        holds = partner is not None and (not self.partners or partner in self.partners)
        return None if holds else NOT_PARTNER_TRAFFIC


@dataclass(frozen=True, slots=True)
class NthOrder:
    """This order would be the buyer's `n`-th, or one of every `n`. Cancelled orders do not count."""

    kind: ClassVar[str] = "nth_order"
    n: int
    every: bool = False

    def __post_init__(self) -> None:
        require(self.n >= 1, "orders are counted from 1")

    def reason_against(self, basket: Basket) -> Reason | None:
        number = basket.cart.shopper.orders + 1
        missing = -number % self.n if self.every else self.n - number
        if missing == 0:
            return None
        return Reason(Refusal.NOT_THIS_ORDER, missing=missing if missing > 0 else None)


@dataclass(frozen=True, slots=True)
class DaysSinceLastOrder:
    """The buyer's last order is at least `days_min` and at most `days_max` whole days of 24 hours ago."""

    kind: ClassVar[str] = "days_since_last_order"
    days_min: int | None = None
    days_max: int | None = None

    def reason_against(self, basket: Basket) -> Reason | None:
        last_at = basket.cart.shopper.last_order_at
        if last_at is None:
            return NO_ORDER_YET
        days = (basket.at - last_at) // DAY_SECONDS
        if self.days_min is not None and days < self.days_min:
            return Reason(Refusal.LAST_ORDER_TOO_RECENT, missing=self.days_min - days)
        if self.days_max is not None and days > self.days_max:
            return LAST_ORDER_TOO_OLD
        return None


@dataclass(frozen=True, slots=True)
class NearBirthday:
    """Today is at most `days_before` the buyer's birthday or `days_after` it; both 0 is the day itself."""

    kind: ClassVar[str] = "near_birthday"
    days_before: int = 0
    days_after: int = 0

    def reason_against(self, basket: Basket) -> Reason | None:
        offset = basket.cart.shopper.birthday_offset_days
        holds = offset is not None and -self.days_before <= offset <= self.days_after
        return None if holds else NOT_NEAR_BIRTHDAY


@dataclass(frozen=True, slots=True)
class DeliveryMethod:
    """The order goes by one of the methods, in the storefront's own words."""

    kind: ClassVar[str] = "delivery_method"
    methods: frozenset[str]

    def reason_against(self, basket: Basket) -> Reason | None:
        holds = basket.cart.delivery_method in self.methods
        return None if holds else WRONG_DELIVERY_METHOD


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """The order is paid by one of the methods, in the storefront's own words."""

    kind: ClassVar[str] = "payment_method"
    methods: frozenset[str]

    def reason_against(self, basket: Basket) -> Reason | None:
        holds = basket.cart.payment_method in self.methods
        return None if holds else WRONG_PAYMENT_METHOD


@dataclass(frozen=True, slots=True)
class WeekdayHours:
    """On one of the weekdays (1 is Monday; all, if none is named), from a minute of the day until another.

    Half-open, in the store's local time: 540 to 1080 is from 9:00 until just before 18:00.
    """

    kind: ClassVar[str] = "weekday_hours"
    weekdays: frozenset[int] = frozenset()
    from_minute: int = 0
    to_minute: int = DAY_MINUTES

    def __post_init__(self) -> None:
        require(
            0 <= self.from_minute < self.to_minute <= DAY_MINUTES, "hours begin before they end, in one day"
        )

    def reason_against(self, basket: Basket) -> Reason | None:
        weekday, minute = basket.cart.weekday, basket.cart.minute
        if weekday is None or minute is None:
            return NOT_NOW
        on_the_day = not self.weekdays or weekday in self.weekdays
        holds = on_the_day and self.from_minute <= minute < self.to_minute
        return None if holds else NOT_NOW


@dataclass(frozen=True, slots=True)
class CameByLink:
    """The buyer came by one of the links of a campaign or an advertiser."""

    kind: ClassVar[str] = "came_by_link"
    links: frozenset[str]

    def reason_against(self, basket: Basket) -> Reason | None:
        holds = not self.links.isdisjoint(basket.cart.shopper.links)
        return None if holds else NOT_BY_LINK


@dataclass(frozen=True, slots=True)
class StockOlderThan:
    """The cart holds a product (of `groups`, if named) whose stock is more than `days` days old."""

    kind: ClassVar[str] = "stock_older_than"
    days: int
    groups: frozenset[str] = NO_CODES

    def reason_against(self, basket: Basket) -> Reason | None:
        lines = basket.cart.lines
        for place in basket.places_in(self.groups):
            age = lines[place].stock_age_days
            if age is not None and age > self.days:
                return None
        return STOCK_NOT_OLD


@dataclass(frozen=True, slots=True)
class OrderedBefore:
    """The order is placed before the moment `at`, in epoch seconds."""

    kind: ClassVar[str] = "ordered_before"
    at: int

    def reason_against(self, basket: Basket) -> Reason | None:
        return None if basket.at < self.at else ORDERED_TOO_LATE


@dataclass(frozen=True, slots=True)
class PreorderOnly:
    """Everything in the cart is a pre-order, and there is something."""

    kind: ClassVar[str] = "preorder_only"

    def reason_against(self, basket: Basket) -> Reason | None:
        lines = basket.cart.lines
        holds = bool(lines) and all(line.is_preorder for line in lines)
        return None if holds else NOT_PREORDER


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The buyer is subscribed to one of the lists."""

    kind: ClassVar[str] = "subscribed"
    lists: frozenset[str]

    def reason_against(self, basket: Basket) -> Reason | None:
        holds = not self.lists.isdisjoint(basket.cart.shopper.lists)
        return None if holds else NOT_SUBSCRIBED


@dataclass(frozen=True, slots=True)
class Visit:
    """This is at least the visitor's `number_min`-th visit, and at most the `number_max`-th."""

    kind: ClassVar[str] = "visit"
    number_min: int = 1
    number_max: int | None = None

    def reason_against(self, basket: Basket) -> Reason | None:
        visits = basket.cart.shopper.visits
        if visits is None or visits < self.number_min:
            return WRONG_VISIT
        late = self.number_max is not None and visits > self.number_max
        return WRONG_VISIT if late else None
