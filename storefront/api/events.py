"""What visitors and customers do: visits, pages looked at."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty.earn_events import Reported, earn_for_reported
from loyalty.follow_link import Click, follow_links
from shop.models import ApiKey
from shop.note_event import Event, note_events
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import In, Moment, Out, Ref, VisitorKey, refuse_moment
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.view import ApiView

EVENTS_MAX = 100
DETAILS_MAX = 10
TAKEN_FOR = timedelta(days=30)

DetailName = Annotated[str, Meta(min_length=1, max_length=40)]
DetailText = Annotated[str, Meta(max_length=200)]
DetailNumber = Annotated[int, Meta(ge=-(2**53), le=2**53)]


class EventIn(In, frozen=True, kw_only=True):
    """One thing that happened, by a visitor, a customer or both."""

    kind: Literal[
        "visit",
        "product.viewed",
        "category.viewed",
        "search.made",
        "cart.viewed",
        "checkout.begun",
        "offer.shown",
        "offer.clicked",
        "page.shared",
        "click",
        "review.written",
        "product.liked",
    ]
    visitor: VisitorKey | None = None
    customer: Annotated[Ref, Meta(description="Your customer's reference; server keys only.")] | None = None
    at: Annotated[Moment, Meta(description="Within the last 30 days; left out: now.")] | None = None
    subject: Annotated[
        str,
        Meta(
            max_length=80,
            description="What it was about. Of a `click`: the code of the friend's or partner's link, as it came "
            "with `?ref=`.",
            examples=["product:85123A"],
        ),
    ] = ""
    data: Annotated[
        dict[DetailName, DetailText | DetailNumber | bool],
        Meta(max_length=DETAILS_MAX, description="Codes and numbers, never personal data."),
    ] = msgspec.field(default_factory=dict)


class EventsIn(In, frozen=True, kw_only=True):
    events: Annotated[list[EventIn], Meta(min_length=1, max_length=EVENTS_MAX)]


class RecordedOut(Out, frozen=True, kw_only=True):
    """`points` that the customers named in them have earned by it."""

    recorded: int
    points: int = 0


class EventsView(ApiView):
    scope: ClassVar = {"POST": "events:write"}

    @operation(
        "add_events",
        tag="Events",
        summary="Report up to 100 things that happened",
        text="All or none. A `visit` counts the visitor's visits; a visitor reported with a customer joins that "
        "customer. A `click` with its visitor says who brought them; the last one within 30 days counts. "
        "Repeat a report only with its `Idempotency-Key`: the same event twice counts twice. "
        "Where an earning rule says so, a member who is named earns points for `review.written`, `product.liked` and "
        "`page.shared`: once for each `subject`, within the rule's cap.",
        body=EventsIn,
        answers={202: (RecordedOut, "Recorded.")},
        examples={
            "A visit": {"events": [{"kind": "visit", "visitor": "0f8fad5b-d9cb-469f-a165-70867728950e"}]},
        },
    )
    def post(self, request: Request) -> Response:
        body = read(request, EventsIn)
        for index, event in enumerate(body.events):
            self._refuse_unfit(event, where=f"events.{index}")
        return write_once(request, lambda: self._note(body))

    def _note(self, body: EventsIn) -> Answer:
        now = self.at
        events = [
            Event(
                kind=one.kind,
                at=one.at or now,
                visitor=one.visitor,
                customer=one.customer,
                subject=one.subject,
                data=one.data,
            )
            for one in body.events
        ]
        recorded = note_events(self.store, events)
        follow_links(
            self.store,
            [
                Click(one.visitor, one.subject, one.at)
                for one in events
                if one.kind == "click" and one.visitor is not None
            ],
        )
        points = earn_for_reported(
            self.store,
            [
                Reported(one.kind, one.customer, one.subject, one.at)
                for one in events
                if one.customer is not None
            ],
            at_recorded=timezone.now(),
        )
        return Answer(202, RecordedOut(recorded=recorded, points=points))

    def _refuse_unfit(self, event: EventIn, *, where: str) -> None:
        if event.customer is not None and self.key.kind == ApiKey.Kind.WIDGET:
            raise PermissionDenied(
                _("A widget's key may not speak for a customer."), code="customer_not_allowed"
            )
        if event.customer is None and event.visitor is None:
            raise Problem(400, Fault("nobody", _("Say who it was: a visitor, a customer or both."), where))
        refuse_moment(event.at, attr=f"{where}.at", at=self.at)
        if event.at is not None and event.at < self.at - TAKEN_FOR:
            raise Problem(400, Fault("too_early", _("Events are taken for 30 days."), f"{where}.at"))
