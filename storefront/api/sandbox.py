"""The clock of a sandbox: moved forward at will, so that a developer plays a year in a minute."""

from datetime import timedelta
from typing import Annotated, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from shop.move_clock import AHEAD_MAX, NotASandbox, move_clock_by, move_clock_to
from storefront.api.describe import operation
from storefront.api.errors import Fault, Problem
from storefront.api.fields import In, Moment, Out
from storefront.api.idempotency import Answer, write_once
from storefront.api.read import read
from storefront.api.view import ApiView

SECONDS_MAX = AHEAD_MAX // timedelta(seconds=1)


class ClockIn(In, frozen=True, kw_only=True):
    """One of the two."""

    now: Annotated[Moment, Meta(description="What the clock shall show.")] | None = None
    forward_seconds: (
        Annotated[
            int,
            Meta(
                ge=0, le=SECONDS_MAX, description="How far to move it on: 86400 is a day.", examples=[86400]
            ),
        ]
        | None
    ) = None


class ClockOut(Out, frozen=True, kw_only=True):
    """`now` is what the store's clock shows; it runs `ahead_seconds` before the real one."""

    now: Moment
    ahead_seconds: int


class SandboxClockView(ApiView):
    scope: ClassVar = {"GET": "store:read", "PUT": "sandbox:write"}

    @operation(
        "get_sandbox_clock",
        tag="Sandbox",
        summary="A sandbox's clock",
        text="Only in sandbox stores; elsewhere 403 with `not_a_sandbox`.",
        answers={200: (ClockOut, "What the clock shows.")},
    )
    def get(self, request: Request) -> Response:
        if not self.store.is_sandbox:
            raise NotASandbox
        return Response(self._shown())

    @operation(
        "put_sandbox_clock",
        tag="Sandbox",
        summary="Move a sandbox's clock",
        text="Forward only. Quotes, orders, points, occasions and mails obey it from the next moment on, and it "
        "keeps running from there. Only in sandbox stores; elsewhere 403 with `not_a_sandbox`.",
        body=ClockIn,
        answers={200: (ClockOut, "What the clock shows now.")},
        examples={
            "A day on": {"forward_seconds": 86400},
            "To a moment": {"now": "2027-05-31T09:00:00Z"},
        },
    )
    def put(self, request: Request) -> Response:
        body = read(request, ClockIn)
        if (body.now is None) == (body.forward_seconds is None):
            raise Problem(400, Fault("invalid", _("Give either now or forward_seconds."), "now"))
        return write_once(request, lambda: self._move(body))

    def _move(self, body: ClockIn) -> Answer:
        now = timezone.now()
        if body.now is not None:
            move_clock_to(self.store, body.now, now=now)
        else:
            move_clock_by(self.store, timedelta(seconds=body.forward_seconds or 0), now=now)
        return Answer(200, self._shown())

    def _shown(self) -> ClockOut:
        return ClockOut(now=self.at, ahead_seconds=self.store.clock_shift_seconds)
