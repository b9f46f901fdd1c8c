"""Write down what an occasion found: a message for each of the trigger's steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triggers.models import Message, Step, Trigger

# How late a message may be said, by quiet hours or an outage (handbook §2).
LATE_MAX = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Found:
    """One customer's occasion. `due_at` is the moment its steps' delays count from; `ends_at`: no use from here on."""

    customer_id: int
    key: str
    occurred_at: datetime
    due_at: datetime
    ends_at: datetime | None = None


def insert_messages(trigger: Trigger, found: Sequence[Found]) -> int:
    """Returns how many messages were written. One that is there already, under the unique key, stays as it is."""
    if not found:
        return 0
    steps = list(trigger.steps.order_by("ordinal"))
    rows = [row for one in found for step in steps if (row := _message(trigger, one, step)) is not None]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _message(trigger: Trigger, found: Found, step: Step) -> Message | None:
    due_at = found.due_at + timedelta(seconds=step.delay_seconds)
    expires_at = due_at + LATE_MAX if found.ends_at is None else min(due_at + LATE_MAX, found.ends_at)
    if expires_at <= due_at:
        return None
    return Message(
        store_id=trigger.store_id,
        trigger=trigger,
        step=step,
        customer_id=found.customer_id,
        channel=step.channel,
        purpose=trigger.purpose,
        occasion_key=found.key,
        occurred_at=found.occurred_at,
        due_at=due_at,
        expires_at=expires_at,
    )
