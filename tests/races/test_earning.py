"""64 events of one customer at once against a cap and a rest: exact; and not so without their guards."""

from datetime import timedelta

import pytest
from django.db import transaction

from loyalty.earn_events import Reported, earn_for_reported
from loyalty.models import Account, EarningCount
from loyalty.verify import verify_ledger
from shop.models import Store
from tests.factories import (
    AT,
    DAY,
    make_account,
    make_customer,
    make_earning_rule,
    make_programme_account,
    make_store,
)
from tests.races.at_once import Rewrite, at_once, drop_constraint, meet_after, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 16
# What the statement asks for.
GUARD = '"loyalty_earningcount"."points" <= %s'


@pytest.fixture
def store() -> Store:
    store = make_store()
    make_customer(store, ref="anna", joined_at=AT - DAY)
    return store


def let_review(store: Store, **limits: object) -> None:
    make_earning_rule(
        store, kind="event", event="review", per_amount=None, points=5, starts_at=AT - DAY, **limits
    )
    store.refresh_from_db()


def review_at_once(store: Store, *, times: int = 64, rewrite: Rewrite | None = None) -> list[int | Exception]:
    def review(number: int) -> int:
        with transaction.atomic():
            said = Reported("review.written", "anna", f"product:{number}", AT + timedelta(seconds=1))
            return earn_for_reported(store, [said], at_recorded=AT)

    jobs = [lambda number=number: review(number) for number in range(times)]
    return at_once(jobs, workers=min(times, WORKERS), rewrite=rewrite)


def points_given(results: list[int | Exception]) -> int:
    return sum(of_type(results, int))


def test_a_cap_is_reached_to_the_point_and_not_passed(store: Store) -> None:
    let_review(store, cap_points=101, cap_period="day")
    assert points_given(review_at_once(store)) == 101
    assert EarningCount.objects.get().points == Account.objects.get(customer__ref="anna").balance == 101
    assert verify_ledger(store) == []


def test_of_64_events_in_a_rest_one_gives_points(store: Store) -> None:
    let_review(store, cooldown_days=1)
    assert points_given(review_at_once(store)) == 5


def without_locks(store: Store, monkeypatch: pytest.MonkeyPatch, *guards: str) -> int:
    """All have looked at the counter before any of them takes from it; the rows that they share are there."""
    make_account(store.customer_set.get())
    make_programme_account(store)
    EarningCount.objects.create(
        store=store,
        customer=store.customer_set.get(),
        code=store.earningrule_set.get().code,
        period="2026-11-02",
        points=0,
        points_max=7,
        last_at=AT,
    )
    meet_after(monkeypatch, "loyalty.earn_caps._count", workers=8)
    unlocked = without(" FOR UPDATE", " FOR NO KEY UPDATE", "FOR NO KEY UPDATE", *guards)
    return points_given(review_at_once(store, times=8, rewrite=unlocked))


def test_without_locks_the_guard_keeps_the_cap(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    let_review(store, cap_points=7, cap_period="day")
    assert without_locks(store, monkeypatch) <= 7


def test_without_locks_guard_and_constraint_the_cap_is_passed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_review(store, cap_points=7, cap_period="day")
    drop_constraint("loyalty_earningcount", "loyalty_earningcount_within_cap")
    assert without_locks(store, monkeypatch, GUARD) > 7
