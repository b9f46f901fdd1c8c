"""A customer has reached a tier. Going down is not said: nobody comes back for bad news."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loyalty.models import TierChange, TierStatus
from loyalty.tiers.find_standing import tier_of
from triggers.facts import Facts
from triggers.models import Message, Trigger
from triggers.occasions.find_new import find_new, number_of, refuse_settings
from triggers.reasons import Objection, Reason

# The newest step of each customer, if it went up. Only what happened since the trigger was made.
FIND = """
SELECT status.customer_id, change.number, change.at
FROM loyalty_tierchange change
JOIN loyalty_tierstatus status ON status.customer_id = change.customer_id AND status.tier_id = change.tier_id
JOIN shop_customer customer ON customer.id = change.customer_id
WHERE change.store_id = %(store)s AND change.is_up AND change.at > %(since)s AND change.at <= %(at)s
    AND customer.erased_at IS NULL AND customer.merged_into_id IS NULL
    AND NOT EXISTS (
        SELECT FROM triggers_message said
        WHERE said.trigger_id = %(trigger)s AND said.customer_id = change.customer_id
            AND said.occasion_key = 'tier:' || change.number)
ORDER BY change.at, change.customer_id
LIMIT %(limit)s
"""


class TierChanged:
    """No settings. An answer to what the customer did: a service."""

    code = "tier_changed"
    keeps_hours = True

    def check(self, params: Mapping[str, Any]) -> None:
        refuse_settings(params)

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        return find_new(FIND, trigger, "tier", at=at, limit=limit)

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        """A return may have taken it back, or another step has been made since."""
        reached = TierChange.objects.filter(customer=message.customer_id, number=number_of(message)).first()
        status = TierStatus.objects.filter(customer=message.customer_id).first()
        if reached is None or status is None or status.tier_id != reached.tier_id:
            return Reason.OVERTAKEN
        return None

    def facts(self, message: Message, *, at: datetime) -> Facts:
        now = tier_of(message.customer, at=at)
        return Facts(outlook=now.outlook if now else None)
