"""Corrections, approvals and points given to others, at once. Each with its counter-proof."""

from functools import partial
from typing import Any

import pytest
from django.db import transaction

from loyalty.adjust import Adjusted, AdjustmentRefused, Hand, Wish, adjust, decide
from loyalty.hand_on import Moved, MoveRefused, hand_on
from loyalty.models import Account, Adjustment, Allowance, PointsLimits, PointsMove, Transfer
from loyalty.transfer_accounts import programme_account
from loyalty.verify import verify_ledger
from shop.models import Approval, Customer, Store, User
from shop.partitions import ensure_partition
from tests.checkout.reverse import give, member, points_store
from tests.factories import AT, DAY, make_user
from tests.races.at_once import Rewrite, at_once, drop_constraint, meet_after, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)

LOCKS = (" FOR NO KEY UPDATE", " FOR UPDATE", "\nFOR NO KEY UPDATE")
GUARD_OF_LIMIT = "allowance.used + excluded.used <= excluded.used_max"
GUARD_OF_DECISION = '"shop_approval"."status" = %s'


@pytest.fixture
def store() -> Store:
    store = points_store()
    PointsLimits.objects.create(
        store=store, support_day_max=100, may_move=True, move_max=50, move_month_max=100
    )
    for kind in (Account.Kind.ADJUSTED, Account.Kind.ISSUED):
        programme_account(store, kind)  # or all would wait for whoever makes it
    ensure_partition("shop_activity", AT)
    return store


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


def in_transaction(act: Any, *args: Any, **given: Any) -> Any:
    with transaction.atomic():
        return act(*args, **given)


def hand(by: User, role: str = "support") -> Hand:
    return Hand(by, role, AT, AT)


def wish(points: int) -> Wish:
    return Wish("give", points, "a late parcel", AT + 365 * DAY)


def race_for_the_limit(store: Store, rewrite: Rewrite | None = None) -> list[Adjusted | Exception]:
    """Twenty corrections of ten points by one colleague, who may do a hundred a day alone; each of a customer."""
    tom = make_user()
    customers = [member(store) for _ in range(20)]
    jobs = [
        partial(in_transaction, adjust, customer, wish(10), key=f"k{n}", hand=hand(tom))
        for n, customer in enumerate(customers)
    ]
    return at_once(jobs, workers=20, rewrite=rewrite)


def test_the_limit_of_a_day_is_never_passed_by_corrections_at_once(store: Store) -> None:
    done = of_type(race_for_the_limit(store), Adjusted)
    assert sorted(each.waits for each in done) == [False] * 10 + [True] * 10
    assert Allowance.objects.get().used == 100
    assert (Transfer.objects.count(), Approval.objects.count()) == (10, 10)
    assert verify_ledger(store) == []


def test_without_guard_and_constraint_the_limit_is_passed(store: Store) -> None:
    drop_constraint("loyalty_allowance", "loyalty_allowance_within_limit")
    race_for_the_limit(store, rewrite=without(GUARD_OF_LIMIT))
    assert Transfer.objects.count() == 20


def test_without_the_guard_the_constraint_alone_keeps_the_limit(store: Store) -> None:
    race_for_the_limit(store, rewrite=without(GUARD_OF_LIMIT))
    assert Transfer.objects.count() == 10


def race_to_approve(anna: Customer, rewrite: Rewrite | None = None) -> list[Adjustment | Exception]:
    """Twenty owners say yes at once to what a colleague asked for."""
    in_transaction(adjust, anna, wish(500), key="k", hand=hand(make_user()))
    approval = Approval.objects.get()
    jobs = [
        partial(in_transaction, decide, approval, is_given=True, hand=hand(owner, "owner"))
        for owner in [make_user() for _ in range(20)]
    ]
    return at_once(jobs, workers=20, rewrite=rewrite)


def test_what_twenty_approve_at_once_moves_once(store: Store, anna: Customer) -> None:
    results = race_to_approve(anna)
    assert (len(of_type(results, Adjustment)), len(of_type(results, AdjustmentRefused))) == (1, 19)
    assert Account.objects.get(customer=anna).balance == 500
    assert verify_ledger(store) == []


def test_without_its_guard_the_ledgers_key_still_moves_it_once(store: Store, anna: Customer) -> None:
    results = race_to_approve(anna, rewrite=without(GUARD_OF_DECISION))
    assert len(of_type(results, Adjustment)) == 20  # everybody believes to have decided
    assert Account.objects.get(customer=anna).balance == 500


def test_without_guard_and_key_it_moves_many_times(store: Store, anna: Customer) -> None:
    drop_constraint("loyalty_transfer", "loyalty_transfer_key_once")
    drop_constraint("loyalty_adjustment", "loyalty_adjustment_transfer_id_key")

    def blind(sql: str) -> str:
        """Nobody sees that it has been done, and each takes the newest row for its own."""
        if 'FROM "loyalty_transfer" WHERE' in sql and sql.endswith(" LIMIT 1"):
            return sql.replace("WHERE", "WHERE FALSE AND", 1)
        if 'FROM "loyalty_transfer" WHERE' in sql:
            return sql.replace(" LIMIT 21", ' ORDER BY "loyalty_transfer"."id" DESC LIMIT 1')
        return without(GUARD_OF_DECISION)(sql)

    race_to_approve(anna, rewrite=blind)
    assert Account.objects.get(customer=anna).balance > 500


def race_to_give(store: Store, anna: Customer, rewrite: Rewrite | None = None) -> list[Moved | Exception]:
    """Twenty times twenty points to a friend, under references of their own: a month allows a hundred."""
    give(anna, 1000)
    bob = member(store)
    jobs = [
        partial(in_transaction, hand_on, anna, bob, 20, ref=f"m{n}", at=AT, at_recorded=AT) for n in range(20)
    ]
    return at_once(jobs, workers=20, rewrite=rewrite)


def test_a_months_limit_is_never_passed_by_moves_at_once(store: Store, anna: Customer) -> None:
    results = race_to_give(store, anna)
    assert (len(of_type(results, Moved)), len(of_type(results, MoveRefused))) == (5, 15)
    assert Account.objects.get(customer=anna).balance == 900
    assert verify_ledger(store) == []


def test_without_guard_and_constraint_a_month_has_no_end(store: Store, anna: Customer) -> None:
    drop_constraint("loyalty_allowance", "loyalty_allowance_within_limit")
    assert len(of_type(race_to_give(store, anna, rewrite=without(GUARD_OF_LIMIT)), Moved)) == 20


def race_to_repeat(store: Store, anna: Customer, rewrite: Rewrite | None = None) -> list[Moved | Exception]:
    """One move of five points, told twenty times at once."""
    give(anna, 1000)
    bob = member(store)
    job = partial(in_transaction, hand_on, anna, bob, 5, ref="m", at=AT, at_recorded=AT)
    return at_once([job] * 20, workers=20, rewrite=rewrite)


def test_a_move_told_twenty_times_at_once_is_one(store: Store, anna: Customer) -> None:
    results = of_type(race_to_repeat(store, anna), Moved)
    assert (len(results), sum(done.created for done in results)) == (20, 1)
    assert Account.objects.get(customer=anna).balance == 995


def test_without_its_unique_reference_it_moves_twenty_times(store: Store, anna: Customer) -> None:
    drop_constraint("loyalty_pointsmove", "loyalty_pointsmove_ref_once")
    race_to_repeat(store, anna)
    assert PointsMove.objects.count() == 20
    assert Account.objects.get(customer=anna).balance == 900


def race_for_the_last_points(
    store: Store, anna: Customer, rewrite: Rewrite | None = None
) -> list[Moved | Exception]:
    """Eight times ten of thirty points."""
    give(anna, 30)
    bob = member(store)
    give(bob, 1)
    jobs = [
        partial(in_transaction, hand_on, anna, bob, 10, ref=f"m{n}", at=AT, at_recorded=AT) for n in range(8)
    ]
    return at_once(jobs, workers=8, rewrite=rewrite)


def test_the_last_points_are_given_once(store: Store, anna: Customer) -> None:
    results = race_for_the_last_points(store, anna)
    assert (len(of_type(results, Moved)), len(of_type(results, MoveRefused))) == (3, 5)
    assert verify_ledger(store) == []


def test_without_locks_and_guards_the_last_points_are_given_again(
    store: Store, anna: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "loyalty.transfer_between.choose", workers=8)
    drop_constraint("loyalty_account", "loyalty_account_balance_not_negative")
    drop_constraint("loyalty_account", "loyalty_account_held_within_balance")
    guard = '"loyalty_account"."balance" >= (%s + "loyalty_account"."held")'
    other = '"loyalty_account"."balance" >= ("loyalty_account"."held" + %s)'
    # The limit's row would make one wait for the other: they are of different months here, so to say.
    monkeypatch.setattr("loyalty.hand_on.take_allowance", lambda *args, **given: True)
    results = race_for_the_last_points(store, anna, rewrite=without(*LOCKS, guard, other))
    assert len(of_type(results, Moved)) > 3


def test_two_who_give_to_each_other_do_not_lock_each_other_out(store: Store, anna: Customer) -> None:
    bob = member(store)
    give(anna, 100)
    give(bob, 100)
    there = [
        partial(in_transaction, hand_on, anna, bob, 2, ref=f"a{n}", at=AT, at_recorded=AT) for n in range(10)
    ]
    back = [
        partial(in_transaction, hand_on, bob, anna, 2, ref=f"b{n}", at=AT, at_recorded=AT) for n in range(10)
    ]
    results = at_once(there + back, workers=20)
    assert len(of_type(results, Moved)) == 20
    assert [account.balance for account in Account.objects.filter(kind="customer")] == [100, 100]
    assert verify_ledger(store) == []
