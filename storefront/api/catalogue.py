"""The rewards catalogue: what a customer's points buy beside paying in the cart."""

from typing import Annotated, ClassVar

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty.catalogue_take import items_now, take_item
from loyalty.models import CatalogueItem, CatalogueTake
from loyalty.queries import points_of
from shop.find_customer import find_customer
from shop.models import Customer
from storefront.api.describe import operation
from storefront.api.fields import In, Moment, Out
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.view import ApiView

ITEMS_MAX = 100
TAG = "Points"


class RewardOut(Out, frozen=True, kw_only=True):
    """`kind` is coupon, gift or card. `left`: how many there are still; null: no limit."""

    code: str
    name: str
    kind: str
    points: int
    tier: Annotated[str, Meta(description="From this tier on; empty: for every member.")]
    left: int | None
    is_affordable: bool
    ends_at: Moment | None


class RewardsOut(Out, frozen=True, kw_only=True):
    points: Annotated[int, Meta(description="What the customer can spend now.")]
    rewards: list[RewardOut]


class TakeIn(In, frozen=True, kw_only=True):
    key: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=64,
            pattern=r"^[A-Za-z0-9._:-]+$",
            description="Yours: the reward is taken once per key, however often you ask.",
        ),
    ]


class TakenOut(Out, frozen=True, kw_only=True):
    """Coupons and cards come within seconds; a gift is handed over by the shop."""

    code: str
    key: str
    points: int
    at: Moment
    is_given_back: bool


class RewardsView(ApiView):
    scope: ClassVar = {"GET": "customers:read"}

    @operation(
        "list_rewards",
        tag=TAG,
        summary="What the customer's points buy",
        text="The rewards offered now, the cheapest first, at most 100.",
        answers={200: (RewardsOut, "The rewards.")},
        path={"ref": "Your customer's reference."},
    )
    def get(self, request: Request, ref: str) -> Response:
        points = points_of(_customer(self, ref), at=self.at).active
        items = items_now(self.store, at=self.at)[:ITEMS_MAX]
        return Response(RewardsOut(points=points, rewards=[_show(item, points) for item in items]))


class TakeRewardView(ApiView):
    scope: ClassVar = {"POST": "customers:write"}

    @operation(
        "take_reward",
        tag=TAG,
        summary="Take a reward for points",
        text="Points are spent and the reward is promised in one go, once per `key`.",
        body=TakeIn,
        answers={201: (TakenOut, "Taken now, or under this key before.")},
        path={"ref": "Your customer's reference.", "code": "The reward's code."},
        examples={"A mug": {"key": "take-4711"}},
    )
    def post(self, request: Request, ref: str, code: str) -> Response:
        body = read(request, TakeIn)
        customer = _customer(self, ref)
        return write_once(request, lambda: self._take(customer, code, body))

    def _take(self, customer: Customer, code: str, body: TakeIn) -> Answer:
        take = take_item(self.store, code, customer, key=body.key, at=self.at, at_recorded=timezone.now())
        return Answer(201, _taken(take))


def _customer(view: ApiView, ref: str) -> Customer:
    found = find_customer(view.store, ref)
    if found is None:
        raise Http404(_("There is no such customer."))
    return found


def _show(item: CatalogueItem, points: int) -> RewardOut:
    return RewardOut(
        code=item.code,
        name=item.name,
        kind=item.kind,
        points=item.points,
        tier=item.tier,
        left=None if item.stock_max is None else item.stock_max - item.taken,
        is_affordable=item.points <= points,
        ends_at=item.ends_at,
    )


def _taken(take: CatalogueTake) -> TakenOut:
    return TakenOut(
        code=take.item.code,
        key=take.key,
        points=take.points,
        at=take.at,
        is_given_back=take.cancelled_at is not None,
    )
