"""The moments that triggers wait for. A new one is a file here and a line below."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from triggers.models import Message, Trigger
from triggers.occasions.silent import Silent
from triggers.reasons import Reason


class Occasion(Protocol):
    """`code` is what a trigger names in its `occasion`."""

    code: str

    def check(self, params: Mapping[str, Any]) -> None:
        """Raise ValidationError unless a trigger may have these settings."""

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        """Insert the messages of up to `limit` customers, each at most once; returns how many were inserted."""

    def reason_against(self, message: Message) -> Reason | None:
        """None while the occasion still holds for the message's customer."""


OCCASIONS: Mapping[str, Occasion] = {occasion.code: occasion for occasion in (Silent(),)}
