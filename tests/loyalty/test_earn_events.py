"""Points for what customers do beside buying."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from loyalty.earn_birthdays import earn_birthdays
from loyalty.earn_events import (
    CONSUMER,
    Happened,
    Reported,
    earn_for_event,
    earn_for_facts,
    earn_for_reported,
)
from loyalty.models import Account, EarningCount, EarningRule, RuleEarning, Transfer
from loyalty.verify import verify_ledger
from shop.give_consent import Answer, give_consent
from shop.models import Customer, Order, Store
from tests.factories import (
    AT,
    DAY,
    make_customer,
    make_earning_rule,
    make_order,
    make_outbox,
    make_person,
    make_store,
)

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return make_customer(store, ref="anna", joined_at=AT - 100 * DAY)


def rule(store: Store, event: str, **given: object) -> EarningRule:
    fresh = {"kind": "event", "event": event, "points": 50, "per_amount": None, "name": f"50 for {event}"}
    made = make_earning_rule(store, **fresh | given)
    store.refresh_from_db()
    return made


def balance(customer: Customer) -> int:
    account = Account.objects.filter(customer=customer).first()
    return account.balance if account else 0


def report(store: Store, subject: str, *, at: datetime = AT, kind: str = "review.written") -> int:
    with transaction.atomic():
        return earn_for_reported(store, [Reported(kind, "anna", subject, at)], at_recorded=at)


def test_a_review_earns_once_for_each_product(store: Store, anna: Customer) -> None:
    review = rule(store, "review")
    assert [report(store, "product:MUG"), report(store, "product:MUG"), report(store, "product:CUP")] == [
        50,
        0,
        50,
    ]
    assert balance(anna) == 100
    assert set(RuleEarning.objects.values_list("rule", "points")) == {(review.pk, 50)}
    assert verify_ledger(store) == []


def test_an_edited_rule_earns_nobody_the_same_event_twice(store: Store, anna: Customer) -> None:
    first = rule(store, "review", ends_at=AT + DAY)
    rule(store, "review", code=first.code, number=2, points=80, starts_at=AT + DAY)
    assert [report(store, "product:MUG"), report(store, "product:MUG", at=AT + DAY)] == [50, 0]
    assert report(store, "product:CUP", at=AT + DAY) == 80


def test_an_event_about_nothing_earns_once_a_day(store: Store, anna: Customer) -> None:
    rule(store, "like")
    likes = [report(store, "", at=AT + n * DAY / 2, kind="page.shared") for n in range(4)]
    assert likes == [50, 50, 0, 50]  # noon of one day, midnight and noon of the next, midnight


def test_who_has_not_joined_earns_nothing_and_strangers_neither(store: Store) -> None:
    rule(store, "review")
    make_customer(store, ref="anna")
    assert report(store, "product:MUG") == 0
    Customer.objects.filter(ref="anna").delete()
    assert report(store, "product:MUG") == 0


@pytest.mark.parametrize(
    ("period", "second", "points"),
    [("day", 2 * DAY, 50), ("month", 20 * DAY, 10), ("month", 29 * DAY, 50), ("year", 59 * DAY, 10)],
)
def test_a_cap_gives_what_is_left_of_it_in_the_period(
    store: Store, anna: Customer, period: str, second: timedelta, points: int
) -> None:
    rule(store, "review", cap_points=60, cap_period=period)
    assert report(store, "product:1") == 50
    assert report(store, "product:2", at=AT + second) == points
    if points == 10:
        assert report(store, "product:3", at=AT + second) == 0


def test_the_caps_period_is_the_stores(store: Store, anna: Customer) -> None:
    Store.objects.filter(pk=store.pk).update(time_zone="America/New_York")
    store.refresh_from_db()
    rule(store, "review", cap_points=60, cap_period="month")
    report(store, "product:1", at=datetime(2026, 11, 1, 3, tzinfo=UTC))  # 31 October there
    assert report(store, "product:2", at=datetime(2026, 11, 1, 5, tzinfo=UTC)) == 50
    assert set(EarningCount.objects.values_list("period", "points")) == {("2026-10", 50), ("2026-11", 50)}


@pytest.mark.parametrize(("after", "points"), [(7 * DAY - MOMENT, 0), (7 * DAY, 50)])
def test_a_rule_rests_after_it_has_given_something(
    store: Store, anna: Customer, after: timedelta, points: int
) -> None:
    rule(store, "review", cooldown_days=7)
    report(store, "product:1")
    assert report(store, "product:2", at=AT + after) == points


def test_joining_and_agreeing_to_offers_earn_once(store: Store) -> None:
    rule(store, "joined")
    rule(store, "subscribed", points=20)
    anna = make_customer(store, joined_at=AT)
    for _ in range(2):
        make_outbox(store, consumer=CONSUMER, kind="customer.joined", subject_id=anna.pk)
    earn_for_facts(at=AT)
    assert balance(anna) == 50
    for hour in range(2):
        for purpose in ("programme", "marketing"):
            answer = Answer(purpose, "email", True, "May we?", "form", AT + timedelta(hours=hour))
            with transaction.atomic():
                give_consent(anna, answer, at=AT)
        earn_for_facts(at=timezone.now())
    assert balance(anna) == 70


def heard(order: Order, kind: str = "order.paid") -> None:
    make_outbox(order.store, consumer=CONSUMER, kind=kind, subject_id=order.pk)
    earn_for_facts(at=AT)


def test_the_first_paid_order_earns_and_no_later_one(store: Store, anna: Customer) -> None:
    rule(store, "first_order")
    first = make_order(store, customer=anna)
    heard(first, "order.placed")
    assert balance(anna) == 0
    Order.objects.filter(pk=first.pk).update(paid_at=AT)
    heard(first)
    heard(make_order(store, customer=anna, paid_at=AT, placed_at=AT + DAY))
    assert balance(anna) == 50


def test_a_second_order_is_no_first_one(store: Store, anna: Customer) -> None:
    make_order(store, customer=anna, paid_at=AT, placed_at=AT - 10 * DAY)
    rule(store, "first_order", starts_at=AT - DAY)
    heard(make_order(store, customer=anna, paid_at=AT))
    assert balance(anna) == 0


def test_a_birthday_earns_once_a_year_however_the_job_runs(store: Store, anna: Customer) -> None:
    rule(store, "birthday")
    make_person(anna, birth_on=date(1990, 11, 2))
    assert [earn_birthdays(at=AT), earn_birthdays(at=AT), earn_birthdays(at=AT + 2 * DAY)] == [1, 0, 0]
    assert earn_birthdays(at=AT + 365 * DAY) == 1
    moments = Transfer.objects.order_by("id").values_list("effective_at", flat=True)
    assert list(moments) == [datetime(2026, 11, 2, tzinfo=UTC), datetime(2027, 11, 2, tzinfo=UTC)]


def test_a_birthday_on_29_february_is_kept_on_the_28th(store: Store, anna: Customer) -> None:
    rule(store, "birthday")
    make_person(anna, birth_on=date(1992, 2, 29))
    assert earn_birthdays(at=datetime(2027, 3, 1, 12, tzinfo=UTC)) == 1
    assert Transfer.objects.get().effective_at == datetime(2027, 2, 28, tzinfo=UTC)


def test_a_birth_date_moved_to_another_month_brings_no_second_birthday(store: Store, anna: Customer) -> None:
    rule(store, "birthday")
    person = make_person(anna, birth_on=date(1990, 11, 2))
    earn_birthdays(at=AT)
    type(person).objects.filter(pk=person.pk).update(birth_on=date(1990, 6, 1), birth_changed_at=AT)
    assert earn_birthdays(at=datetime(2027, 6, 1, 12, tzinfo=UTC)) == 0  # 211 days


def test_rules_of_another_event_and_of_orders_stay_out_of_it(store: Store, anna: Customer) -> None:
    rule(store, "like")
    make_earning_rule(store)
    store.refresh_from_db()
    with transaction.atomic():
        assert earn_for_event(Happened("review", anna, "once", AT), at_recorded=AT) == 0
