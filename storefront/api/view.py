"""What every view of the API has: the store and moment it works in, and a door for writes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from shop.clock import store_moment
from shop.models import ApiKey, Store
from storefront.api.answer import JsonRenderer
from storefront.api.keys import key_of

JSON = JsonRenderer()
# What nearly everybody says, or does not say; anything else is weighed up by the framework.
TAKES_JSON = frozenset(
    {"", "*/*", "application/json", "application/json, */*", "application/json, text/plain, */*"}
)


class ApiView(APIView):
    """`scope` names what each method needs. A view is parse, call, respond."""

    scope: ClassVar[Mapping[str, str]] = {}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        if request.META.get("HTTP_ACCEPT", "") in TAKES_JSON:
            return JSON, JSON.media_type
        return super().perform_content_negotiation(request, force)

    @property
    def key(self) -> ApiKey:
        return key_of(self.request)

    @property
    def store(self) -> Store:
        return self.key.store

    @property
    def at(self) -> datetime:
        """Now, by the store's own clock."""
        return store_moment(self.store, timezone.now())
