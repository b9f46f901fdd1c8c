"""Points of a customer end soon: one warning for each customer and end date, its amount counted when it is said."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Sum

from loyalty.models import Account, Lot
from shop.clock import end_of_day, start_of_day
from shop.models import Store
from triggers.facts import Facts
from triggers.models import Message, Trigger
from triggers.occasions.find_ending import check_days, find_ending, last_day_of_occasion
from triggers.reasons import Objection, Reason

# `days` are the store's local ones: lots that end within one of them are one occasion, named by its date.
FIND = """
SELECT account.customer_id, day.last_day, min(lot.ends_at)
FROM unnest(%(days)s::date[], %(begins)s::timestamptz[], %(ends)s::timestamptz[]) AS day (last_day, begins_at, ends_at)
JOIN loyalty_lot lot ON lot."left" > 0 AND lot.active_at <= %(at)s
    AND lot.ends_at > day.begins_at AND lot.ends_at <= day.ends_at AND lot.ends_at > %(at)s
JOIN loyalty_account account ON account.id = lot.account_id
JOIN shop_customer customer ON customer.id = account.customer_id
WHERE account.store_id = %(store)s AND account.asset = 'points'
    AND customer.erased_at IS NULL AND customer.merged_into_id IS NULL
    AND NOT EXISTS (
        SELECT FROM triggers_message said
        WHERE said.trigger_id = %(trigger)s AND said.customer_id = account.customer_id
            AND said.occasion_key = 'points:' || day.last_day)
GROUP BY account.customer_id, day.last_day
ORDER BY day.last_day, account.customer_id
LIMIT %(limit)s
"""


class PointsExpiring:
    """Settings: {"days": 14}, how long before the points' last day it is said."""

    code = "points_expiring"
    keeps_hours = True

    def check(self, params: Mapping[str, Any]) -> None:
        check_days(params)

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        return find_ending(FIND, trigger, "points", at=at, limit=limit)

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        return None if _points_left(message, at=at) else Reason.NOTHING_LEFT

    def facts(self, message: Message, *, at: datetime) -> Facts:
        return Facts(points=_points_left(message, at=at), last_day=last_day_of_occasion(message))


def _points_left(message: Message, *, at: datetime) -> int:
    """Spendable now and over after that day."""
    store: Store = message.store
    day = last_day_of_occasion(message)
    lots = Lot.objects.filter(
        account__customer=message.customer_id,
        account__kind=Account.Kind.CUSTOMER,
        account__asset=Account.Asset.POINTS,
        active_at__lte=at,
        ends_at__gt=max(start_of_day(store, day), at),
        ends_at__lte=end_of_day(store, day),
    )
    return lots.aggregate(points=Sum("left"))["points"] or 0
