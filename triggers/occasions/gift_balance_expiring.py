"""Gift balances of a customer end soon: one warning for each holder and end date, with what is left of them when it is
said. Service: it is their money."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from coupons.find_balances import left_of, whole_balances
from coupons.issue_balance import code_of
from coupons.models import GiftBalance
from shop.clock import end_of_day, start_of_day
from triggers.facts import Facts, Gift
from triggers.models import Message, Trigger
from triggers.occasions.find_ending import check_days, find_ending, last_day_of_occasion
from triggers.reasons import Objection, Reason

# More of them in one mail would be a list to search; the rest still counts in the amount.
CODES_MAX = 5
BALANCES_MAX = 100

FIND = """
SELECT who.id, day.last_day, min(balance.ends_at)
FROM unnest(%(days)s::date[], %(begins)s::timestamptz[], %(ends)s::timestamptz[]) AS day (last_day, begins_at, ends_at)
JOIN coupons_giftbalance balance ON balance.lapsed_at IS NULL
    AND balance.ends_at > day.begins_at AND balance.ends_at <= day.ends_at AND balance.ends_at > %(at)s
JOIN loyalty_account account ON account.id = balance.account_id AND account.balance > 0
JOIN shop_customer holder ON holder.id = balance.customer_id
JOIN shop_customer who ON who.id = coalesce(holder.merged_into_id, holder.id) AND who.erased_at IS NULL
WHERE balance.store_id = %(store)s
    AND NOT EXISTS (
        SELECT FROM triggers_message said
        WHERE said.trigger_id = %(trigger)s AND said.customer_id = who.id
            AND said.occasion_key = 'gifts:' || day.last_day)
GROUP BY who.id, day.last_day
ORDER BY day.last_day, who.id
LIMIT %(limit)s
"""


class GiftBalanceExpiring:
    """Settings: {"days": 14}, how long before the last day it is said."""

    code = "gift_balance_expiring"
    keeps_hours = True

    def check(self, params: Mapping[str, Any]) -> None:
        check_days(params)

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        return find_ending(FIND, trigger, "gifts", at=at, limit=limit)

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        return None if _ending(message, at=at) else Reason.NOTHING_LEFT

    def facts(self, message: Message, *, at: datetime) -> Facts:
        ending = _ending(message, at=at)
        gift = Gift(
            sum(left_of(one, at=at) for one in ending),
            count=len(ending),
            codes=tuple(code_of(one) for one in ending[:CODES_MAX]),
        )
        return Facts(gift=gift, last_day=last_day_of_occasion(message))


def _ending(message: Message, *, at: datetime) -> list[GiftBalance]:
    """Those that can be spent now and are over after that day."""
    store, day = message.store, last_day_of_occasion(message)
    mine = Q(customer=message.customer_id) | Q(customer__merged_into=message.customer_id)
    rows = whole_balances(store).filter(
        mine, ends_at__gt=max(start_of_day(store, day), at), ends_at__lte=end_of_day(store, day)
    )
    return [one for one in rows.order_by("ends_at", "id")[:BALANCES_MAX] if left_of(one, at=at)]
