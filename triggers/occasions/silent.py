"""A customer has not ordered for so many days."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _

from triggers.facts import NO_FACTS, Facts
from triggers.models import Message, Trigger
from triggers.reasons import Objection, Reason

DAYS_MAX = 3650
# How long a message may wait for mail servers and workers to come back before it is too late to say it.
PATIENCE_DAYS = 7

# The key names the date of the last order, in UTC, so that a change of the store's zone makes no new occasion; nor
# does a last order that is cancelled later: whoever was written to since the order before is not found again.
INSERT = """
WITH silent AS (
    SELECT customer.id, customer.last_order_at
    FROM shop_customer customer
    WHERE customer.store_id = %(store)s AND customer.erased_at IS NULL AND customer.merged_into_id IS NULL
        AND customer.last_order_at <= %(since)s
        AND EXISTS (
            SELECT FROM triggers_step step
            WHERE step.trigger_id = %(trigger)s AND NOT EXISTS (
                SELECT FROM triggers_message said
                WHERE said.step_id = step.id AND said.customer_id = customer.id
                    AND said.channel = step.channel AND said.occurred_at > customer.last_order_at))
    ORDER BY customer.last_order_at DESC, customer.id
    LIMIT %(limit)s
)
INSERT INTO triggers_message (store_id, trigger_id, step_id, customer_id, channel, purpose, occasion_key, status,
    reason, message_id, attempts, occurred_at, due_at, expires_at)
SELECT %(store)s, step.trigger_id, step.id, silent.id, step.channel, %(purpose)s,
    'silent:' || to_char(silent.last_order_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), 'due', '', '', 0,
    silent.last_order_at + %(days)s * interval '24 hours',
    %(at)s + step.delay_seconds * interval '1 second',
    %(at)s + step.delay_seconds * interval '1 second' + %(patience)s * interval '24 hours'
FROM silent JOIN triggers_step step ON step.trigger_id = %(trigger)s
ORDER BY silent.id, step.id
ON CONFLICT DO NOTHING
"""


class Silent:
    """Settings: {"days": 60}; without them the store's own limit."""

    code = "silent"
    keeps_hours = False

    def check(self, params: Mapping[str, Any]) -> None:
        days = params.get("days", 1)
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= DAYS_MAX:
            raise ValidationError(
                _("Give a number of days from 1 to %(most)s, for example 60."),
                code="days_out_of_range",
                params={"most": DAYS_MAX},
            )

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        days = trigger.params.get("days") or trigger.store.silent_after_days
        values: dict[str, int | str | datetime] = {
            "store": trigger.store_id,
            "trigger": trigger.pk,
            "purpose": trigger.purpose,
            "days": days,
            "since": at - timedelta(days=days),
            "at": at,
            "patience": PATIENCE_DAYS,
            "limit": limit,
        }
        with connection.cursor() as cursor:
            cursor.execute(INSERT, values)
            return int(cursor.rowcount)

    def facts(self, message: Message, *, at: datetime) -> Facts:
        return NO_FACTS

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        last_order_at = message.customer.last_order_at
        if last_order_at is None:
            return None
        return Reason.ORDERED_AGAIN if _key(last_order_at) > message.occasion_key else None


def _key(last_order_at: datetime) -> str:
    """As INSERT writes it; keys sort as their dates do."""
    return f"silent:{last_order_at.astimezone(UTC):%Y-%m-%d}"
