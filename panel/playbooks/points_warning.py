"""Playbook: tell customers of points that end soon. A service: it needs no consent to offers, and gives nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from panel.playbooks.open_campaign import Saying, start_writing
from shop.models import Store, User
from triggers.models import Purpose, Trigger
from triggers.occasions.points_expiring import PointsExpiring

CODE = "points-warning"


@dataclass(frozen=True, slots=True)
class PointsWarning:
    """What a shop decides. `subject` and `body` may use {name} {points} {until} {shop}."""

    name: str
    subject: str
    body: str
    days: int = 14


@transaction.atomic
def set_up(store: Store, plan: PointsWarning, *, by: User | None, at: datetime) -> Trigger:
    """Make the trigger that writes, and start it."""
    return start_writing(
        store,
        PointsExpiring.code,
        code=CODE,
        name=plan.name,
        params={"days": plan.days},
        purpose=Purpose.SERVICE,
        says=[Saying(plan.subject, plan.body)],
        campaign=None,
        by=by,
        at=at,
    )
