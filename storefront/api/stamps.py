"""Stamp cards: how far a customer has come, and visits that earn stamps."""

from typing import Annotated, ClassVar

from django.http import Http404
from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty.stamps.queries import Progress, progress_of
from loyalty.stamps.visit import stamp_visit
from shop.find_customer import find_customer
from shop.models import Customer
from storefront.api.describe import operation
from storefront.api.fields import In, Moment, Out, Ref, refuse_moment
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.view import ApiView

TAG = "Customers"
BY_REF = {"ref": "Your own number for this customer."}


class StampCardOut(Out, frozen=True, kw_only=True):
    """One card. A full one gives its reward, once, and the next begins. `owed` stamps first replace those that a
    return took off a card whose reward was used already."""

    code: Annotated[str, Meta(examples=["coffee"])]
    name: Annotated[str, Meta(examples=["Coffee card"])]
    by: Annotated[str, Meta(description="What is stamped: `order`, `product` or `visit`.")]
    stamps: Annotated[int, Meta(description="On the open card.", examples=[4])]
    needed: Annotated[int, Meta(description="On a full one.", examples=[6])]
    missing: Annotated[int, Meta(description="Until the next reward.", examples=[2])]
    owed: int
    full: Annotated[int, Meta(description="Cards that were filled so far.")]
    reward: Annotated[str, Meta(description="`coupon` or `points`.")]
    points: Annotated[int | None, Meta(description="What a full card gives, where it gives points.")]
    campaign: Annotated[str | None, Meta(description="Whose coupon a full card gives, where it gives one.")]


class StampCardsOut(Out, frozen=True, kw_only=True):
    items: list[StampCardOut]


class VisitIn(In, frozen=True, kw_only=True):
    """One visit. `ref` is your own number for it: told again, it stamps nothing."""

    ref: Ref
    at: Annotated[Moment, Meta(description="When; left out: now.")] | None = None


class StampedOut(StampCardsOut, frozen=True, kw_only=True):
    """The cards after the visit; `added` stamps came with it."""

    added: int


class StampsView(ApiView):
    scope: ClassVar = {"GET": "customers:read", "POST": "customers:write"}

    @operation(
        "list_stamp_cards",
        tag=TAG,
        summary="A customer's stamp cards",
        path=BY_REF,
        answers={200: (StampCardsOut, "Every card in use, and those that the customer has stamps on.")},
    )
    def get(self, request: Request, ref: str) -> Response:
        return Response(StampCardsOut(items=self._cards(self._find(ref))))

    @operation(
        "add_visit",
        tag=TAG,
        summary="A visit that earns a stamp",
        text="On each card that counts visits; orders and products are stamped by themselves when an order is paid. "
        "Whoever has not joined the programme gets no stamp.",
        path=BY_REF,
        body=VisitIn,
        answers={200: (StampedOut, "Stored, or known before.")},
        examples={"At the counter": {"ref": "till-3-20931"}},
    )
    def post(self, request: Request, ref: str) -> Response:
        body = read(request, VisitIn)
        refuse_moment(body.at, attr="at", at=self.at)
        return write_once(request, lambda: self._stamp(ref, body))

    def _stamp(self, ref: str, body: VisitIn) -> Answer:
        customer = self._find(ref)
        added = stamp_visit(
            customer, body.ref, visited_at=body.at or self.at, at=self.at, at_recorded=timezone.now()
        )
        return Answer(200, StampedOut(added=added, items=self._cards(customer)))

    def _find(self, ref: str) -> Customer:
        found = find_customer(self.store, ref)
        if found is None:
            raise Http404
        return found

    def _cards(self, customer: Customer) -> list[StampCardOut]:
        return [_show(one) for one in progress_of(customer, at=self.at)]


def _show(one: Progress) -> StampCardOut:
    card = one.card
    return StampCardOut(
        code=card.code,
        name=card.name,
        by=card.by,
        stamps=one.stamps,
        needed=card.needed,
        missing=one.missing,
        owed=one.owed,
        full=one.full,
        reward=card.reward,
        points=card.points,
        campaign=card.campaign or None,
    )
