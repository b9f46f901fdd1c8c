"""A friend has joined by a customer's link: said to the customer, without who the friend is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loyalty.models import Referral
from triggers.facts import NO_FACTS, Facts
from triggers.models import Message, Trigger
from triggers.occasions.find_new import find_new, number_of, refuse_settings
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
        refuse_settings(params)

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        return find_new(FIND, trigger, "friend", at=at, limit=limit)

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        is_there = Referral.objects.filter(pk=number_of(message), referrer=message.customer_id).exists()
        return None if is_there else Reason.NOTHING_LEFT

    def facts(self, message: Message, *, at: datetime) -> Facts:
        return NO_FACTS
