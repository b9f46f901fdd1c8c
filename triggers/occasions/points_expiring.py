"""Points of a customer end soon: one warning for each customer and end date, its amount counted when it is said."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from loyalty.models import Account, Lot
from shop.clock import end_of_day, local_date, start_of_day, zone_of
from shop.models import Customer, Store
from triggers.facts import Facts
from triggers.models import Message, Trigger
from triggers.occasions.insert import Found, insert_messages
from triggers.reasons import Objection, Reason

DAYS_USUAL = 14
DAYS_MAX = 90
SAID_AT = time(10)

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
        days = params.get("days", DAYS_USUAL)
        if type(days) is not int or not 1 <= days <= DAYS_MAX:
            raise ValidationError(
                _("Give a number of days from 1 to %(most)s, for example 14."),
                code="days_out_of_range",
                params={"most": DAYS_MAX},
            )

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        store, before = trigger.store, trigger.params.get("days", DAYS_USUAL)
        today = local_date(store, at)
        days = [today + timedelta(days=number) for number in range(before + 1)]
        with connection.cursor() as cursor:
            cursor.execute(
                FIND,
                {
                    "days": days,
                    "begins": [start_of_day(store, day) for day in days],
                    "ends": [end_of_day(store, day) for day in days],
                    "at": at,
                    "store": store.pk,
                    "trigger": trigger.pk,
                    "limit": limit,
                },
            )
            rows: list[tuple[int, date, datetime]] = cursor.fetchall()
        found = found_by_last_day(trigger, rows, key="points", before=timedelta(days=before), at=at)
        return insert_messages(trigger, found)

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        return None if _points_left(message, at=at) else Reason.NOTHING_LEFT

    def facts(self, message: Message, *, at: datetime) -> Facts:
        return Facts(points=_points_left(message, at=at), last_day=_last_day(message))


def found_by_last_day(
    trigger: Trigger, rows: list[tuple[int, date, datetime]], *, key: str, before: timedelta, at: datetime
) -> list[Found]:
    """Of customers, last days and ends. Said in the customer's morning; what came to light later than that, at once."""
    customers = Customer.objects.in_bulk([customer for customer, _day, _ends_at in rows])
    found = []
    for customer, last_day, ends_at in rows:
        zone = zone_of(trigger.store, customers[customer])
        morning = datetime.combine(last_day - before, SAID_AT, tzinfo=zone)
        found.append(
            Found(
                customer,
                f"{key}:{last_day}",
                occurred_at=morning,
                due_at=max(morning, at),
                ends_at=ends_at,
            )
        )
    return found


def _last_day(message: Message) -> date:
    return date.fromisoformat(message.occasion_key.partition(":")[2])


def _points_left(message: Message, *, at: datetime) -> int:
    """Spendable now and over after that day."""
    store: Store = message.store
    day = _last_day(message)
    lots = Lot.objects.filter(
        account__customer=message.customer_id,
        account__kind=Account.Kind.CUSTOMER,
        account__asset=Account.Asset.POINTS,
        active_at__lte=at,
        ends_at__gt=max(start_of_day(store, day), at),
        ends_at__lte=end_of_day(store, day),
    )
    return lots.aggregate(points=Sum("left"))["points"] or 0
