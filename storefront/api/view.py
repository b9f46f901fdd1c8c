"""What every view of the API has: the store and moment it works in, and a door for writes."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.utils import timezone
from rest_framework.views import APIView

from shop.clock import store_moment
from shop.models import ApiKey, Store
from storefront.api.keys import key_of


class ApiView(APIView):
    """`scope` names what each method needs. A view is parse, call, respond."""

    scope: ClassVar[Mapping[str, str]] = {}

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
