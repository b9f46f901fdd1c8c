"""Merges against everything that moves points at the same moment. Each with its counter-proof."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import Sum

from checkout.commit import Committed
from checkout.merge import MergeFault, MergeRefused
from checkout.models import Merge
from checkout.refund import Refunded
from loyalty.models import Account, Lot
from loyalty.verify import verify_ledger
from shop.models import Customer, Order, Store
from shop.partitions import ensure_partition
from tests.checkout.ask import order
from tests.checkout.merging import merge
from tests.checkout.reverse import balance, give, member, mugs, owed, points_store, refund
from tests.factories import AT, make_account
from tests.races.at_once import Rewrite, at_once, drop_constraint, drop_index, meet_after, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)

LOCKS = (" FOR NO KEY UPDATE", "\nFOR NO KEY UPDATE")
WORKERS = 64


@pytest.fixture
def store() -> Store:
    return points_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


@pytest.fixture
def old(store: Store) -> Customer:
    return member(store)


def buy(store: Store, who: Customer, points: int) -> Committed:
    return order(store, customer=who.ref, lines=mugs(1), points_to_spend=points, accept_changes=True)


def race_to_spend(
    store: Store,
    anna: Customer,
    old: Customer,
    monkeypatch: pytest.MonkeyPatch,
    rewrite: Rewrite | None = None,
) -> list[Any]:
    """A thousand points, 63 orders under both numbers, of 100 each or paid in money, and the merge among them: at
    the worst moment, when every order has found its buyer, and the merge has locked the accounts that they wait for."""
    give(old, 1000)
    make_account(anna)
    ensure_partition("shop_activity", AT)
    jobs: list[Callable[[], object]] = [
        partial(buy, store, (anna, old)[n % 2], 100 if n % 3 else 0) for n in range(WORKERS - 1)
    ]
    jobs.insert(20, partial(merge, anna, old, key="m1"))
    meet_after(monkeypatch, "checkout.commit.know_buyer", "checkout.merge.lock_with_merged", workers=WORKERS)
    return at_once(jobs, workers=WORKERS, rewrite=rewrite)


def spent(store: Store) -> int:
    total: int = Order.objects.filter(store=store).aggregate(all=Sum("points_spent"))["all"] or 0
    return total


def test_points_are_spent_once_while_their_customer_is_merged(
    store: Store, anna: Customer, old: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = race_to_spend(store, anna, old, monkeypatch)
    assert (len(of_type(results, Committed)), len(of_type(results, Merge))) == (63, 1)
    assert (spent(store), balance(old)) == (1000, 0)
    earned = Lot.objects.filter(account__customer=anna, transfer__kind="accrual")
    assert balance(anna) == earned.aggregate(all=Sum("left"))["all"]
    assert verify_ledger(store) == []


def forgetting_the_merge(sql: str) -> str:
    """Whoever locks an account does not hear that it was merged meanwhile."""
    return sql.replace("account.owed, account.merged_into_id\nFROM", "account.owed, NULL::bigint\nFROM")


def test_without_the_pointer_orders_strand_points_with_the_merged_customer(
    store: Store, anna: Customer, old: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("loyalty_account", "loyalty_account_merged_is_empty")
    race_to_spend(store, anna, old, monkeypatch, rewrite=forgetting_the_merge)
    assert Customer.objects.get(pk=old.pk).merged_into == anna
    assert balance(old) > 0


def test_with_the_constraint_alone_orders_fail_and_strand_nothing(
    store: Store, anna: Customer, old: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = race_to_spend(store, anna, old, monkeypatch, rewrite=forgetting_the_merge)
    failed = of_type(results, IntegrityError)
    assert len(failed) >= 10
    assert all("loyalty_account_merged_is_empty" in str(error) for error in failed)
    assert (balance(old), verify_ledger(store)) == (0, [])


def race_to_refund(
    store: Store,
    anna: Customer,
    old: Customer,
    monkeypatch: pytest.MonkeyPatch,
    rewrite: Rewrite | None = None,
) -> list[Any]:
    """Fifteen orders of the old number, each paid with ten points, come back while it is merged: when they have been
    found, and the merge has locked the accounts."""
    give(old, 150)
    make_account(anna)
    bought = [order(store, customer=old.ref, lines=mugs(2), points_to_spend=10).order for _ in range(15)]
    jobs: list[Callable[[], object]] = [partial(refund, one, (1, 2), ref=f"R-{one.pk}") for one in bought]
    jobs.insert(5, partial(merge, anna, old, key="m1"))
    meet_after(monkeypatch, "checkout.refund.lock_order", "checkout.merge.lock_with_merged", workers=16)
    return at_once(jobs, workers=16, rewrite=rewrite)


def test_refunds_during_a_merge_end_with_the_kept_customer(
    store: Store, anna: Customer, old: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = race_to_refund(store, anna, old, monkeypatch)
    assert (len(of_type(results, Refunded)), len(of_type(results, Merge))) == (15, 1)
    assert (balance(anna), balance(old)) == (150, 0)
    assert verify_ledger(store) == []


def test_without_the_pointer_refunds_leave_debts_with_the_merged_customer(
    store: Store, anna: Customer, old: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("loyalty_account", "loyalty_account_merged_is_empty")
    race_to_refund(store, anna, old, monkeypatch, rewrite=forgetting_the_merge)
    assert owed(old) > 0
    assert balance(anna) > 150


def test_two_merges_at_once_make_one(store: Store, anna: Customer, old: Customer) -> None:
    """Into one another, and each a number of times."""
    give(old, 70)
    give(anna, 30)
    jobs = [partial(merge, *pair, key=f"m{n}") for n, pair in enumerate([(anna, old), (old, anna)] * 32)]
    results = at_once(jobs, workers=WORKERS)
    refused = of_type(results, MergeRefused)
    assert (len(of_type(results, Merge)), {one.code for one in refused}) == (1, {MergeFault.MERGED_ALREADY})
    assert sorted(Account.objects.filter(kind="customer").values_list("balance", flat=True)) == [0, 100]
    assert verify_ledger(store) == []


def race_for_one(
    store: Store, monkeypatch: pytest.MonkeyPatch, rewrite: Rewrite | None = None, *, meet: bool = False
) -> list[Any]:
    """Eight customers, and the same ninth is merged into each of them."""
    old, kept = member(store), [member(store) for _ in range(8)]
    for one in (old, *kept):
        make_account(one)
    if meet:
        meet_after(monkeypatch, "checkout.merge.lock_with_merged", workers=8)
    return at_once([partial(merge, one, old) for one in kept], workers=8, rewrite=rewrite)


def test_one_customer_is_merged_into_one_other_only(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    results = race_for_one(store, monkeypatch)
    assert (len(of_type(results, Merge)), len(of_type(results, MergeRefused))) == (1, 7)


def test_without_locks_and_unique_key_one_is_merged_into_several(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_index("checkout_merge_one_open_per_customer")
    race_for_one(store, monkeypatch, rewrite=without(*LOCKS), meet=True)
    assert Merge.objects.filter(undone_at=None).count() > 1
