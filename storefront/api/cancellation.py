"""POST /orders/{ref}/cancellation: the order is off."""

from typing import Annotated, ClassVar

from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.cancel import cancel_order
from storefront.api.describe import operation
from storefront.api.fields import In, Moment, Out
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.refunds import RefundOut, show_refund
from storefront.api.show_order import OrderWholeOut, show_stored
from storefront.api.view import ApiView


class CancellationIn(In, frozen=True):
    """That the order is off."""

    at: Annotated[Moment, Meta(description="When it was cancelled; left out: now.")] | None = None
    return_coupons: (
        Annotated[
            bool,
            Meta(
                description="Make its coupons and its places under offers' limits free again. Left out: as the store "
                "has set it in the panel."
            ),
        ]
        | None
    ) = None


class CancellationOut(Out, frozen=True, kw_only=True):
    """`refund` is all that was left of the order, delivery included; null where nothing was. Its `amount` is to be
    given back as far as the order was paid."""

    order: OrderWholeOut
    refund: RefundOut | None


class CancellationView(ApiView):
    scope: ClassVar = {"POST": "orders:write"}

    @operation(
        "cancel_order",
        tag="Checkout",
        summary="Cancel an order",
        text="A refund of all that is left of it, points included; its coupons and its places under offers' limits are "
        "free again, unless the store's settings or you say otherwise. Sent again it answers the same.",
        body=CancellationIn,
        path={"ref": "Your order number."},
        answers={200: (CancellationOut, "The order and what was reversed.")},
        examples={"Cancelled now": {}, "Coupons stay used": {"return_coupons": False}},
    )
    def post(self, request: Request, ref: str) -> Response:
        body = read(request, CancellationIn)
        return write_once(request, lambda: self._cancel(ref, body))

    def _cancel(self, ref: str, body: CancellationIn) -> Answer:
        done = cancel_order(
            self.store,
            ref,
            told=body.at,
            at=self.at,
            at_recorded=timezone.now(),
            return_coupons=body.return_coupons,
        )
        refund = None if done.refund is None else show_refund(done.refund, store=self.store)
        return Answer(200, CancellationOut(order=show_stored(self.store, ref), refund=refund))
