"""Which refusal of the house is which answer: one table, so that views contain no `try`."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.errors import Fault
from shop.give_consent import ConsentDiffers
from shop.keep_cart import UnknownProduct
from shop.keep_customer import CustomerErased


@dataclass(frozen=True, slots=True)
class Known:
    """The answer to one kind of domain error. `detail` is said where the error has no text of its own."""

    status: int
    code: str
    detail: str | Promise
    attr: str | None = None


KNOWN: Mapping[type[Exception], Known] = {
    CustomerErased: Known(
        409,
        "customer_erased",
        _("This customer's personal data was erased and can not be sent again. Use a new reference."),
    ),
    ConsentDiffers: Known(
        409,
        "consent_differs",
        _(
            "Another answer is stored for this purpose, channel and moment. Send the new one with its own time."
        ),
    ),
    UnknownProduct: Known(422, "unknown_product", _("There is no such product. Send it first.")),
}

CHECKOUT: Mapping[Fault, Known] = {
    Fault.ORDER_CONFLICT: Known(
        409, "", _("Another order is stored under this reference. Give each order its own.")
    ),
    Fault.PRICE_CHANGED: Known(
        409, "", _("The price has changed. Show the shopper the new quote, or send accept_changes: true.")
    ),
    Fault.QUOTE_TOKEN_INVALID: Known(
        400, "", _("This quote_token is not one of your store's. Send it as POST /quotes gave it.")
    ),
    Fault.QUOTE_TOKEN_EXPIRED: Known(409, "", _("This quote is over 30 minutes old. Ask for a new one.")),
    Fault.MOMENT_OUT_OF_RANGE: Known(400, "", _("Give a moment between the year 2000 and now.")),
}
