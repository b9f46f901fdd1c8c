"""POST /quotes: what a cart costs, and what became of every offer and code."""

from typing import Annotated, ClassVar
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.lapse import again_without_lapsed
from checkout.models import Quote
from checkout.priced_cart import PricedCart
from checkout.quote import quote_cart
from checkout.request import CODES_MAX, LINES_MAX, LineRequest, QuoteRequest
from checkout.reserve import reserve_quote
from checkout.token import sign_quote
from loyalty.say_refusal import About, say_refusal
from pricing.refusals import Refusal
from pricing.values import QuotedLine
from shop.models import ApiKey, Store
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import (
    Amount,
    ClientIp,
    Code,
    Currency,
    Out,
    Points,
    Quantity,
    Ref,
    Sku,
    refuse_currency,
)
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.reservations import ReservationOut, show_reservation
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


class DiscountOut(Out, frozen=True, kw_only=True):
    """What one offer took off one line."""

    offer: str
    coupon: str | None
    amount: int


class QuotedLineOut(Out, frozen=True, kw_only=True):
    """`gross` - `discount` = `net`; `points_amount` of it is paid with `points_spent` points."""

    sku: str
    is_known: Annotated[
        bool,
        Meta(
            description="false: you have sent no product of this sku. It is priced as you say; offers on its category, "
            "its lowest price and its cost are not known."
        ),
    ]
    quantity: int
    gross: int
    discount: int
    net: int
    discounts: list[DiscountOut]
    points_spent: int
    points_amount: int
    points_to_earn: int


class AppliedOut(Out, frozen=True, kw_only=True):
    """An offer that gave something. `delivery` is the part of `amount` that came off delivery; `capped_by`
    names what cut it down."""

    offer: str
    coupon: str | None
    amount: int
    delivery: int
    capped_by: str | None


class RefusedOut(Out, frozen=True, kw_only=True):
    """An offer or a code that gave nothing. `missing` is what the cart lacks: money, or units for `below_quantity`."""

    offer: str
    coupon: str | None
    code: Annotated[str, Meta(examples=["below_minimum"])]
    detail: Annotated[str, Meta(description="The same as a sentence, in the language of Accept-Language.")]
    missing: int | None
    better: Annotated[str, Meta(description="The offer that won instead.")] | None
    capped_by: str | None


class QuoteOut(Out, frozen=True, kw_only=True):
    """`goods` - `discount` + `delivery` - `points_amount` = `payable`; `delivery` is after its own discount."""

    lines: list[QuotedLineOut]
    applied: list[AppliedOut]
    refused: list[RefusedOut]
    goods: int
    discount: int
    delivery_fee: int
    delivery: int
    payable: int
    points_spent: Annotated[int, Meta(description="Of the points that were asked for.")]
    points_amount: int
    points_limited_by: Annotated[
        str | None,
        Meta(
            description="Why fewer points are spent than were asked for: `not_enough_points`, `above_share`, "
            "`below_margin_floor`, `whole_steps`, `points_not_taken`, `not_registered`, `paused`."
        ),
    ]
    points_to_earn: int
    currency: str
    quote_token: Annotated[
        str, Meta(description="Send it with the order: for 30 minutes it holds the shop to this price.")
    ]
    reservation: Annotated[
        ReservationOut | None, Meta(description="Of a quote that was asked for with `reserve`.")
    ]


class QuotesView(ApiView):
    scope: ClassVar = {"POST": "quotes:write"}

    @operation(
        "price_cart",
        tag="Checkout",
        summary="What a cart costs",
        text="Nothing is stored, unless you `reserve`. Every offer and every code is either `applied` with its "
        "amount or `refused` with a code. Ask for each "
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
    def post(self, request: Request) -> Response:
        body = read(request, ReservingQuoteIn)
        refuse_currency(body.currency, store=self.store)
        is_server = self.key.kind == ApiKey.Kind.SERVER
        if body.customer is not None and not is_server:
            raise PermissionDenied(
                _("A widget's key may not speak for a customer."), code="customer_not_allowed"
            )
        _refuse_to_reserve(body, is_server=is_server)
        with checking_codes(
            request, count=len(body.codes), customer=body.customer, client_ip=body.client_ip
        ) as check:
            if body.reserve:
                return self._reserve(request, body, check)
            priced = quote_cart(self.store, _to_request(body), at=self.at, full_reasons=is_server)
            check.failed = unknown_codes(priced)
        return Response(show_quote(priced, store=self.store))

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
    return sum(one.coupon is not None and one.refusal in guessed for one in priced.quote.refused)


def show_quote(priced: PricedCart, *, store: Store, reserved: Quote | None = None) -> QuoteOut:
    quote, known = priced.quote, priced.facts.by_sku()
    about = about_refusals(priced, store=store)
    return QuoteOut(
        lines=[_line(one, is_known=one.sku in known) for one in quote.lines],
        applied=[
            AppliedOut(
                offer=one.offer,
                coupon=one.coupon,
                amount=one.amount,
                delivery=one.delivery,
                capped_by=one.capped_by,
            )
            for one in quote.applied
        ],
        refused=[
            RefusedOut(
                offer=one.offer,
                coupon=one.coupon,
                code=one.refusal,
                detail=say_refusal(one, about),
                missing=one.missing,
                better=one.better,
                capped_by=one.capped_by,
            )
            for one in quote.refused
        ],
        goods=quote.goods,
        discount=quote.discount,
        delivery_fee=quote.delivery_fee,
        delivery=quote.delivery,
        payable=quote.payable,
        points_spent=quote.points_spent,
        points_amount=quote.points_amount,
        points_limited_by=quote.points_limited_by,
        points_to_earn=quote.points_to_earn,
        currency=store.currency,
        quote_token=sign_quote(store, priced, key=None if reserved is None else reserved.key),
        reservation=None if reserved is None else show_reservation(reserved),
    )


def about_refusals(priced: PricedCart, *, store: Store) -> About:
    """What the sentences of this cart's refusals may name."""
    names = {code: offer.name for code, offer in priced.offers.items()}
    return About(currency=store.currency, language=get_language() or store.language, names=names)


def _to_request(body: QuoteIn) -> QuoteRequest:
    return QuoteRequest(**{name: getattr(body, name) for name in QuoteRequest.__struct_fields__})


def _line(line: QuotedLine, *, is_known: bool) -> QuotedLineOut:
    return QuotedLineOut(
        sku=line.sku,
        is_known=is_known,
        quantity=line.quantity,
        gross=line.gross,
        discount=line.discount,
        net=line.net,
        discounts=[
            DiscountOut(offer=one.offer, coupon=one.coupon, amount=one.amount) for one in line.discounts
        ],
        points_spent=line.points_spent,
        points_amount=line.points_amount,
        points_to_earn=line.points_to_earn,
    )
