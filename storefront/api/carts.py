"""Carts as shoppers fill them, so that an abandoned one can be caught up with."""

from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.request import LINES_MAX
from shop.keep_cart import CartReport, ReportedLine, keep_cart
from storefront.api.describe import operation
from storefront.api.fields import (
    Amount,
    Currency,
    In,
    Moment,
    Out,
    Quantity,
    Ref,
    Sku,
    VisitorKey,
    refuse_currency,
)
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.view import ApiView

VERSION_MAX = 2**53


class CartLineIn(In, frozen=True, kw_only=True):
    sku: Sku
    quantity: Quantity
    unit_price: Annotated[Amount, Meta(description="With tax; left out: the product's price.")] | None = None


class CartIn(In, frozen=True, kw_only=True):
    """The whole cart as it is now; no lines: emptied."""

    lines: Annotated[list[CartLineIn], Meta(max_length=LINES_MAX)]
    version: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=VERSION_MAX,
                description="Grows with each change. A report that arrives late, with a version not above the "
                "stored one, changes "
                "nothing. Left out: this report counts as the newest.",
            ),
        ]
        | None
    ) = None
    customer: Ref | None = None
    visitor: VisitorKey | None = None
    currency: Currency | None = None


class CartOut(Out, frozen=True, kw_only=True):
    """The cart as it is stored. `is_taken` is false where the report was late or the cart has been ordered."""

    ref: str
    status: str
    version: int
    subtotal: int
    customer: str | None
    visitor: UUID | None
    changed_at: Moment
    is_taken: bool


class CartView(ApiView):
    scope: ClassVar = {"PUT": "carts:write"}

    @operation(
        "put_cart",
        tag="Carts",
        summary="Report a cart",
        text="Send the whole cart whenever it changes. After its order a cart is closed; the next one has a new "
        "reference.",
        path={"ref": "Your own number for this cart."},
        body=CartIn,
        answers={200: (CartOut, "The cart as it is stored now.")},
        examples={
            "Two lines": {
                "version": 3,
                "customer": "17850",
                "lines": [
                    {"sku": "85123A", "quantity": 6, "unit_price": 255},
                    {"sku": "22423", "quantity": 1},
                ],
            }
        },
    )
    def put(self, request: Request, ref: str) -> Response:
        body = read(request, CartIn)
        refuse_currency(body.currency, store=self.store)
        report = CartReport(
            lines=[ReportedLine(one.sku, one.quantity, one.unit_price) for one in body.lines],
            version=body.version,
            customer=body.customer,
            visitor=body.visitor,
        )
        return write_once(request, lambda: self._keep(ref, report))

    def _keep(self, ref: str, report: CartReport) -> Answer:
        kept = keep_cart(self.store, ref, report, at=self.at)
        cart = kept.cart
        shown = CartOut(
            ref=cart.ref,
            status=cart.status,
            version=cart.version,
            subtotal=cart.subtotal,
            customer=cart.customer.ref if cart.customer else None,
            visitor=cart.visitor.key if cart.visitor else None,
            changed_at=cart.changed_at,
            is_taken=kept.taken,
        )
        return Answer(200, shown)
