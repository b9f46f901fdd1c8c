"""Somebody holds a new gift balance, bought, issued by hand or by the storefront: the mail carries its code. Service:
it hands over what was paid for or promised."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from coupons.find_balances import left_of, whole_balances
from coupons.issue_balance import code_of
from coupons.models import GiftBalance
from shop.clock import last_day_of
from triggers.facts import NO_FACTS, Facts, Gift
from triggers.models import Message, Trigger
from triggers.occasions.find_new import find_new, number_of, refuse_settings
from triggers.reasons import Objection, Reason

# Who was merged into another customer is written to as that one.
FIND = """
SELECT who.id, balance.id, balance.issued_at, balance.ends_at
FROM coupons_giftbalance balance
JOIN loyalty_account account ON account.id = balance.account_id AND account.balance > 0
JOIN shop_customer holder ON holder.id = balance.customer_id
JOIN shop_customer who ON who.id = coalesce(holder.merged_into_id, holder.id) AND who.erased_at IS NULL
WHERE balance.store_id = %(store)s AND balance.lapsed_at IS NULL
    AND balance.issued_at > %(since)s AND balance.issued_at <= %(at)s AND balance.ends_at > %(at)s
    AND NOT EXISTS (
        SELECT FROM triggers_message said
        WHERE said.trigger_id = %(trigger)s AND said.customer_id = who.id
            AND said.occasion_key = 'gift:' || balance.id)
ORDER BY balance.issued_at, balance.id
LIMIT %(limit)s
"""


class GiftBalanceIssued:
    """No settings."""

    code = "gift_balance_issued"
    keeps_hours = True

    def check(self, params: Mapping[str, Any]) -> None:
        refuse_settings(params)

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        return find_new(FIND, trigger, "gift", at=at, limit=limit)

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        """It may have been spent, withdrawn or revoked meanwhile: an empty code is no present."""
        balance = _balance(message)
        return None if balance is not None and left_of(balance, at=at) else Reason.NOTHING_LEFT

    def facts(self, message: Message, *, at: datetime) -> Facts:
        balance = _balance(message)
        if balance is None:
            return NO_FACTS
        gift = Gift(left_of(balance, at=at), codes=(code_of(balance),))
        return Facts(gift=gift, last_day=last_day_of(message.store, balance.ends_at))


def _balance(message: Message) -> GiftBalance | None:
    return whole_balances(message.store).filter(pk=number_of(message)).first()
