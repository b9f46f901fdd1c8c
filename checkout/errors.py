"""Why checkout says no. Codes only; the edges turn them into answers."""

from enum import StrEnum
from typing import TYPE_CHECKING

from shop.models import Order

if TYPE_CHECKING:
    from checkout.priced_cart import PricedCart


class Fault(StrEnum):
    ORDER_CONFLICT = "order_conflict"  # the reference is taken by an order with other content
    PRICE_CHANGED = "price_changed"  # it costs something else than what the shopper was shown
    QUOTE_TOKEN_INVALID = "quote_token_invalid"  # not signed here, or for another store
    QUOTE_TOKEN_EXPIRED = "quote_token_expired"  # older than 30 minutes: ask for a new quote
    QUOTE_SPENT = "quote_spent"  # another order was made of it
    QUOTE_REPLACED = "quote_replaced"  # a newer quote of its cart holds the rights
    QUOTE_RELEASED = "quote_released"  # it was let go
    QUOTE_LAPSED = "quote_lapsed"  # its time is over
    QUOTE_UNKNOWN = "quote_unknown"  # the store has no reserved quote of this number
    ORDER_UNKNOWN = "order_unknown"  # the store has no order under this reference
    REFUND_CONFLICT = "refund_conflict"  # the reference is taken by a refund of other lines
    REFUND_EMPTY = "refund_empty"  # it names neither lines nor delivery
    LINE_UNKNOWN = "line_unknown"  # the order has no line of this number
    LINE_TWICE = "line_twice"  # one refund names a line twice
    REFUNDED_MORE_THAN_BOUGHT = "refunded_more_than_bought"  # with what was refunded before
    MOMENT_OUT_OF_RANGE = "moment_out_of_range"  # placed, paid or delivered in the future or before 2000


class CheckoutError(Exception):
    """`attr` names the field of the request that is at fault, where one is."""

    def __init__(self, code: Fault, *, attr: str | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.attr = attr


class OrderConflict(CheckoutError):
    """The reference already belongs to `order`, which holds something else. Answer 409."""

    def __init__(self, order: Order) -> None:
        super().__init__(Fault.ORDER_CONFLICT, attr="ref")
        self.order = order


class PriceChanged(CheckoutError):
    """Nothing was written; `priced` is the cart at the price of now. Answer 409 with the new quote."""

    def __init__(self, priced: "PricedCart") -> None:
        super().__init__(Fault.PRICE_CHANGED)
        self.priced = priced


class QuoteTokenRefused(CheckoutError):
    """Invalid: answer 400. Expired, spent, or reserved and over: answer 409, a new quote is needed."""

    def __init__(self, code: Fault) -> None:
        super().__init__(code, attr="quote_token")


class QuoteRefused(CheckoutError):
    """A reserved quote cannot be let go. Answer 404 where there is none of this number, else 409."""


class OrderInvalid(CheckoutError):
    """The order cannot be as told. Answer 400."""


class OrderUnknown(CheckoutError):
    """Answer 404."""

    def __init__(self) -> None:
        super().__init__(Fault.ORDER_UNKNOWN)


class RefundRefused(CheckoutError):
    """Nothing was written. Answer 409 or 422."""
