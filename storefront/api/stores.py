"""GET /store: the store that the key belongs to."""

from typing import Annotated, ClassVar

from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from storefront.api.describe import operation
from storefront.api.fields import Moment, Out
from storefront.api.show_quote import CountedByOut, counted_by
from storefront.api.view import ApiView


class StoreOut(Out, frozen=True, kw_only=True):
    """The store. `now` is its own clock: a sandbox's may run ahead."""

    code: str
    name: str
    currency: str
    time_zone: str
    language: str
    domain: str
    return_window_days: int
    country: Annotated[str, Meta(description="Whose public holidays count for offers; empty: none.")]
    paydays: Annotated[list[int], Meta(description="Days of the month; in a shorter one 31 is its last day.")]
    counted_by: CountedByOut
    multiplier_cap_bp: Annotated[int, Meta(description="The most that points are multiplied by.")] | None
    is_sandbox: bool
    now: Moment


class StoreView(ApiView):
    scope: ClassVar = {"GET": "store:read"}

    @operation(
        "get_store",
        tag="Store",
        summary="Your store",
        text="A good first call: it shows that the key works and which store it opens.",
        answers={200: (StoreOut, "The key's store.")},
    )
    def get(self, request: Request) -> Response:
        store = self.store
        return Response(
            StoreOut(
                code=store.code,
                name=store.name,
                currency=store.currency,
                time_zone=store.time_zone,
                language=store.language,
                domain=store.domain,
                return_window_days=store.return_window_days,
                country=store.country,
                paydays=sorted(set(store.paydays)),
                counted_by=counted_by(store),
                multiplier_cap_bp=store.multiplier_cap_bp,
                is_sandbox=store.is_sandbox,
                now=self.at,
            )
        )
