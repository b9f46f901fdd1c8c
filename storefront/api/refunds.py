"""POST /orders/{ref}/refunds: give lines back, and see exactly what that undoes."""

from typing import Annotated, ClassVar

from django.db import transaction
from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.refund import (
    REFUND_LINES_MAX,
    LineNumber,
    Refunded,
    RefundLineRequest,
    RefundRequest,
    refund_order,
)
from checkout.refund_balances import returned_to
from checkout.transaction import atomic_with_retry
from shop.models import RefundLine, Store
from storefront.api.describe import operation
from storefront.api.fields import Moment, Out, Quantity, Ref
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.show_balances import ReturnedToOut, show_returned
from storefront.api.view import ApiView


class RefundLineIn(RefundLineRequest, frozen=True, forbid_unknown_fields=True):
    """So many units of one line."""

    line: Annotated[LineNumber, Meta(description="The order's line, counted from 1.", examples=[1])]
    quantity: Quantity


class RefundIn(RefundRequest, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is given back."""

    ref: Annotated[
        Ref,
        Meta(description="Your refund number. One refund is stored under it, for ever.", examples=["R-1"]),
    ]
    lines: Annotated[tuple[RefundLineIn, ...], Meta(max_length=REFUND_LINES_MAX)] = ()
    delivery: Annotated[bool, Meta(description="Refund the delivery too, as far as it was paid.")] = False
    at: Annotated[Moment, Meta(description="When it was given back; left out: now.")] | None = None
    preview: Annotated[
        bool, Meta(description="Only say what would come of it. Nothing is stored, and `ref` stays free.")
    ] = False


class RefundLineOut(Out, frozen=True, kw_only=True):
    """`amount` is money, `balance_amount` goes back to gift balances. `points_returned` had been spent on these units,
    `points_taken_back` they had earned."""

    line: int
    sku: str
    quantity: int
    amount: int
    balance_amount: int
    points_returned: int
    points_taken_back: int


class RefundOut(Out, frozen=True, kw_only=True):
    """The lines' amounts and `delivery`, less `kept_back`, make `amount`, the money to give back.

    `kept_back` is 0 unless the store has said that a return undoes what an offer gave on its condition: then it is what
    the rest of the order costs more without what came back; below 0 where an earlier refund kept too much back.
    `points_owed` of `points_taken_back` were not there any more: whatever the customer earns next repays them.
    `balance_amount` goes back to the gift balances that had paid, `delivery_balance_amount` of it for delivery.
    `withdrawn` is what was left of gift balances that these units had become; no more than that is refunded for them.
    """

    ref: str
    order: str
    at: Moment
    lines: list[RefundLineOut]
    delivery: int
    kept_back: int
    amount: int
    balance_amount: int
    delivery_balance_amount: int
    gift_balances: list[ReturnedToOut]
    withdrawn: int
    points_returned: int
    points_taken_back: int
    points_owed: int
    currency: str


class RefundsView(ApiView):
    scope: ClassVar = {"POST": "orders:write"}

    @operation(
        "refund_order",
        tag="Checkout",
        summary="Refund an order, by lines",
        text="Answers with the exact reversal: what was paid for these units in money, points and by gift balances, "
        "and what they had earned. Any split of refunds ends like one whole refund. With `preview` nothing is stored, "
        "and the answer is the one that you would get. Sent again under the same `ref` it answers with the stored "
        "refund (200).",
        body=RefundIn,
        path={"ref": "Your order number."},
        answers={
            200: (RefundOut, "A preview, or stored before: the same refund."),
            201: (RefundOut, "Stored now."),
        },
        examples={
            "Two of a line": {"ref": "R-1", "lines": [{"line": 1, "quantity": 2}]},
            "Look first": {"ref": "R-1", "lines": [{"line": 1, "quantity": 2}], "preview": True},
        },
    )
    def post(self, request: Request, ref: str) -> Response:
        body = read(request, RefundIn)
        if body.preview:
            return Response(atomic_with_retry(lambda: self._preview(ref, body)))
        return write_once(request, lambda: self._refund(ref, body))

    def _refund(self, ref: str, body: RefundIn) -> Answer:
        done = refund_order(self.store, ref, _to_request(body), at=self.at, at_recorded=timezone.now())
        return Answer(201 if done.created else 200, show_refund(done, store=self.store))

    def _preview(self, ref: str, body: RefundIn) -> RefundOut:
        """The refund itself, taken back: so it can not differ from what it announces."""
        with transaction.atomic():
            done = refund_order(self.store, ref, _to_request(body), at=self.at, at_recorded=timezone.now())
            shown = show_refund(done, store=self.store)
            transaction.set_rollback(True)
        return shown


def show_refund(done: Refunded, *, store: Store) -> RefundOut:
    return RefundOut(
        ref=done.refund.ref,
        order=done.order.ref,
        at=done.refund.at,
        lines=[_line(row) for row in done.lines],
        delivery=done.refund.delivery,
        kept_back=done.refund.kept_back,
        amount=done.refund.amount,
        balance_amount=done.refund.balance_amount,
        delivery_balance_amount=done.refund.delivery_balance_amount,
        gift_balances=show_returned(returned_to(done.refund)),
        withdrawn=done.refund.withdrawn,
        points_returned=sum(row.points_returned for row in done.lines),
        points_taken_back=sum(row.points_taken_back for row in done.lines),
        points_owed=done.owed,
        currency=store.currency,
    )


def _line(row: RefundLine) -> RefundLineOut:
    assert row.order_line is not None, "refunds of an order name its lines"
    return RefundLineOut(
        line=row.order_line.ordinal,
        sku=row.sku,
        quantity=row.quantity,
        amount=row.amount,
        balance_amount=row.balance_amount,
        points_returned=row.points_returned,
        points_taken_back=row.points_taken_back,
    )


def _to_request(body: RefundIn) -> RefundRequest:
    return RefundRequest(**{name: getattr(body, name) for name in RefundRequest.__struct_fields__})
