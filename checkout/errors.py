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
    """Invalid: answer 400. Expired: answer 409, a new quote is needed."""

    def __init__(self, code: Fault) -> None:
        super().__init__(code, attr="quote_token")


class OrderInvalid(CheckoutError):
    """The order cannot be as told. Answer 400."""


class OrderUnknown(CheckoutError):
    """Answer 404."""

    def __init__(self) -> None:
        super().__init__(Fault.ORDER_UNKNOWN)


class RefundRefused(CheckoutError):
    """Nothing was written. Answer 409 or 422."""
