"""Occasions that are the last days of what customers have: one for each customer and day, said some days before."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _

from shop.clock import end_of_day, local_date, start_of_day, zone_of
from shop.models import Customer
from triggers.models import Message, Trigger
from triggers.occasions.insert import Found, insert_messages

DAYS_USUAL = 14
DAYS_MAX = 90
SAID_AT = time(10)


def check_days(params: Mapping[str, Any]) -> None:
    """Settings: {"days": 14}, how long before the last day it is said. Raises ValidationError."""
    days = params.get("days", DAYS_USUAL)
    if type(days) is not int or not 1 <= days <= DAYS_MAX:
        raise ValidationError(
            _("Give a number of days from 1 to %(most)s, for example 14."),
            code="days_out_of_range",
            params={"most": DAYS_MAX},
        )


def find_ending(statement: str, trigger: Trigger, key: str, *, at: datetime, limit: int) -> int:
    """Messages for what the statement finds: (customer, last day, end), under "key:day".

    It is given the store's local `days` with the moments they `begins` and `ends`, and `at`, `store`, `trigger`,
    `limit`.
    """
    store, before = trigger.store, trigger.params.get("days", DAYS_USUAL)
    today = local_date(store, at)
    days = [today + timedelta(days=number) for number in range(before + 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
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
    return insert_messages(trigger, _found(trigger, rows, key=key, before=timedelta(days=before), at=at))


def last_day_of_occasion(message: Message) -> date:
    """Of a message of `find_ending`."""
    return date.fromisoformat(message.occasion_key.partition(":")[2])


def _found(
    trigger: Trigger, rows: list[tuple[int, date, datetime]], *, key: str, before: timedelta, at: datetime
) -> list[Found]:
    """Said in the customer's morning; what came to light later than that, at once."""
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
