"""POST /offers/{code}/countdown: an offer was shown that lasts some hours for each shopper."""

from datetime import datetime
from typing import Annotated, ClassVar

from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty.schedule import calendar_of
from loyalty.snapshot import snapshot
from loyalty.start_countdown import start_countdown
from shop.know_customers import know_customer
from shop.know_visitors import know_visitor
from shop.models import ApiKey
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import In, Moment, Out, Ref, VisitorKey
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.view import ApiView


class CountdownIn(In, frozen=True, kw_only=True):
    """To whom the offer was shown: a visitor, a customer or both."""

    visitor: VisitorKey | None = None
    customer: Annotated[Ref, Meta(description="Your customer's reference; server keys only.")] | None = None


class CountdownOut(Out, frozen=True, kw_only=True):
    """The shopper's own time with the offer. It is kept by Reprise and never starts anew."""

    offer: str
    starts_at: Moment
    ends_at: Annotated[Moment, Meta(description="From here on the offer is refused to them.")]
    seconds_left: Annotated[int, Meta(ge=0, description="0 once it has ended.")]


class CountdownView(ApiView):
    scope: ClassVar = {"POST": "events:write"}

    @operation(
        "start_countdown",
        tag="Offers",
        summary="An offer with a countdown was shown",
        text="Call it whenever you show an offer that lasts some hours for each shopper; the first call starts the "
        "time, every later one answers with what is left of it. Until then the offer is refused as "
        "`not_in_window`. A visitor who logs in keeps their time: send both.",
        path={"code": "The offer's code."},
        body=CountdownIn,
        answers={
            200: (CountdownOut, "It was running, or is over."),
            201: (CountdownOut, "It starts now."),
        },
        examples={"Shown to a visitor": {"visitor": "0f8fad5b-d9cb-469f-a165-70867728950e"}},
    )
    def post(self, request: Request, code: str) -> Response:
        body = read(request, CountdownIn)
        if body.customer is not None and self.key.kind == ApiKey.Kind.WIDGET:
            raise PermissionDenied(
                _("A widget's key may not speak for a customer."), code="customer_not_allowed"
            )
        if body.customer is None and body.visitor is None:
            raise Problem(
                400, Fault("nobody", _("Say who it was: a visitor, a customer or both."), "visitor")
            )
        return write_once(request, lambda: self._start(code, body, at=self.at))

    def _start(self, code: str, body: CountdownIn, *, at: datetime) -> Answer:
        store = self.store
        terms = snapshot(store.pk, store.offers_version)
        offer = terms.compiled(calendar=calendar_of(store), at=at).offers.get(code)
        customer = know_customer(store, body.customer)
        visitor = (
            None if body.visitor is None else know_visitor(store, body.visitor, customer=customer, at=at)
        )
        found = start_countdown(store, offer, visitor=visitor, customer=customer, at=at)
        left = max(0, int((found.ends_at - at).total_seconds()))
        shown = CountdownOut(offer=code, starts_at=found.starts_at, ends_at=found.ends_at, seconds_left=left)
        return Answer(201 if found.created else 200, shown)
