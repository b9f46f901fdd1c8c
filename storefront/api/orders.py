"""Orders: committed once per reference, read back one by one or as a list."""

from datetime import datetime
from typing import Annotated, ClassVar

from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.commit import commit_order
from checkout.errors import PriceChanged
from checkout.request import OrderRequest
from shop.models import Order, Store
from storefront.api.describe import ErrorOut, operation
from storefront.api.errors import Problem, as_problem
from storefront.api.fields import Amount, Moment, Out, Ref
from storefront.api.idempotency import Answer, write_once
from storefront.api.pages import Page, read_page, take_page
from storefront.api.quotes import QuoteIn, QuoteOut, show_quote, unknown_codes
from storefront.api.read import read
from storefront.api.show_order import OrderOut, OrderWholeOut, show_head, show_stored, show_written
from storefront.api.throttle import CodeCheck, checking_codes
from storefront.api.view import ApiView

TAG = "Checkout"


class OrderIn(QuoteIn, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order to be committed: the cart again, under your order number."""

    ref: Annotated[
        Ref,
        Meta(description="Your order number. One order is stored under it, for ever.", examples=["536365"]),
    ]
    cart: Annotated[Ref, Meta(description="The reported cart that became this order.")] | None = None
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


class OrderPageOut(Out, frozen=True, kw_only=True):
    items: list[OrderOut]
    next: str | None


class OrderChangedOut(ErrorOut, frozen=True, kw_only=True):
    """A conflict. With the code `price_changed` it brings the quote of now."""

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
            rows = rows.filter(customer__ref=page.customer)
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
        "`quote_token`, nothing is stored and you get 409 `price_changed` with the new `quote`.",
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
        with checking_codes(
            request, count=len(body.codes), customer=body.customer, client_ip=body.client_ip
        ) as check:
            return write_once(request, lambda: _commit(self.store, body, check, at=self.at))


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


def _commit(store: Store, body: OrderIn, check: CodeCheck, *, at: datetime) -> Answer:
    asked = OrderRequest(**{name: getattr(body, name) for name in OrderRequest.__struct_fields__})
    try:
        done = commit_order(store, asked, at=at, at_recorded=timezone.now())
    except PriceChanged as changed:
        check.failed = unknown_codes(changed.priced)
        raise _with_quote(changed, store=store) from changed
    if done.priced is None:
        check.failed = 0
        return Answer(200, show_stored(store, done.order.ref))
    check.failed = unknown_codes(done.priced)
    return Answer(201, show_written(done, done.priced, store=store))


def _with_quote(changed: PriceChanged, *, store: Store) -> Problem:
    problem = as_problem(changed)
    assert problem is not None, "the table of known errors has it"
    problem.extra["quote"] = show_quote(changed.priced, store=store)
    return problem
