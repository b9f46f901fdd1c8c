"""What an offer is doing at a moment: the stored state, and what its own days make of it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.models import Offer


class State(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"  # published, and its first day is to come
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"  # its last day is over
    ARCHIVED = "archived"


NAMES: Mapping[State, str | Promise] = {
    State.DRAFT: _("draft"),
    State.SCHEDULED: _("scheduled"),
    State.RUNNING: _("running"),
    State.PAUSED: _("paused"),
    State.ENDED: _("ended"),
    State.ARCHIVED: _("archived"),
}
BADGES = {State.RUNNING: "is-good", State.SCHEDULED: "is-gift", State.PAUSED: "is-bad"}


def state_of(status: str, document: Mapping[str, Any], *, at: datetime) -> State:
    if status != Offer.Status.RUNNING:
        return State(status)
    schedule = document.get("schedule") or {}
    starts, ends = (_moment(schedule.get(name)) for name in ("starts_at", "ends_at"))
    if ends is not None and ends <= at:
        return State.ENDED
    return State.SCHEDULED if starts is not None and starts > at else State.RUNNING


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
