"""A friend has joined by a customer's link: said to the customer, without who the friend is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _

from loyalty.models import Referral
from triggers.facts import NO_FACTS, Facts
from triggers.models import Message, Trigger
from triggers.occasions.insert import LATE_MAX, Found, insert_messages
from triggers.reasons import Objection, Reason

# Only what happened since the trigger was made.
FIND = """
SELECT tie.referrer_id, tie.id, tie.at
FROM loyalty_referral tie JOIN shop_customer customer ON customer.id = tie.referrer_id
WHERE tie.store_id = %(store)s AND tie.at > %(since)s AND tie.at <= %(at)s
    AND customer.erased_at IS NULL AND customer.merged_into_id IS NULL
    AND NOT EXISTS (
        SELECT FROM triggers_message said
        WHERE said.trigger_id = %(trigger)s AND said.customer_id = tie.referrer_id
            AND said.occasion_key = 'friend:' || tie.id)
ORDER BY tie.at, tie.id
LIMIT %(limit)s
"""


class ReferralJoined:
    """No settings."""

    code = "referral_joined"
    keeps_hours = True

    def check(self, params: Mapping[str, Any]) -> None:
        if params:
            raise ValidationError(_("This occasion has no settings."), code="no_settings")

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        return find_by(FIND, trigger, "friend", at=at, limit=limit)

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        number = int(message.occasion_key.partition(":")[2])
        is_there = Referral.objects.filter(pk=number, referrer=message.customer_id).exists()
        return None if is_there else Reason.NOTHING_LEFT

    def facts(self, message: Message, *, at: datetime) -> Facts:
        return NO_FACTS


def find_by(statement: str, trigger: Trigger, prefix: str, *, at: datetime, limit: int) -> int:
    """Messages for what the statement finds: (customer, number, when), under the key "prefix:number"."""
    asked: dict[str, int | datetime] = {
        "store": trigger.store_id,
        "trigger": trigger.pk,
        "at": at,
        "since": max(trigger.created_at, at - LATE_MAX),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows: list[tuple[int, int, datetime]] = cursor.fetchall()
    found = [
        Found(customer, f"{prefix}:{number}", occurred_at=when, due_at=when)
        for customer, number, when in rows
    ]
    return insert_messages(trigger, found)
