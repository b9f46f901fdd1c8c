"""A customer has earned points for a friend: a service, because it answers what they did."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loyalty.models import ReferralReward
from triggers.facts import Facts
from triggers.models import Message, Trigger
from triggers.occasions.find_new import find_new, number_of, refuse_settings
from triggers.reasons import Objection, Reason

# Coupons have their own page and mail; here, points only. Counted from the movement, not from the order.
FIND = """
SELECT reward.customer_id, reward.id, given.effective_at
FROM loyalty_referralreward reward
JOIN loyalty_transfer given ON given.id = reward.transfer_id
JOIN shop_customer customer ON customer.id = reward.customer_id
WHERE reward.store_id = %(store)s AND reward.status = 'granted'
    AND customer.erased_at IS NULL AND customer.merged_into_id IS NULL
    AND given.effective_at > %(since)s AND given.effective_at <= %(at)s
    AND NOT EXISTS (
        SELECT FROM triggers_message said
        WHERE said.trigger_id = %(trigger)s AND said.customer_id = reward.customer_id
            AND said.occasion_key = 'reward:' || reward.id)
ORDER BY given.effective_at, reward.id
LIMIT %(limit)s
"""


class ReferralRewarded:
    """No settings."""

    code = "referral_rewarded"
    keeps_hours = True

    def check(self, params: Mapping[str, Any]) -> None:
        refuse_settings(params)

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        return find_new(FIND, trigger, "reward", at=at, limit=limit)

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        """A return may have taken it back."""
        return None if _points(message) else Reason.NOTHING_LEFT

    def facts(self, message: Message, *, at: datetime) -> Facts:
        return Facts(points=_points(message))


def _points(message: Message) -> int:
    mine = ReferralReward.objects.filter(pk=number_of(message), customer=message.customer_id)
    reward = mine.filter(status=ReferralReward.Status.GRANTED).first()
    return 0 if reward is None else reward.points - reward.taken_back
