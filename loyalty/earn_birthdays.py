"""Points for birthdays: found by the day, so that a job that comes late, twice or not for some days gives the same."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from loyalty.earn_events import Happened, earn_for_event
from loyalty.models import EarningRule
from shop.birthdays import births_kept_on
from shop.clock import local_date, start_of_day, store_moment
from shop.models import Customer, Store

Event = EarningRule.Event
# A job that was away this long gives what was due meanwhile.
LATE_MAX = timedelta(days=7)
BIRTH_COUNTS_AFTER = timedelta(days=30)
APART = timedelta(days=300)
BATCH = 200

# Nobody gets two birthdays within 300 days, whatever becomes of the birth date or of the rule.
FIND = """
SELECT person.customer_id, day.target
FROM unnest(%(births)s::text[], %(targets)s::date[]) AS day (birth, target)
JOIN shop_person person ON to_char(person.birth_on, 'MMDD') = day.birth
JOIN shop_customer customer ON customer.id = person.customer_id
WHERE person.store_id = %(store)s AND customer.erased_at IS NULL AND customer.joined_at IS NOT NULL
    AND customer.merged_into_id IS NULL
    AND person.birth_on < day.target
    AND (person.birth_changed_at IS NULL
        OR person.birth_changed_at <= day.target - %(counts_after)s * interval '1 day')
    AND NOT EXISTS (
        SELECT FROM loyalty_earningcount given
        WHERE given.customer_id = person.customer_id AND given.code = 'birthday' AND given.period = 'last'
            AND given.last_at > day.target - %(apart)s * interval '1 day')
ORDER BY day.target, person.customer_id
LIMIT %(limit)s
"""
NOTE = """
INSERT INTO loyalty_earningcount (store_id, customer_id, code, period, points, last_at)
VALUES (%(store)s, %(customer)s, 'birthday', 'last', 0, %(at)s)
ON CONFLICT (customer_id, code, period) DO UPDATE SET last_at = excluded.last_at
WHERE loyalty_earningcount.last_at <= excluded.last_at - %(apart)s * interval '1 day'
"""


def earn_birthdays(*, at: datetime) -> int:
    """One batch of birthdays that nobody has looked at yet; returns how many. `at` is the clock."""
    rules = EarningRule.objects.filter(kind=EarningRule.Kind.EVENT, event=Event.BIRTHDAY)
    stores = Store.objects.filter(pk__in=rules.values("store_id")).order_by("id")
    return sum(_in_store(store, at=at) for store in stores)


def _in_store(store: Store, *, at: datetime) -> int:
    done = 0
    for customer_id, target in _find(store, local_date(store, store_moment(store, at))):
        with transaction.atomic():
            done += _celebrate(store, customer_id, target, at_recorded=at)
    return done


def _find(store: Store, today: date) -> list[tuple[int, date]]:
    days = [today - timedelta(days=back) for back in range(LATE_MAX.days + 1)]
    pairs = [(birth, target) for target in days for birth in births_kept_on(target)]
    with connection.cursor() as cursor:
        cursor.execute(
            FIND,
            {
                "births": [birth for birth, _ in pairs],
                "targets": [target for _, target in pairs],
                "store": store.pk,
                "counts_after": BIRTH_COUNTS_AFTER.days,
                "apart": APART.days,
                "limit": BATCH,
            },
        )
        return list(cursor.fetchall())


def _celebrate(store: Store, customer_id: int, target: date, *, at_recorded: datetime) -> int:
    """1, or 0 where another worker was quicker. The day is used up even where no rule gives anything for it."""
    morning = start_of_day(store, target)
    note: dict[str, Any] = {"store": store.pk, "customer": customer_id, "at": morning, "apart": APART.days}
    with connection.cursor() as cursor:
        cursor.execute(NOTE, note)
        if not cursor.rowcount:
            return 0
    customer = Customer.objects.select_related("store").get(pk=customer_id)
    earn_for_event(Happened(Event.BIRTHDAY, customer, str(target.year), morning), at_recorded=at_recorded)
    return 1
