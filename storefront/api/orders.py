"""Orders: committed once per reference, read back one by one or as a list."""

from datetime import datetime
from typing import Annotated, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.commit import commit_order
from checkout.errors import PriceChanged
from checkout.lapse import again_without_lapsed
from checkout.priced_cart import PricedCart
from checkout.request import Code, Fingerprint, OrderRequest
from coupons.codes import read_code
from loyalty.say_refusal import say_refusal
from shop.find_customer import find_customer, same_person
from shop.models import Order, Store
from storefront.api.describe import ErrorOut, operation
from storefront.api.errors import Fault, Problem, as_problem
from storefront.api.fields import Amount, Moment, Out, Ref, refuse_currency
from storefront.api.idempotency import Answer, write_once
from storefront.api.pages import Page, read_page, take_page
from storefront.api.quotes import QuoteIn, count_codes, unknown_codes
from storefront.api.read import read
from storefront.api.show_balances import REASONS
from storefront.api.show_order import OrderOut, OrderWholeOut, show_head, show_stored, show_written
from storefront.api.show_quote import QuoteOut, about_refusals, show_quote
from storefront.api.throttle import CodeCheck, checking_codes
from storefront.api.view import ApiView

TAG = "Checkout"


class OrderIn(QuoteIn, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order to be committed: the cart again, under your order number."""

    ref: Annotated[
        Ref,
        Meta(description="Your order number. One order is stored under it, for ever.", examples=["536365"]),
    ]
    country: Annotated[str, Meta(max_length=64, examples=["United Kingdom"])] = ""
    quote_token: (
        Annotated[
            str, Meta(min_length=1, max_length=1000, description="Of the quote that the shopper was shown.")
        ]
        | None
    ) = None
    expected_payable: (
        Annotated[Amount, Meta(description="In place of a token: what the shopper was shown.")] | None
    ) = None
    accept_changes: Annotated[bool, Meta(description="Commit even if the price has changed meanwhile.")] = (
        False
    )
    placed_at: Annotated[Moment, Meta(description="For an order reported late; left out: now.")] | None = None
    paid_at: Moment | None = None
    fulfilled_at: Annotated[Moment, Meta(description="When it was delivered, if it has been.")] | None = None
    referral: (
        Annotated[
            Code,
            Meta(
                description="The code of the customer who recommended you. It ties a new customer to them, once.",
                examples=["K7MP2QXA9RTB"],
            ),
        ]
        | None
    ) = None
    address_key: (
        Annotated[
            Fingerprint,
            Meta(
                description="Equal for equal delivery addresses. Only a keyed hash is kept, against misuse."
            ),
        ]
        | None
    ) = None
    card_key: (
        Annotated[
            Fingerprint,
            Meta(description="Your payment provider's fingerprint of the card. Only a keyed hash is kept."),
        ]
        | None
    ) = None


class OrderPageOut(Out, frozen=True, kw_only=True):
    items: list[OrderOut]
    next: str | None


class OrderChangedOut(ErrorOut, frozen=True, kw_only=True):
    """A conflict. With `price_changed`, or the reason why a code gives nothing, it brings the quote of now."""

    quote: QuoteOut | None = None


class OrderPage(Page, frozen=True, kw_only=True):
    """Which orders."""

    customer: Annotated[Ref, Meta(description="Of this customer only.")] | None = None


class OrdersView(ApiView):
    scope: ClassVar = {"GET": "orders:read", "POST": "orders:write"}

    @operation(
        "list_orders",
        tag=TAG,
        summary="Orders, newest first",
        page=OrderPage,
        answers={200: (OrderPageOut, "One page, without lines.")},
    )
    def get(self, request: Request) -> Response:
        page = read_page(request, OrderPage)
        rows = Order.objects.filter(store=self.store).select_related("customer")
        if page.customer is not None:
            asked = find_customer(self.store, page.customer)
            rows = rows.none() if asked is None else rows.filter(same_person(asked))
        keys = {"placed_at": datetime, "id": int}
        found, following = take_page(rows, keys=keys, page=page, newest_first=True)
        items = [show_head(one, store=self.store) for one in found]
        return Response(OrderPageOut(items=items, next=following))

    @operation(
        "commit_order",
        tag=TAG,
        summary="Commit an order",
        text="Call it when the shopper has paid or agreed to pay. In one step the order is stored, priced "
        "again, its coupons are redeemed and "
        "its points booked. Sent again it answers with the stored order (200). If the price is no longer the "
        "one of the "
        "`quote_token`, nothing is stored and you get 409 `price_changed` with the new `quote`. An order that says "
        "neither what the shopper was shown nor `accept_changes` gets 409 with the reason where a code gives nothing. "
        "One quote makes one order: 409 `quote_spent`.\n\n"
        "With the token of a reserved quote for the same lines, customer, codes, points, gift balances and delivery "
        "the price is "
        "kept and its rights are used, whatever has become of them. Once that is over you get 409 `quote_lapsed`, "
        "`quote_released`, or `quote_replaced` by a newer quote of the cart: ask for a new quote, show it, and send "
        "its token; with `accept_changes` the order is priced anew instead.",
        body=OrderIn,
        answers={
            200: (OrderWholeOut, "Stored before: the same order."),
            201: (OrderWholeOut, "Stored now."),
        },
        fails={409: OrderChangedOut},
        examples={
            "With a coupon": {
                "ref": "536365",
                "customer": "17850",
                "lines": [{"sku": "85123A", "quantity": 6, "unit_price": 255}],
                "codes": ["SPRING"],
                "delivery": 495,
                "accept_changes": True,
            }
        },
    )
    def post(self, request: Request) -> Response:
        body = read(request, OrderIn)
        refuse_currency(body.currency, store=self.store)
        with checking_codes(
            request, count=count_codes(body), customer=body.customer, client_ip=body.client_ip
        ) as check:
            return again_without_lapsed(
                self.store,
                lambda is_last_try: write_once(
                    request, lambda: _commit(self.store, body, check, at=self.at, is_last_try=is_last_try)
                ),
            )


class OrderView(ApiView):
    scope: ClassVar = {"GET": "orders:read"}

    @operation(
        "get_order",
        tag=TAG,
        summary="One order with its lines",
        path={"ref": "Your order number."},
        answers={200: (OrderWholeOut, "The order.")},
    )
    def get(self, request: Request, ref: str) -> Response:
        return Response(show_stored(self.store, ref))


def _commit(store: Store, body: OrderIn, check: CodeCheck, *, at: datetime, is_last_try: bool) -> Answer:
    asked = OrderRequest(**{name: getattr(body, name) for name in OrderRequest.__struct_fields__})
    try:
        done = commit_order(store, asked, at=at, at_recorded=timezone.now(), is_last_try=is_last_try)
    except PriceChanged as changed:
        check.failed = unknown_codes(changed.priced)
        raise _with_quote(changed, body, store=store) from changed
    if done.priced is None:
        check.failed = 0
        return Answer(200, show_stored(store, done.order.ref))
    check.failed = unknown_codes(done.priced)
    _refuse_useless_codes(body, done.priced, store=store)
    return Answer(201, show_written(done, done.priced, store=store))


def _with_quote(changed: PriceChanged, body: OrderIn, *, store: Store) -> Problem:
    known = as_problem(changed)
    assert known is not None, "the table of known errors has it"
    faults = [*known.faults, *_faults_of_codes(body, changed.priced, store=store)]
    return Problem(known.status, *faults, extra={"quote": show_quote(changed.priced, store=store)})


def _refuse_useless_codes(body: OrderIn, priced: PricedCart, *, store: Store) -> None:
    """Where the storefront says what the shopper was shown, that is what counts; what is reported late has happened.
    Otherwise nobody may pay more than expected because a code gave nothing: the order is taken back."""
    is_agreed = body.accept_changes or body.quote_token or body.expected_payable is not None
    faults = _faults_of_codes(body, priced, store=store)
    if faults and not is_agreed and body.placed_at is None:
        raise Problem(409, *faults, extra={"quote": show_quote(priced, store=store)})


def _faults_of_codes(body: OrderIn, priced: PricedCart, *, store: Store) -> list[Fault]:
    """Why codes of the order give nothing, and what to do about it."""
    refused = {one.coupon: one for one in priced.quote.refused if one.coupon is not None}
    about = about_refusals(priced, store=store)
    hint = _("Leave the code out, or send accept_changes: true.")
    return [
        Fault(refused[code].refusal.value, f"{say_refusal(refused[code], about)} {hint}", f"codes.{place}")
        for place, code in enumerate(map(read_code, body.codes))
        if code in refused
    ] + [
        Fault(one.refusal.value, f"{REASONS[one.refusal]} {hint}", f"gift_balances.{one.place - 1}")
        for one in priced.balances
        if one.refusal is not None
    ]
