"""A customer's birthday. One on 29 February is kept on 28 February in common years."""

from calendar import isleap
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from shop.clock import zone_of
from shop.models import Customer, Person
from triggers.facts import NO_FACTS, Facts
from triggers.models import Message, Trigger
from triggers.occasions.insert import LATE_MAX, Found, insert_messages
from triggers.reasons import Objection, Reason

# In the customer's zone: after the usual quiet hours, and early enough for the day.
SAID_AT = time(10)
NOON = time(12)
CHANGE_COUNTS_AFTER = timedelta(days=30)
APART = timedelta(days=300)
# The first place on Earth where a day begins is this far ahead of UTC, the last one this far behind.
AHEAD_MAX, BEHIND_MAX = timedelta(hours=14), timedelta(hours=12)
DAYS_BEFORE_MAX = 30

# Whoever has a birthday on one of `days` ("0228") is taken as soon as that day begins anywhere; the message waits for
# the customer's own morning. Said or to be said within 300 days, by any birthday trigger: not again.
FIND = """
SELECT person.customer_id, day.target
FROM unnest(%(births)s::text[], %(targets)s::date[]) AS day (birth, target)
JOIN shop_person person ON to_char(person.birth_on, 'MMDD') = day.birth
JOIN shop_customer customer ON customer.id = person.customer_id
WHERE person.store_id = %(store)s AND customer.erased_at IS NULL AND customer.merged_into_id IS NULL
    AND person.birth_on < day.target
    AND (person.birth_changed_at IS NULL
        OR person.birth_changed_at <= day.target - %(counts_after)s * interval '1 day')
    AND NOT EXISTS (
        SELECT FROM triggers_message said JOIN triggers_trigger other ON other.id = said.trigger_id
        WHERE said.customer_id IN (
            SELECT person.customer_id UNION ALL SELECT id FROM shop_customer WHERE merged_into_id = person.customer_id
        ) AND (
            said.trigger_id = %(trigger)s AND said.occasion_key = 'birthday:' || extract(year FROM day.target)
            OR other.occasion = 'birthday' AND said.status IN ('due', 'sending', 'sent', 'unknown')
                AND said.occurred_at > day.target - %(apart)s * interval '1 day'))
ORDER BY day.target, person.customer_id
LIMIT %(limit)s
"""


class Birthday:
    """Settings: {"days_before": 0}, how many days before the birthday it is said."""

    code = "birthday"
    keeps_hours = True

    def check(self, params: Mapping[str, Any]) -> None:
        days = params.get("days_before", 0)
        if type(days) is not int or not 0 <= days <= DAYS_BEFORE_MAX:
            raise ValidationError(
                _("Give a number of days from 0 to %(most)s, for example 0 for the day itself."),
                code="days_out_of_range",
                params={"most": DAYS_BEFORE_MAX},
            )

    def find(self, trigger: Trigger, *, at: datetime, limit: int) -> int:
        before = timedelta(days=trigger.params.get("days_before", 0))
        first = (at - BEHIND_MAX - LATE_MAX + before).date()
        last = (at + AHEAD_MAX + before).date()
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        pairs = [(birth, target) for target in days for birth in births_kept_on(target)]
        with connection.cursor() as cursor:
            cursor.execute(
                FIND,
                {
                    "births": [birth for birth, _target in pairs],
                    "targets": [target for _birth, target in pairs],
                    "store": trigger.store_id,
                    "trigger": trigger.pk,
                    "counts_after": CHANGE_COUNTS_AFTER.days,
                    "apart": APART.days
                    - 1,  # a day of leeway for zones: at sending it is counted in the customer's
                    "limit": limit,
                },
            )
            rows: list[tuple[int, date]] = cursor.fetchall()
        return insert_messages(trigger, list(_found(trigger, rows, before=before)))

    def reason_against(self, message: Message, *, at: datetime) -> Objection | None:
        person: Person | None = getattr(message.customer, "person", None)
        if person is None or person.birth_on is None:
            return Reason.BIRTHDAY_CHANGED
        kept = f"{person.birth_on:%m%d}" in births_kept_on(_target(message, message.occurred_at))
        changed_at = person.birth_changed_at
        counts = changed_at is None or changed_at <= message.occurred_at - CHANGE_COUNTS_AFTER
        if not kept or not counts:
            return Reason.BIRTHDAY_CHANGED
        return Reason.TOO_OFTEN if _was_said_lately(message) else None

    def facts(self, message: Message, *, at: datetime) -> Facts:
        return NO_FACTS


def births_kept_on(day: date) -> tuple[str, ...]:
    """Month and day of the births that are kept on this day: "0531"."""
    if (day.month, day.day) == (2, 28) and not isleap(day.year):
        return ("0228", "0229")
    return (f"{day:%m%d}",)


def _target(message: Message, occurred_at: datetime) -> date:
    return occurred_at.astimezone(zone_of(message.store, message.customer)).date()


def _was_said_lately(message: Message) -> bool:
    """For another birthday, or by another trigger."""
    birthdays = Message.objects.filter(
        customer_id=message.customer_id,
        trigger__occasion=Birthday.code,
        status__in=[Message.Status.SENDING, Message.Status.SENT, Message.Status.UNKNOWN],
    )
    others = birthdays.exclude(trigger_id=message.trigger_id, occasion_key=message.occasion_key)
    last = others.aggregate(last=Max("occurred_at"))["last"]
    return last is not None and _target(message, message.occurred_at) - _target(message, last) < APART


def _found(trigger: Trigger, rows: Iterable[tuple[int, date]], *, before: timedelta) -> Iterable[Found]:
    """The occasion is the customer's own noon, so that no zone and no clock change moves it to another date."""
    rows = list(rows)
    customers = Customer.objects.in_bulk([customer for customer, _target in rows])
    for customer, target in rows:
        zone = zone_of(trigger.store, customers[customer])
        yield Found(
            customer,
            f"birthday:{target.year}",
            occurred_at=datetime.combine(target, NOON, tzinfo=zone),
            due_at=datetime.combine(target - before, SAID_AT, tzinfo=zone),
        )
