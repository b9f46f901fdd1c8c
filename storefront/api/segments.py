"""Segments: which there are, and whom a fixed list names."""

from typing import Annotated, Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty.models import Segment
from loyalty.segments.keep import SegmentFault, SegmentRefused, name_customers
from loyalty.segments.queries import segments_of
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import In, Moment, Out, Ref
from storefront.api.idempotency import Answer, write_once
from storefront.api.pages import Page, read_page, take_page
from storefront.api.read import read
from storefront.api.view import ApiView

TAG = "Segments"
MEMBERS_MAX = 50_000
UNKNOWN_SHOWN = 100


class SegmentOut(Out, frozen=True, kw_only=True):
    """`size` customers as of `recomputed_at`, null until they were first looked for; who enters or leaves meanwhile
    counts within seconds."""

    code: str
    name: str
    rule: Annotated[
        dict[str, Any], Meta(description="All of `all`, one of `any` if there are some, none of `none`.")
    ]
    size: int
    recomputed_at: Moment | None


class SegmentPageOut(Out, frozen=True, kw_only=True):
    items: list[SegmentOut]
    next: str | None


class MembersIn(In, frozen=True, kw_only=True):
    """Everybody on the list; whoever is not here any more leaves it."""

    customers: Annotated[
        list[Ref], Meta(max_length=MEMBERS_MAX, description="Your own numbers of the customers.")
    ]


class MembersOut(Out, frozen=True, kw_only=True):
    """The customers are in the segment a few seconds later."""

    code: str
    listed: Annotated[int, Meta(description="How many customers the list names now.")]
    unknown: Annotated[list[str], Meta(description="Numbers that are nobody's, at most 100 of them.")]
    unknown_count: int


class SegmentsView(ApiView):
    scope: ClassVar = {"GET": "customers:read"}

    @operation(
        "list_segments",
        tag=TAG,
        summary="The store's segments",
        text="Groups of customers by rule, as built in the panel. `GET /customers/{ref}` says in which ones somebody "
        "is.",
        page=Page,
        answers={200: (SegmentPageOut, "One page.")},
    )
    def get(self, request: Request) -> Response:
        rows, following = take_page(segments_of(self.store), keys={"id": int}, page=read_page(request, Page))
        return Response(SegmentPageOut(items=[_show(one) for one in rows], next=following))


class SegmentMembersView(ApiView):
    scope: ClassVar = {"PUT": "customers:write"}

    @operation(
        "put_segment_members",
        tag=TAG,
        summary="Say whom a segment's list names",
        text="Only for a segment with the rule “A list of your own”; it takes the place of the list before.",
        path={"code": "The segment's code."},
        body=MembersIn,
        answers={200: (MembersOut, "Stored.")},
        examples={"Two customers": {"customers": ["17850", "13047"]}},
    )
    def put(self, request: Request, code: str) -> Response:
        body = read(request, MembersIn)
        return write_once(request, lambda: self._keep(code, body))

    def _keep(self, code: str, body: MembersIn) -> Answer:
        segment = Segment.objects.filter(store=self.store, code=code, archived_at=None).first()
        if segment is None:
            raise Http404
        try:
            named = name_customers(segment, body.customers, by=None, at=self.at)
        except SegmentRefused as refused:
            raise _problem(refused) from refused
        shown = MembersOut(
            code=code,
            listed=named.listed,
            unknown=list(named.unknown[:UNKNOWN_SHOWN]),
            unknown_count=named.unknown_count,
        )
        return Answer(200, shown)


def _problem(refused: SegmentRefused) -> Problem:
    detail = {
        SegmentFault.NO_LIST: _(
            "This segment's rule asks for no list. Add “A list of your own” to it in the panel."
        ),
        SegmentFault.ARCHIVED: _("This segment is archived. Make a new one in the panel."),
    }
    return Problem(409, Fault(refused.code.value, detail.get(refused.code, refused.code.value)))


def _show(segment: Segment) -> SegmentOut:
    return SegmentOut(
        code=segment.code,
        name=segment.name,
        rule=segment.document,
        size=segment.size,
        recomputed_at=segment.recomputed_at,
    )
