"""Coupons: issue one, see whose they are, hand a gift on, take one back."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import uuid4

from django.db import connection
from django.http import Http404
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from coupons.hand_over import hand_over
from coupons.issue import issue_gift, issue_named
from coupons.models import Coupon, CouponCampaign
from coupons.queries import State, coupons_of, find_coupon, state_of
from coupons.revoke import revoke
from shop.find_customer import find_customer
from shop.models import Customer, Store
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import In, Moment, Out, Ref
from storefront.api.idempotency import Answer, write_once
from storefront.api.pages import Page, read_page, take_page
from storefront.api.read import read
from storefront.api.view import ApiView

TAG = "Coupons"
BY_CODE = {"code": "The coupon's code, in any case."}

IssueKey = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=80,
        pattern=r"^[\x21-\x7e]+$",
        description="Yours: one coupon per campaign and key, however often you ask. Left out: a new coupon each time.",
        examples=["birthday-2026:17850"],
    ),
]


class CouponIn(In, frozen=True, kw_only=True):
    """Whose it is. A named campaign needs a customer; a gift may be a code on paper."""

    customer: Annotated[Ref, Meta(description="Your number of the customer who gets it.")] | None = None
    issue_key: IssueKey | None = None


class HandoverIn(In, frozen=True, kw_only=True):
    """Who gives it away."""

    customer: (
        Annotated[Ref, Meta(description="The signed-in customer; another's coupon is refused.")] | None
    ) = None


class RevocationIn(In, frozen=True, kw_only=True):
    """Why it is taken back."""

    reason: Literal["mistake", "abuse", "request"]


class CouponOut(Out, frozen=True, kw_only=True):
    """`state`: usable, not_started, used_up, expired, revoked, or handed_on to a friend who got a new code."""

    code: str
    campaign: str
    kind: str
    customer: str | None
    issued_at: Moment
    starts_at: Moment
    ends_at: Annotated[Moment, Meta(description="The first moment at which it is no longer good.")]
    uses_max: Annotated[int, Meta(description="null: a public code, limited by its offer.")] | None
    used: int
    state: str


class CouponPageOut(Out, frozen=True, kw_only=True):
    items: list[CouponOut]
    next: str | None


class HandoverOut(Out, frozen=True, kw_only=True):
    """Pass `link` on: whoever opens it first can claim the gift, and the old code is void from then on."""

    link: str
    ends_at: Moment


class IssueView(ApiView):
    scope: ClassVar = {"POST": "coupons:write"}

    @operation(
        "issue_coupon",
        tag=TAG,
        summary="Issue a coupon",
        text="One code of the campaign: for one customer (named), or for whoever brings it (gift).",
        path={"code": "The campaign's code."},
        body=CouponIn,
        answers={201: (CouponOut, "Issued now, or under this issue_key before.")},
        examples={"For a customer": {"customer": "17850", "issue_key": "birthday-2026:17850"}},
    )
    def post(self, request: Request, code: str) -> Response:
        body = read(request, CouponIn)
        return write_once(request, lambda: self._issue(code, body), render=self._render)

    def _issue(self, code: str, body: CouponIn) -> Answer:
        campaign = CouponCampaign.objects.filter(store=self.store, code=code).select_related("store").first()
        if campaign is None:
            raise Http404
        holder = _customer(self.store, body.customer)
        key = f"api:{body.issue_key or uuid4().hex}"
        if campaign.kind == CouponCampaign.Kind.GIFT:
            coupon = issue_gift(campaign, holder, issue_key=key, at=self.at)
        else:
            if holder is None:
                raise Problem(
                    422, Fault("customer_needed", _("A named coupon needs its customer."), "customer")
                )
            coupon = issue_named(campaign, holder, issue_key=key, at=self.at)
        return Answer(201, _show(coupon, at=self.at), about=str(coupon.pk))

    def _render(self, number: str) -> CouponOut:
        """A code is money: the record of the request does not keep it."""
        rows = Coupon.objects.select_related("campaign", "customer", "revocation")
        return _show(rows.get(store=self.store, pk=number), at=self.at)


class CouponsOfView(ApiView):
    scope: ClassVar = {"GET": "coupons:read"}

    @operation(
        "list_coupons_of_customer",
        tag=TAG,
        summary="A customer's coupons, newest first",
        path={"ref": "Your own number for this customer."},
        page=Page,
        answers={200: (CouponPageOut, "One page.")},
    )
    def get(self, request: Request, ref: str) -> Response:
        customer = find_customer(self.store, ref)
        if customer is None:
            raise Http404
        rows = coupons_of(customer)
        found, following = take_page(rows, keys={"id": int}, page=read_page(request, Page), newest_first=True)
        return Response(CouponPageOut(items=[_show(one, at=self.at) for one in found], next=following))


class HandoverView(ApiView):
    scope: ClassVar = {"POST": "coupons:write"}

    @operation(
        "hand_over_coupon",
        tag=TAG,
        summary="A link to hand a gift coupon on",
        text="The giver sends the link to a friend. The friend opens it, claims the gift and gets a new code; until "
        "then the coupon stays the giver's.",
        path=BY_CODE,
        body=HandoverIn,
        answers={200: (HandoverOut, "The link; the same one for the same coupon.")},
        examples={"By its holder": {"customer": "17850"}},
    )
    def post(self, request: Request, code: str) -> Response:
        body = read(request, HandoverIn)
        return write_once(request, lambda: self._hand_over(code, body), render=self._render)

    def _hand_over(self, code: str, body: HandoverIn) -> Answer:
        coupon = _find(self.store, code)
        return Answer(200, self._link(coupon, _customer(self.store, body.customer)), about=str(coupon.pk))

    def _render(self, number: str) -> HandoverOut:
        coupon = Coupon.objects.select_related("campaign__offer", "store", "customer", "revocation")
        return self._link(coupon.get(store=self.store, pk=number), None)

    def _link(self, coupon: Coupon, giver: Customer | None) -> HandoverOut:
        assert connection.in_atomic_block, "write_once opened it"
        return HandoverOut(link=hand_over(coupon, giver=giver, at=self.at), ends_at=coupon.ends_at)


class RevocationView(ApiView):
    scope: ClassVar = {"POST": "coupons:write"}

    @operation(
        "revoke_coupon",
        tag=TAG,
        summary="Take a coupon back",
        text="From now on it is refused; nobody can undo it. A use that a cart holds already stays good.",
        path=BY_CODE,
        body=RevocationIn,
        answers={200: (CouponOut, "Revoked now or before.")},
        examples={"Issued by mistake": {"reason": "mistake"}},
    )
    def post(self, request: Request, code: str) -> Response:
        body = read(request, RevocationIn)
        return write_once(request, lambda: self._revoke(code, body))

    def _revoke(self, code: str, body: RevocationIn) -> Answer:
        coupon = _find(self.store, code)
        revocation = revoke(coupon, by=None, at=self.at, reason=body.reason)
        coupon.revocation = revocation
        return Answer(200, _show(coupon, at=self.at))


def _find(store: Store, code: str) -> Coupon:
    coupon = find_coupon(store, code)
    if coupon is None:
        raise Http404
    return coupon


def _customer(store: Store, ref: str | None) -> Customer | None:
    if ref is None:
        return None
    found = find_customer(store, ref)
    if found is None:
        detail = _("There is no such customer. Send the customer first.")
        raise Problem(422, Fault("unknown_customer", detail, "customer"))
    return found


def _show(coupon: Coupon, *, at: datetime) -> CouponOut:
    state: State = state_of(coupon, at=at)
    return CouponOut(
        code=coupon.code,
        campaign=coupon.campaign.code,
        kind=coupon.campaign.kind,
        customer=coupon.customer.ref if coupon.customer else None,
        issued_at=coupon.issued_at,
        starts_at=coupon.starts_at,
        ends_at=coupon.ends_at,
        uses_max=coupon.uses_max,
        used=coupon.used,
        state=state.value,
    )
