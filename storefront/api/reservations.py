"""Reservations: what a reserved quote says of itself, and POST /quotes/{id}/release, which lets it go."""

from typing import Annotated, ClassVar

from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.end_hold import release_quote
from checkout.models import Quote
from checkout.reserve import LASTS_IN_ALL
from storefront.api.describe import operation
from storefront.api.fields import In, Moment, Out
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.view import ApiView


class ReservationOut(Out, frozen=True, kw_only=True):
    """What keeps a cart's price and rights. `status`: `held`, `spent` (it became an order), `replaced` (by a newer
    quote of the cart), `released` or `lapsed`."""

    id: Annotated[str, Meta(description="To let it go: `POST /quotes/{id}/release`.")]
    cart: str
    status: str
    ends_at: Annotated[
        Moment, Meta(description="Until then an order with its `quote_token` keeps the price.")
    ]
    renewable_until: Annotated[
        Moment, Meta(description="Ask again with `reserve` for half an hour more, up to this moment.")
    ]


class ReleaseIn(In, frozen=True):
    """That the cart's rights may go to others: the payment failed, or the shopper has left."""


class ReleaseView(ApiView):
    scope: ClassVar = {"POST": "quotes:write"}

    @operation(
        "release_quote",
        tag="Checkout",
        summary="Let go of a reservation",
        text="The payment failed or the shopper gave up, and there is no order yet: the coupons, points and places "
        "under offers' limits that the cart held are free for others at once. Sent again, or after the reservation's "
        "end, it changes nothing. 409 `quote_spent`: it became an order; report the failed payment of that one or "
        "cancel it. 409 `quote_replaced`: a newer quote of the cart holds its rights; let that one go.",
        body=ReleaseIn,
        path={"key": "The reservation's `id`."},
        answers={200: (ReservationOut, "The reservation as it is now.")},
        examples={"The payment failed": {}},
    )
    def post(self, request: Request, key: str) -> Response:
        read(request, ReleaseIn)
        return write_once(request, lambda: self._release(key))

    def _release(self, key: str) -> Answer:
        quote = release_quote(self.store, key, at=self.at, at_recorded=timezone.now())
        return Answer(200, show_reservation(quote))


def show_reservation(quote: Quote) -> ReservationOut:
    return ReservationOut(
        id=str(quote.key),
        cart=quote.cart_ref,
        status=quote.status,
        ends_at=quote.ends_at,
        renewable_until=quote.first_at + LASTS_IN_ALL,
    )
