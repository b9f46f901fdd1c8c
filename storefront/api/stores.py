"""GET /store: the store that the key belongs to."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from storefront.api.describe import operation
from storefront.api.fields import Moment, Out
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
                is_sandbox=store.is_sandbox,
                now=self.at,
            )
        )
