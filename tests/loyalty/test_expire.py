"""Points end when their time is over: once, never early, however late or often the job runs."""

from datetime import timedelta

import pytest

from loyalty import expire
from loyalty.expire import expire_due
from loyalty.models import Account, Lot, LotUse, Transfer
from loyalty.verify import verify_ledger
from shop.models import Customer, Store
from tests.checkout.ask import order
from tests.checkout.reverse import THREE, balance, give, member, points_store, refund
from tests.factories import AT, DAY

pytestmark = pytest.mark.django_db
END = AT + DAY
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def store() -> Store:
    return points_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


def test_a_lot_ends_at_its_end_and_not_a_moment_before(store: Store, anna: Customer) -> None:
    give(anna, 100, ends_at=END)
    give(anna, 50, ends_at=END + DAY)
    assert expire_due(at=END - MOMENT) == 0
    assert expire_due(at=END) == 1
    assert balance(anna) == 50
    transfer = Transfer.objects.get(kind="expiry")
    lot = Lot.objects.get(ends_at=END)
    assert (transfer.amount, transfer.key) == (100, f"lot:{lot.pk}:expiry")
    assert (transfer.effective_at, transfer.recorded_at) == (END, END)
    assert (lot.left, LotUse.objects.get().amount) == (0, 100)
    assert verify_ledger(store) == []


def test_a_late_job_books_the_end_at_the_end(anna: Customer) -> None:
    give(anna, 100, ends_at=END)
    expire_due(at=END + 9 * DAY)
    transfer = Transfer.objects.get(kind="expiry")
    assert (transfer.effective_at, transfer.recorded_at) == (END, END + 9 * DAY)


def test_running_again_ends_nothing_twice(anna: Customer) -> None:
    give(anna, 100, ends_at=END)
    assert [expire_due(at=END), expire_due(at=END)] == [1, 0]
    assert balance(anna) == 0


def test_what_was_spent_of_a_lot_does_not_expire(store: Store, anna: Customer) -> None:
    give(anna, 100, ends_at=END)
    order(store, customer=anna.ref, lines=THREE, points_to_spend=60)
    expire_due(at=END)
    assert Transfer.objects.get(kind="expiry").amount == 40


def test_batches_go_on_until_nothing_is_due(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        give(member(store), 10, ends_at=END)
    monkeypatch.setattr(expire, "BATCH", 2)
    assert [expire_due(at=END) for _ in range(4)] == [2, 2, 1, 0]


def test_a_sandbox_goes_by_its_own_clock(anna: Customer) -> None:
    sandbox = points_store(is_sandbox=True, clock_shift_seconds=86_400)
    there = member(sandbox)
    give(anna, 100, ends_at=END)
    give(there, 100, ends_at=END)
    assert expire_due(at=END - DAY - MOMENT) == 0
    assert expire_due(at=END - DAY) == 1
    assert (balance(anna), balance(there)) == (100, 0)


def test_stores_expire_into_their_own_books(store: Store, anna: Customer) -> None:
    give(anna, 100, ends_at=END)
    other = points_store()
    give(member(other), 7, ends_at=END)
    assert expire_due(at=END) == 2
    kinds = Transfer.objects.filter(kind="expiry").values_list("store_id", "target__store_id", "amount")
    assert sorted(kinds) == sorted([(store.pk, store.pk, 100), (other.pk, other.pk, 7)])
    assert Account.objects.filter(kind="expired").count() == 2


def test_spending_settles_what_is_due_though_the_job_is_late(store: Store, anna: Customer) -> None:
    give(anna, 100, ends_at=END)
    give(anna, 50, ends_at=END + 9 * DAY)
    done = order(store, customer=anna.ref, lines=THREE, points_to_spend=150, at=END)
    assert done.order.points_spent == 50
    assert Transfer.objects.get(kind="expiry").amount == 100
    assert expire_due(at=END) == 0
    assert verify_ledger(store) == []


def test_a_refund_settles_what_is_due_as_well(store: Store, anna: Customer) -> None:
    bought = order(store, customer=anna.ref, lines=THREE).order
    give(anna, 100, ends_at=END)
    Lot.objects.filter(amount=20).update(left=20)
    refund(bought, (1, 4), (2, 3), (3, 1), at=END)
    assert (balance(anna), verify_ledger(store)) == (0, [])
