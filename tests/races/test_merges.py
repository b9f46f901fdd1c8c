"""Merges against everything that moves points at the same moment. Each with its counter-proof."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db.models import Sum

from checkout.commit import Committed
from checkout.merge import MergeFault, MergeRefused
from checkout.models import Merge
from checkout.refund import Refunded
from loyalty.models import Account
from loyalty.verify import verify_ledger
from shop.models import Customer, Order, Store
from tests.checkout.ask import order
from tests.checkout.merging import merge
from tests.checkout.reverse import balance, give, member, mugs, points_store, refund
from tests.factories import make_account
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


def spend(store: Store, who: Customer) -> Committed:
    return order(store, customer=who.ref, lines=mugs(1), points_to_spend=100, accept_changes=True)


def race_to_spend(store: Store, anna: Customer, old: Customer, rewrite: Rewrite | None = None) -> list[Any]:
    """A thousand points, 63 orders of 100 each under both numbers, and the merge among them."""
    give(old, 1000)
    spending: list[Callable[[], object]] = [partial(spend, store, (anna, old)[n % 2]) for n in range(63)]
    jobs: list[Callable[[], object]] = [
        *spending[:20],
        partial(merge, anna, old, key="m1"),
        *spending[20:],
    ]
    return at_once(jobs, workers=WORKERS, rewrite=rewrite)


def spent(store: Store) -> int:
    total: int = Order.objects.filter(store=store).aggregate(all=Sum("points_spent"))["all"] or 0
    return total


def test_points_are_spent_once_while_their_customer_is_merged(
    store: Store, anna: Customer, old: Customer
) -> None:
    results = race_to_spend(store, anna, old)
    assert (len(of_type(results, Committed)), len(of_type(results, Merge))) == (63, 1)
    assert spent(store) <= 1000 + 63 * 10
    assert balance(old) == 0
    assert verify_ledger(store) == []


def forgetting_the_merge(sql: str) -> str:
    """Whoever locks an account does not hear that it was merged meanwhile."""
    return sql.replace("account.owed, account.merged_into_id\nFROM", "account.owed, NULL::bigint\nFROM")


def test_without_the_pointer_points_are_stranded_with_the_merged_customer(
    store: Store, anna: Customer, old: Customer
) -> None:
    drop_constraint("loyalty_account", "loyalty_account_merged_is_empty")
    merge(anna, old)
    bought = at_once([partial(spend, store, old)], workers=1)
    assert of_type(bought, Committed)
    refused = at_once([partial(give, old, 50)], workers=1, rewrite=forgetting_the_merge)
    assert refused == [None]
    assert balance(old) == 50


def test_with_the_constraint_alone_nothing_is_stranded(store: Store, anna: Customer, old: Customer) -> None:
    merge(anna, old)
    (refused,) = at_once([partial(give, old, 50)], workers=1, rewrite=forgetting_the_merge)
    assert "loyalty_account_merged_is_empty" in str(refused)


def race_to_refund(store: Store, anna: Customer, old: Customer, rewrite: Rewrite | None = None) -> list[Any]:
    """Ten orders of the old number, each paid with points, come back while it is merged."""
    give(old, 1000)
    bought = [order(store, customer=old.ref, lines=mugs(2), points_to_spend=100).order for _ in range(10)]
    jobs: list[Callable[[], object]] = [partial(refund, one, (1, 2), ref=f"R-{one.pk}") for one in bought]
    return at_once([*jobs[:5], partial(merge, anna, old, key="m1"), *jobs[5:]], workers=11, rewrite=rewrite)


def test_refunds_during_a_merge_end_with_the_kept_customer(
    store: Store, anna: Customer, old: Customer
) -> None:
    results = race_to_refund(store, anna, old)
    assert (len(of_type(results, Refunded)), len(of_type(results, Merge))) == (10, 1)
    assert (balance(anna), balance(old)) == (1000, 0)
    assert verify_ledger(store) == []


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
