"""POST /customers/{ref}/points/moves: a customer gives points to another one."""

from typing import Annotated, ClassVar

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.request import AMOUNT_MAX
from loyalty.hand_on import hand_on
from shop.find_customer import find_customers
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import In, Moment, Out, Ref
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.view import ApiView


class MoveIn(In, frozen=True, kw_only=True):
    """Who gets how many points. `ref` is your own name for this: under it points move once."""

    ref: Ref
    to: Annotated[Ref, Meta(description="Your own number of the customer who gets them.")]
    points: Annotated[int, Meta(ge=1, le=AMOUNT_MAX, description="Whole points.", examples=[200])]


class MoveOut(Out, frozen=True, kw_only=True):
    """`customer` gave `points` to `to`."""

    ref: str
    customer: str
    to: str
    points: int
    at: Moment


class PointsMovesView(ApiView):
    scope: ClassVar = {"POST": "customers:write"}

    @operation(
        "move_points",
        tag="Customers",
        summary="Give points to another customer",
        text="Only where the store's limits of points allow it, and only between members. Spendable points move, those "
        "that end first, and they end when they would have. Sent again under the same `ref` it answers the same.",
        path={"ref": "Your own number of the customer who gives them."},
        body=MoveIn,
        answers={200: (MoveOut, "Moved before."), 201: (MoveOut, "Moved.")},
        examples={"200 points for a friend": {"ref": "move-1", "to": "17850", "points": 200}},
    )
    def post(self, request: Request, ref: str) -> Response:
        body = read(request, MoveIn)
        return write_once(request, lambda: self._move(ref, body))

    def _move(self, ref: str, body: MoveIn) -> Answer:
        found = find_customers(self.store, [ref, body.to])
        if ref not in found:
            raise Http404
        if body.to not in found:
            raise Problem(
                422, Fault("unknown_customer", _("There is no such customer. Send it first."), "to")
            )
        done = hand_on(
            found[ref], found[body.to], body.points, ref=body.ref, at=self.at, at_recorded=timezone.now()
        )
        move = done.move
        shown = MoveOut(ref=move.ref, customer=ref, to=body.to, points=move.points, at=move.at)
        return Answer(201 if done.created else 200, shown)
