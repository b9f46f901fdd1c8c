"""Club cards: the plans of the store, who holds which card, and what a till reads off one."""

import re
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal

from django.http import Http404
from django.utils.translation import gettext as _
from msgspec import UNSET, Meta, UnsetType
from rest_framework.request import Request
from rest_framework.response import Response

from checkout.transaction import atomic_with_retry
from clubcards.end import end
from clubcards.give import give
from clubcards.keep_plan import SETTINGS, keep_plan
from clubcards.link import card_url
from clubcards.models import CardPlan, Membership
from clubcards.numbers import read_number
from clubcards.queries import cards_of, plans_of
from pricing.values import WHOLE_BP
from shop.find_customer import find_customer
from shop.models import Customer
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import Amount, In, Moment, Out
from storefront.api.idempotency import Answer, write_once
from storefront.api.pages import Page, read_page, take_page
from storefront.api.read import read
from storefront.api.view import ApiView

TAG = "Club cards"
BY_CODE = {"code": "The plan's code: small letters, digits and hyphens."}
BY_REF = {"ref": "Your own number for this customer."}
BY_NUMBER = {"number": "The twelve digits of the card."}
CODE_FORM = re.compile(r"[a-z0-9_-]{1,40}")
LONGEST = timedelta(days=36_525)  # a card may be given for a hundred years

Rate = Annotated[int, Meta(ge=0, le=WHOLE_BP, description="Basis points: 1000 is 10 %.", examples=[1000])]
PlanCode = Annotated[
    str,
    Meta(min_length=1, max_length=40, pattern=r"^[a-z0-9_-]+$", description="A plan's.", examples=["vip"]),
]


class PlanIn(In, frozen=True, kw_only=True):
    """What the plan gives. A field that you leave out stays as it is; of a new plan it is off."""

    name: (
        Annotated[str, Meta(min_length=1, max_length=80, description="As it stands on the card.")] | UnsetType
    ) = UNSET
    kind: Literal["vip", "premium", "custom"] | UnsetType = UNSET
    discount_bp: (
        Annotated[Rate, Meta(description="Off the goods of `group`, in basis points.")] | UnsetType
    ) = UNSET
    group: (
        Annotated[str, Meta(max_length=40, description="Code of a product group; empty: all goods.")]
        | UnsetType
    ) = UNSET
    line_limit_bp: (
        Annotated[Rate, Meta(description="The most that all discounts together take off a member's line.")]
        | None
        | UnsetType
    ) = UNSET
    free_delivery_from: (
        Annotated[Amount, Meta(description="Goods worth this much; 0: always; null: members pay delivery.")]
        | None
        | UnsetType
    ) = UNSET
    is_active: (
        Annotated[bool, Meta(description="false: its cards give nothing and no new one is given.")]
        | UnsetType
    ) = UNSET


class PlanOut(Out, frozen=True, kw_only=True):
    """`discount_offer` and `delivery_offer` are the codes by which quotes name what the plan gives."""

    code: str
    name: str
    kind: str
    discount_bp: int
    group: str
    line_limit_bp: int | None
    free_delivery_from: int | None
    is_active: bool
    discount_offer: str | None
    delivery_offer: str | None


class PlanPageOut(Out, frozen=True, kw_only=True):
    items: list[PlanOut]
    next: str | None


class CardIn(In, frozen=True, kw_only=True):
    """Which card the customer gets."""

    plan: PlanCode
    ends_at: (
        Annotated[Moment, Meta(description="The first moment without it; left out: until it is ended.")]
        | None
    ) = None


class CardOut(Out, frozen=True, kw_only=True):
    """`url` is the card's page for the customer's phone; who has the link sees the card."""

    number: str
    plan: str
    customer: str
    starts_at: Moment
    ends_at: Moment | None
    is_held: Annotated[bool, Meta(description="Now. A plan out of use gives nothing to those who hold it.")]
    url: str


class CardPageOut(Out, frozen=True, kw_only=True):
    items: list[CardOut]
    next: str | None


class PlansView(ApiView):
    scope: ClassVar = {"GET": "cards:read"}

    @operation(
        "list_card_plans",
        tag=TAG,
        summary="All card plans, oldest first",
        page=Page,
        answers={200: (PlanPageOut, "One page.")},
    )
    def get(self, request: Request) -> Response:
        rows = plans_of(self.store, at=self.at).select_related("discount_offer", "delivery_offer")
        found, following = take_page(rows, keys={"id": int}, page=read_page(request, Page))
        return Response(PlanPageOut(items=[_show_plan(one) for one in found], next=following))


class PlanView(ApiView):
    scope: ClassVar = {"GET": "cards:read", "PUT": "cards:write"}

    @operation(
        "get_card_plan",
        tag=TAG,
        summary="One card plan",
        path=BY_CODE,
        answers={200: (PlanOut, "The plan.")},
    )
    def get(self, request: Request, code: str) -> Response:
        return Response(_show_plan(self._find(code)))

    @operation(
        "put_card_plan",
        tag=TAG,
        summary="Set up a card plan or change what it gives",
        text="New prices hold from now on; orders keep what they were priced with.",
        path=BY_CODE,
        body=PlanIn,
        answers={200: (PlanOut, "Changed, or as it was."), 201: (PlanOut, "Set up.")},
        examples={
            "10 % for VIPs": {
                "name": "VIP club",
                "kind": "vip",
                "discount_bp": 1000,
                "line_limit_bp": 3000,
                "free_delivery_from": 0,
            }
        },
    )
    def put(self, request: Request, code: str) -> Response:
        body = read(request, PlanIn)
        _refuse_bad_code(code)
        return write_once(request, lambda: self._keep(code, body))

    def _keep(self, code: str, body: PlanIn) -> Answer:
        given: dict[str, Any] = {
            name: getattr(body, name) for name in SETTINGS if getattr(body, name) is not UNSET
        }
        kept = keep_plan(self.store, code, given, by=None, at=self.at)
        return Answer(201 if kept.created else 200, _show_plan(kept.plan))

    def _find(self, code: str) -> CardPlan:
        plans = CardPlan.objects.select_related("discount_offer", "delivery_offer")
        found = plans.filter(store=self.store, code=code).first()
        if found is None:
            raise Http404
        return found


class CustomerCardsView(ApiView):
    scope: ClassVar = {"GET": "cards:read", "POST": "cards:write"}

    @operation(
        "list_cards_of_customer",
        tag=TAG,
        summary="A customer's cards, newest first",
        text="Those held now and those that have ended.",
        path=BY_REF,
        page=Page,
        answers={200: (CardPageOut, "One page.")},
    )
    def get(self, request: Request, ref: str) -> Response:
        rows = cards_of(self._customer(ref)).select_related("plan", "customer")
        page = read_page(request, Page)
        found, following = take_page(rows, keys={"id": int}, page=page, newest_first=True)
        return Response(CardPageOut(items=[self._show(one) for one in found], next=following))

    @operation(
        "give_card",
        tag=TAG,
        summary="Give a customer a card",
        text="Sending it twice gives one card. One that the customer holds until another moment is refused (409).",
        path=BY_REF,
        body=CardIn,
        answers={200: (CardOut, "The customer holds it already."), 201: (CardOut, "Given.")},
        examples={"A VIP card without an end": {"plan": "vip"}},
    )
    def post(self, request: Request, ref: str) -> Response:
        body = read(request, CardIn)
        if body.ends_at is not None and body.ends_at > self.at + LONGEST:
            raise Problem(400, Fault("too_late", _("A card ends within a hundred years."), "ends_at"))
        return write_once(request, lambda: self._give(ref, body), render=self._render)

    def _give(self, ref: str, body: CardIn) -> Answer:
        customer = self._customer(ref)
        plan = CardPlan.objects.filter(store=self.store, code=body.plan).select_related("store").first()
        if plan is None:
            raise Problem(422, Fault("unknown_plan", _("There is no such plan. Set it up first."), "plan"))
        given = give(plan, customer, at=self.at, ends_at=body.ends_at)
        given.membership.customer = customer
        status = 201 if given.created else 200
        return Answer(status, self._show(given.membership), about=given.membership.number)

    def _render(self, number: str) -> CardOut:
        return self._show(find_card(self.store.pk, number))

    def _customer(self, ref: str) -> Customer:
        found = find_customer(self.store, ref)
        if found is None:
            raise Http404
        return found

    def _show(self, card: Membership) -> CardOut:
        return show_card(card, view=self)


class CardView(ApiView):
    scope: ClassVar = {"GET": "cards:read"}

    @operation(
        "get_card",
        tag=TAG,
        summary="Whose card this is",
        text="For a till that has read the number or the QR code.",
        path=BY_NUMBER,
        answers={200: (CardOut, "The card.")},
    )
    def get(self, request: Request, number: str) -> Response:
        return Response(show_card(find_card(self.store.pk, number), view=self))


class CardEndView(ApiView):
    scope: ClassVar = {"POST": "cards:write"}

    @operation(
        "end_card",
        tag=TAG,
        summary="End a card now",
        text="From this moment it gives nothing. One that has ended stays as it is.",
        path=BY_NUMBER,
        answers={200: (CardOut, "It has ended.")},
    )
    def post(self, request: Request, number: str) -> Response:
        return Response(atomic_with_retry(lambda: self._end(number)))

    def _end(self, number: str) -> CardOut:
        card = find_card(self.store.pk, number)
        end(card, at=self.at)
        return show_card(card, view=self)


def find_card(store_id: int, number: str) -> Membership:
    """Raises Http404; another store's card is none."""
    cards = Membership.objects.filter(store_id=store_id, number=read_number(number))
    found = cards.select_related("plan", "customer", "store").first()
    if found is None:
        raise Http404
    return found


def show_card(card: Membership, *, view: ApiView) -> CardOut:
    at = view.at
    return CardOut(
        number=card.number,
        plan=card.plan.code,
        customer=card.customer.ref,
        starts_at=card.starts_at,
        ends_at=card.ends_at,
        is_held=card.starts_at <= at and (card.ends_at is None or card.ends_at > at),
        url=card_url(card),
    )


def _show_plan(plan: CardPlan) -> PlanOut:
    return PlanOut(
        code=plan.code,
        **{name: getattr(plan, name) for name in SETTINGS},
        discount_offer=plan.discount_offer.code if plan.discount_offer else None,
        delivery_offer=plan.delivery_offer.code if plan.delivery_offer else None,
    )


def _refuse_bad_code(code: str) -> None:
    if not CODE_FORM.fullmatch(code):
        detail = _("A plan's code is at most 40 small letters, digits and hyphens, for example vip.")
        raise Problem(400, Fault("wrong_code", detail, "code"))
