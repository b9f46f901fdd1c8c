"""GET /reports/points-liability: what the points that customers hold are."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from reports.queries.liability import Liability, liability
from shop.clock import end_of_day, local_date
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import Moment, Out
from storefront.api.pages import Page, read_page
from storefront.api.view import ApiView

EARLIEST = date(1990, 1, 1)
Unknown = Annotated[int, Meta(description="Points; null: cannot be told yet.")]


class AsOf(Page, frozen=True, kw_only=True):
    """Of which day, by which clock."""

    on: Annotated[date, Meta(description="As of the end of this day; left out: now.")] | None = None
    by: Annotated[
        Literal["effective", "recorded"],
        Meta(
            description="effective: what was true then. recorded: what the books said then, as the seals have it."
        ),
    ] = "effective"


class FlowsOut(Out, frozen=True, kw_only=True):
    """Points since the beginning."""

    issued: int
    adjusted: int
    returned: int
    spent: int
    expired: int
    taken_back: int


class AgeOut(Out, frozen=True, kw_only=True):
    """Spendable points by the days since they became so. `days_max` null: and more."""

    days_min: int
    days_max: int | None
    points: int
    expected_breakage: Unknown | None


class MonthOut(Out, frozen=True, kw_only=True):
    """Points that end within the month."""

    starts_on: date
    points: int


class LiabilityOut(Out, frozen=True, kw_only=True):
    """`outstanding` = pending + active + ended, and = issued + adjusted + returned - spent - expired - taken_back.
    `expected_breakage` are those never to be used if the last three years repeat themselves; `is_small`: it rests on
    fewer than a hundred portions. `point_value` in the smallest unit."""

    at: Moment
    by: str
    outstanding: int
    pending: int
    active: int
    ended: int
    owed: int
    holders: int
    point_value: int
    expected_breakage: Unknown | None
    is_small: bool
    flows: FlowsOut
    ages: list[AgeOut]
    months: list[MonthOut]


class LiabilityView(ApiView):
    scope: ClassVar = {"GET": "reports:read"}

    @operation(
        "get_points_liability",
        tag="Reports",
        summary="What points are owed to customers",
        text="From the movements themselves, as of now or of the end of any past day.",
        page=AsOf,
        answers={200: (LiabilityOut, "The figures.")},
    )
    def get(self, request: Request) -> Response:
        asked = read_page(request, AsOf)
        at = self.at
        if asked.on is not None:
            if not EARLIEST <= asked.on <= local_date(self.store, at):
                raise Problem(400, Fault("out_of_range", _("Give a day between 1990 and today."), "on"))
            at = min(at, end_of_day(self.store, asked.on))
        return Response(_show(liability(self.store, at=at, by=asked.by)))


def _show(found: Liability) -> LiabilityOut:
    same = ("at", "by", "outstanding", "pending", "active", "ended", "owed", "holders", "point_value")
    parts = [bucket.breakage for bucket in found.ages] + [found.pending_breakage]
    return LiabilityOut(
        **{name: getattr(found, name) for name in same},
        expected_breakage=found.expected_breakage,
        is_small=any(part.is_small for part in parts),
        flows=FlowsOut(**{name: getattr(found.flows, name) for name in FlowsOut.__struct_fields__}),
        ages=[
            AgeOut(
                days_min=bucket.days_min,
                days_max=bucket.days_max,
                points=bucket.points,
                expected_breakage=bucket.breakage.points,
            )
            for bucket in found.ages
        ],
        months=[MonthOut(starts_on=month.starts_on, points=month.points) for month in found.months],
    )
