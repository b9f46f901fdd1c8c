"""POST /orders/{ref}/payments: the order has been paid, or will never be."""

from typing import Annotated, ClassVar, Literal

from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.fail_payment import fail_payment
from checkout.report_order import report_payment
from storefront.api.describe import operation
from storefront.api.fields import In, Moment
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.show_order import OrderWholeOut, show_stored
from storefront.api.view import ApiView


class PaymentIn(In, frozen=True, kw_only=True):
    """That the whole order is paid, or that its payment has failed for good."""

    at: Annotated[Moment, Meta(description="When it was paid or failed; left out: now.")] | None = None
    outcome: Annotated[
        Literal["paid", "failed"],
        Meta(
            description="`failed`: nobody tries to pay any more. While the shopper tries another card, say nothing."
        ),
    ] = "paid"


class PaymentsView(ApiView):
    scope: ClassVar = {"POST": "orders:write"}

    @operation(
        "report_payment",
        tag="Checkout",
        summary="An order was paid, or its payment failed",
        text="Tell it as often as you like, before or after the delivery: the earliest moment counts. Where nobody "
        "reports the delivery, points become spendable by the payment: 14 days and the return window after it.\n\n"
        "`failed` cancels an order that is not paid: its points, coupons and places under offers' limits are free for "
        "others at once, so a payment reported later finds it cancelled, and is to be given back. An order that is "
        "paid stays as it is. Where there is no order yet, let the reservation go: `POST /quotes/{id}/release`.",
        body=PaymentIn,
        path={"ref": "Your order number."},
        answers={200: (OrderWholeOut, "The order as it is now.")},
        examples={
            "Paid now": {},
            "Paid earlier": {"at": "2026-05-31T10:15:00Z"},
            "Failed for good": {"outcome": "failed"},
        },
    )
    def post(self, request: Request, ref: str) -> Response:
        body = read(request, PaymentIn)
        return write_once(request, lambda: self._pay(ref, body))

    def _pay(self, ref: str, body: PaymentIn) -> Answer:
        if body.outcome == "failed":
            fail_payment(self.store, ref, told=body.at, at=self.at, at_recorded=timezone.now())
        else:
            report_payment(self.store, ref, told=body.at, at=self.at, at_recorded=timezone.now())
        return Answer(200, show_stored(self.store, ref))
