"""POST /orders/{ref}/payments: the order has been paid."""

from typing import Annotated, ClassVar

from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.report_order import report_payment
from storefront.api.describe import operation
from storefront.api.fields import In, Moment
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.show_order import OrderWholeOut, show_stored
from storefront.api.view import ApiView


class PaymentIn(In, frozen=True):
    """That the whole order is paid."""

    at: Annotated[Moment, Meta(description="When it was paid; left out: now.")] | None = None


class PaymentsView(ApiView):
    scope: ClassVar = {"POST": "orders:write"}

    @operation(
        "report_payment",
        tag="Checkout",
        summary="An order was paid",
        text="Tell it as often as you like, before or after the delivery: the earliest moment counts. Where nobody "
        "reports the delivery, points become spendable by the payment: 14 days and the return window after it.",
        body=PaymentIn,
        path={"ref": "Your order number."},
        answers={200: (OrderWholeOut, "The order as it is now.")},
        examples={"Paid now": {}, "Paid earlier": {"at": "2026-05-31T10:15:00Z"}},
    )
    def post(self, request: Request, ref: str) -> Response:
        body = read(request, PaymentIn)
        return write_once(request, lambda: self._pay(ref, body))

    def _pay(self, ref: str, body: PaymentIn) -> Answer:
        report_payment(self.store, ref, told=body.at, at=self.at)
        return Answer(200, show_stored(self.store, ref))
