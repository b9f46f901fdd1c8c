"""POST /orders/{ref}/fulfilment: the order is with its customer."""

from typing import Annotated, ClassVar

from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.report_order import report_fulfilment
from storefront.api.describe import operation
from storefront.api.fields import In, Moment
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.show_order import OrderWholeOut, show_stored
from storefront.api.view import ApiView


class FulfilmentIn(In, frozen=True):
    """That the order has reached its customer."""

    at: Annotated[Moment, Meta(description="When it was delivered; left out: now.")] | None = None


class FulfilmentView(ApiView):
    scope: ClassVar = {"POST": "orders:write"}

    @operation(
        "report_fulfilment",
        tag="Checkout",
        summary="An order was delivered",
        text="Opens the return window: when it ends, the order's points become spendable by themselves. Tell it as "
        "often as you like, in any order: the earliest moment counts.",
        body=FulfilmentIn,
        path={"ref": "Your order number."},
        answers={200: (OrderWholeOut, "The order as it is now.")},
        examples={"Delivered now": {}, "Delivered earlier": {"at": "2026-05-31T10:15:00Z"}},
    )
    def post(self, request: Request, ref: str) -> Response:
        body = read(request, FulfilmentIn)
        return write_once(request, lambda: self._fulfil(ref, body))

    def _fulfil(self, ref: str, body: FulfilmentIn) -> Answer:
        report_fulfilment(self.store, ref, told=body.at, at=self.at)
        return Answer(200, show_stored(self.store, ref))
