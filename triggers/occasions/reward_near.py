"""A customer is close to the next tier: "one purchase to Gold"."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _

from loyalty.tiers.find_standing import TierOf, tier_of
from triggers.facts import Facts
from triggers.models import Message, Trigger
from triggers.occasions.insert import LATE_MAX, Found, insert_messages
from triggers.reasons import Objection, Reason

PERCENT_USUAL = 20

# Whoever was looked at lately, and lacks no more than so many percent of what the next tier asks for. Once on each step
# of a customer's way: anew when the tier has changed.
FIND = """
SELECT status.customer_id, status.next_tier_id, status.changes, status.checked_at
FROM loyalty_tierstatus status
JOIN shop_customer customer ON customer.id = status.customer_id
WHERE status.store_id = %(store)s AND status.checked_at > %(since)s AND status.checked_at <= %(at)s
    AND status.next_tier_id IS NOT NULL AND status.missing < status.next_from
    AND status.missing * 100 <= status.next_from * %(percent)s
    AND customer.erased_at IS NULL AND customer.merged_into_id IS NULL
    AND NOT EXISTS (
        SELECT FROM triggers_message said
        WHERE said.trigger_id = %(trigger)s AND said.customer_id = status.customer_id
            AND said.occasion_key = 'near:' || status.next_tier_id || ':' || status.changes)
ORDER BY status.checked_at, status.customer_id
LIMIT %(limit)s
"""


class RewardNear:
    """Settings: {"percent": 20}, how much of what the tier asks for may be missing."""

    code = "reward_near"
    keeps_hours = True

    def check(self, params: Mapping[str, Any]) -> None:
        percent = params.get("percent", PERCENT_USUAL)
        if type(percent) is not int or not 1 <= percent <= 99:
            raise ValidationError(
                _("Give a number from 1 to 99, for example 20."), code="percent_out_of_range"
            )

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        asked: dict[str, int | datetime] = {
            "store": trigger.store_id,
            "trigger": trigger.pk,
            "at": at,
            "since": max(trigger.created_at, at - LATE_MAX),
            "percent": trigger.params.get("percent", PERCENT_USUAL),
            "limit": limit,
        }
        with connection.cursor() as cursor:
            cursor.execute(FIND, asked)
            rows: list[tuple[int, int, int, datetime]] = cursor.fetchall()
        return insert_messages(
            trigger,
            [
                Found(customer, f"near:{tier}:{changes}", occurred_at=when, due_at=when)
                for customer, tier, changes, when in rows
            ],
        )

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        """The tier was reached meanwhile, or has moved away."""
        return None if _is_near(message, tier_of(message.customer, at=at)) else Reason.OVERTAKEN

    def facts(self, message: Message, *, at: datetime) -> Facts:
        now = tier_of(message.customer, at=at)
        return Facts(outlook=now.outlook if now else None)


def _is_near(message: Message, now: TierOf | None) -> bool:
    if now is None or now.outlook.next is None:
        return False
    percent: int = message.trigger.params.get("percent", PERCENT_USUAL)
    asked = now.outlook.score + now.outlook.missing
    return now.outlook.missing * 100 <= asked * percent
