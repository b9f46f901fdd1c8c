"""POST /quotes: what a cart costs, and what became of every offer and code."""

from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.lapse import again_without_lapsed
from checkout.priced_cart import PricedCart
from checkout.quote import quote_cart
from checkout.request import CODES_MAX, LINES_MAX, LINKS_MAX, LineRequest, QuoteRequest
from checkout.reserve import reserve_quote
from pricing.price import NEAR
from pricing.refusals import Refusal
from shop.models import ApiKey
from storefront.api.answer import answer_at_once
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import (
    Amount,
    ClientIp,
    Code,
    Currency,
    Points,
    Quantity,
    Ref,
    Sku,
    refuse_currency,
)
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read_at_once
from storefront.api.show_quote import QuoteOut, show_quote
from storefront.api.throttle import CodeCheck, checking_codes
from storefront.api.view import ApiView


class LineIn(LineRequest, frozen=True, forbid_unknown_fields=True):
    """One line. Its price is the storefront's: Reprise takes discounts off it and never changes it."""

    sku: Sku
    quantity: Quantity
    unit_price: Annotated[
        Amount, Meta(description="Of one unit, with tax, in the smallest unit.", examples=[255])
    ]
    name: Annotated[str, Meta(max_length=240, description="Left out: the product's.")] = ""


Lines = Annotated[
    tuple[LineIn, ...],
    Meta(min_length=1, max_length=LINES_MAX, description="Prices are yours, with tax, in the smallest unit."),
]
Codes = Annotated[
    tuple[Code, ...], Meta(max_length=CODES_MAX, description="Coupon codes the shopper brought.")
]
Links = Annotated[
    tuple[Ref, ...],
    Meta(
        max_length=LINKS_MAX,
        description="Codes of the campaigns' and advertisers' links that the shopper came by. You keep them: "
        "Reprise takes your word for it.",
        examples=[["autumn-banner"]],
    ),
]
Delivery = Annotated[Amount, Meta(description="The full fee, before any discount.", examples=[495])]


class QuoteIn(QuoteRequest, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A cart to be priced, for a customer, a visitor or a guest."""

    lines: Lines
    cart: (
        Annotated[Ref, Meta(description="Your cart. What its own reservation holds is free for it.")] | None
    ) = None
    customer: Annotated[Ref, Meta(description="Your customer's reference; server keys only.")] | None = None
    visitor: Annotated[UUID, Meta(description="The browser's cookie.")] | None = None
    codes: Codes = ()
    delivery: Delivery = 0
    points_to_spend: Annotated[
        Points, Meta(description="How many points the customer would like to pay with, at most.")
    ] = 0
    gift_balances: Annotated[
        tuple[Code, ...],
        Meta(
            max_length=CODES_MAX,
            description="Codes of gift balances that are to pay, after points; server keys only. In any case, with or "
            "without hyphens.",
            examples=[["K7MP-2QXA-9RTB-WXYZ"]],
        ),
    ] = ()
    delivery_method: (
        Annotated[Ref, Meta(description="Your own word for it, as offers name it.", examples=["pickup"])]
        | None
    ) = None
    payment_method: (
        Annotated[Ref, Meta(description="Your own word for it, as offers name it.", examples=["card"])] | None
    ) = None
    links: Links = ()
    partner: Annotated[Ref, Meta(description="The partner who sent the shopper, by your word.")] | None = None
    currency: Currency | None = None
    client_ip: ClientIp | None = None


class ReservingQuoteIn(QuoteIn, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A cart to be priced, and reserved if you like."""

    reserve: Annotated[
        bool,
        Meta(
            description="Keep this price and hold its coupons, points and places under offers' limits for `cart`, for "
            "30 minutes. Needs `cart`; server keys only."
        ),
    ] = False


_decoder = msgspec.json.Decoder(ReservingQuoteIn)


class QuotesView(ApiView):
    scope: ClassVar = {"POST": "quotes:write"}

    @operation(
        "price_cart",
        tag="Checkout",
        summary="What a cart costs",
        text="Nothing is stored, unless you `reserve`. Every code, and every offer that could matter to this cart and "
        "shopper, is either `applied` with its amount or `refused` with a code. Ask for each "
        "cart that is shown; send `quote_token` with the order. A shopper learns of a code no more than "
        "`unknown_code`, unless "
        "it is theirs; your server's key is told the reason.\n\n"
        "With `reserve` the order that brings this `quote_token` for the same cart pays this price even if an offer "
        "was changed or ended, a coupon or points expired, or others used up a limit meanwhile. A cart has one "
        "reservation; asked again it is renewed, up to two hours from the first. It ends with the order, with "
        "`POST /quotes/{id}/release`, or by time. Do it when the shopper goes to pay, not for every cart that is "
        "shown. Only a reserving quote takes an `Idempotency-Key`.",
        body=ReservingQuoteIn,
        answers={200: (QuoteOut, "The priced cart.")},
        examples={
            "Reserved while the shopper pays": {
                "cart": "cart-991",
                "reserve": True,
                "customer": "17850",
                "lines": [{"sku": "85123A", "quantity": 6, "unit_price": 255}],
                "codes": ["SPRING"],
                "points_to_spend": 300,
            },
            "With a coupon": {
                "customer": "17850",
                "lines": [{"sku": "85123A", "quantity": 6, "unit_price": 255}],
                "codes": ["SPRING"],
                "delivery": 495,
            },
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        body = read_at_once(request, _decoder)
        refuse_currency(body.currency, store=self.store)
        is_server = self.key.kind == ApiKey.Kind.SERVER
        if body.customer is not None and not is_server:
            raise PermissionDenied(
                _("A widget's key may not speak for a customer."), code="customer_not_allowed"
            )
        _refuse_to_reserve(body, is_server=is_server)
        if body.gift_balances and not is_server:
            raise PermissionDenied(
                _("A widget's key may not pay with gift balances."), code="gift_balances_not_allowed"
            )
        with checking_codes(
            request, count=count_codes(body), customer=body.customer, client_ip=body.client_ip
        ) as check:
            if body.reserve:
                return self._reserve(request, body, check)
            priced = quote_cart(
                self.store, _to_request(body), at=self.at, full_reasons=is_server, explain=NEAR
            )
            check.failed = unknown_codes(priced)
        return answer_at_once(show_quote(priced, store=self.store))

    def _reserve(self, request: Request, body: ReservingQuoteIn, check: CodeCheck) -> Response:
        def reserve(is_last_try: bool) -> Answer:
            reserved = reserve_quote(
                self.store,
                _to_request(body),
                at=self.at,
                at_recorded=timezone.now(),
                is_last_try=is_last_try,
            )
            check.failed = unknown_codes(reserved.priced)
            return Answer(200, show_quote(reserved.priced, store=self.store, reserved=reserved.quote))

        return again_without_lapsed(
            self.store, lambda is_last_try: write_once(request, lambda: reserve(is_last_try))
        )


def _refuse_to_reserve(body: ReservingQuoteIn, *, is_server: bool) -> None:
    if not body.reserve:
        return
    if not is_server:
        raise PermissionDenied(_("A widget's key may not reserve."), code="reserve_not_allowed")
    if body.cart is None:
        raise Problem(400, Fault("required", _("Say which cart holds the reservation."), "cart"))


def unknown_codes(priced: PricedCart) -> int:
    """How many of the codes were guesses: unknown, or somebody else's."""
    guessed = (Refusal.UNKNOWN_CODE, Refusal.WRONG_CUSTOMER)
    coupons = sum(one.coupon is not None and one.refusal in guessed for one in priced.quote.refused)
    return coupons + sum(one.refusal == Refusal.UNKNOWN_CODE for one in priced.balances)


def count_codes(body: QuoteIn) -> int:
    """Coupons and gift balances are tried against the same limits."""
    return len(body.codes) + len(body.gift_balances)


def _to_request(body: QuoteIn) -> QuoteRequest:
    return QuoteRequest(**{name: getattr(body, name) for name in QuoteRequest.__struct_fields__})
