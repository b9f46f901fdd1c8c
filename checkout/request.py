"""What a storefront asks: a cart to be priced, or an order to be committed. Plain values, bounded."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

LINES_MAX = 500
CODES_MAX = 10
LINKS_MAX = 10
QUANTITY_MAX = 100_000
# 500 lines of 100,000 units at this price still fit into the database's 64 bits.
AMOUNT_MAX = 10_000_000_000

# No U+0000, which PostgreSQL cannot store, and no other control characters.
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
Ref = Annotated[str, Meta(min_length=1, max_length=64, pattern=PRINTABLE)]
Name = Annotated[str, Meta(max_length=240, pattern=PRINTABLE)]
Country = Annotated[str, Meta(max_length=64, pattern=PRINTABLE)]
Code = Annotated[str, Meta(min_length=1, max_length=40, pattern=PRINTABLE)]
Amount = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]
Quantity = Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]
Moment = Annotated[datetime, Meta(tz=True)]
Points = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]
Token = Annotated[str, Meta(min_length=1, max_length=1000)]
Fingerprint = Annotated[str, Meta(min_length=1, max_length=200)]


class LineRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """One line. `unit_price` is the storefront's, in minor units, tax included; it is the truth of the line."""

    sku: Ref
    quantity: Quantity
    unit_price: Amount
    name: Name = ""


Lines = Annotated[tuple[LineRequest, ...], Meta(min_length=1, max_length=LINES_MAX)]
Codes = Annotated[tuple[Code, ...], Meta(max_length=CODES_MAX)]
Links = Annotated[tuple[Ref, ...], Meta(max_length=LINKS_MAX)]


class QuoteRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A cart to be priced for a customer, a visitor or a guest. `delivery` is the full fee in minor units.

    `points_to_spend` is how many points the customer would like to pay with, at most; `gift_balances` are the codes of
    those that are to pay then. `delivery_method` and
    `payment_method` are the storefront's own words for them; `links` and `partner` are what brought the shopper. `cart`
    is the storefront's own reference: what a reserved quote holds for that cart counts as free for it.
    """

    lines: Lines
    cart: Ref | None = None
    customer: Ref | None = None
    visitor: UUID | None = None
    codes: Codes = ()
    delivery: Amount = 0
    points_to_spend: Points = 0
    gift_balances: Codes = ()
    delivery_method: Ref | None = None
    payment_method: Ref | None = None
    links: Links = ()
    partner: Ref | None = None


class OrderRequest(QuoteRequest, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order to be stored once under `ref`.

    What the shopper was shown comes as `quote_token`, or as the bare `expected_payable`. Another price is refused,
    unless `accept_changes`. `placed_at` is given for orders that are reported later; `paid_at` and `fulfilled_at`
    where that has happened already. `referral` is the code of the customer who recommended the shop; `address_key` and
    `card_key` are equal for equal addresses and cards, and only keyed hashes of them are kept.
    """

    ref: Ref
    country: Country = ""
    quote_token: Token | None = None
    expected_payable: Amount | None = None
    accept_changes: bool = False
    placed_at: Moment | None = None
    paid_at: Moment | None = None
    fulfilled_at: Moment | None = None
    referral: Code | None = None
    address_key: Fingerprint | None = None
    card_key: Fingerprint | None = None
