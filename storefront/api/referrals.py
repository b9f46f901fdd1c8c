"""A customer's own link for friends, and how far they have come with it."""

from typing import Annotated, ClassVar

from django.http import Http404
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty.referrals.links import address_of, make_link
from loyalty.referrals.progress import progress_of
from shop.find_customer import find_customer
from shop.models import Customer
from storefront.api.describe import operation
from storefront.api.fields import In, Out
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.view import ApiView

BY_REF = {"ref": "Your own number for this customer."}


class LinkIn(In, frozen=True, kw_only=True):
    """Nothing to say: the link is made, or is there."""


class ReferralOut(Out, frozen=True, kw_only=True):
    """`code` and `link` are null until they are first asked for with POST."""

    is_on: Annotated[bool, Meta(description="Whether the store rewards friends now.")]
    code: Annotated[str, Meta(examples=["K7MP2QXA9RTB"])] | None
    link: (
        Annotated[str, Meta(description="To pass on. It leads to your domain with `?ref=` and the code.")]
        | None
    )
    is_brought: Annotated[bool, Meta(description="Whether somebody brought this customer, for ever.")]
    friends: Annotated[int, Meta(description="Who joined by this customer.")]
    points_pending: Annotated[int, Meta(description="Until payment, return window or review.")]
    points_earned: Annotated[int, Meta(description="Came to stay.")]
    coupons: Annotated[int, Meta(description="Coupons promised for friends.")]


class ReferralView(ApiView):
    scope: ClassVar = {"GET": "customers:read", "POST": "customers:write"}

    @operation(
        "get_referral",
        tag="Friends",
        summary="How far a customer has come with bringing friends",
        path=BY_REF,
        answers={200: (ReferralOut, "As of now.")},
    )
    def get(self, request: Request, ref: str) -> Response:
        return Response(self._render(ref))

    @operation(
        "make_referral_link",
        tag="Friends",
        summary="A customer's own link for friends",
        text="Made once; sent again it answers with the same link. A friend who opens it comes to your domain with "
        "`?ref=CODE`: report that as an event `click` with the visitor, or send the code as `referred_by` when they "
        "register, or as `referral` with their first order. Each ties a new customer once and for ever.",
        path=BY_REF,
        body=LinkIn,
        answers={200: (ReferralOut, "The link, new or as it was.")},
        examples={"Make it": {}},
    )
    def post(self, request: Request, ref: str) -> Response:
        read(request, LinkIn)
        return write_once(request, lambda: self._make(ref), render=self._render)

    def _make(self, ref: str) -> Answer:
        make_link(self._find(ref), at=self.at)
        return Answer(200, self._render(ref), about=ref)

    def _render(self, ref: str) -> ReferralOut:
        found = progress_of(self._find(ref), at=self.at)
        return ReferralOut(
            is_on=found.is_on,
            code=found.code,
            link=address_of(self.store, found.code) if found.code else None,
            is_brought=found.brought_by,
            friends=found.friends,
            points_pending=found.pending,
            points_earned=found.earned,
            coupons=found.coupons,
        )

    def _find(self, ref: str) -> Customer:
        found = find_customer(self.store, ref)
        if found is None or found.erased_at is not None:
            raise Http404
        return found
