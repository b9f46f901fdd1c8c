"""What points are owed: equal to the ledger now, and to a replay of it at any moment before."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Sum

from loyalty.adjust import Hand, Wish, adjust
from loyalty.expire import expire_due
from loyalty.hand_on import hand_on
from loyalty.models import Account, Lot, Transfer
from reports.queries.breakage import Breakage, History
from reports.queries.liability import liability
from shop.models import Customer, Store
from tests.checkout.ask import order
from tests.checkout.reverse import THREE, give, member, points_store, refund
from tests.factories import AT, DAY, make_points_limits, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return points_store()


def lived(store: Store) -> list[datetime]:
    """A store in which all that can happen to points has happened; the moments at which something did."""
    make_points_limits(store, may_move=True)
    anna, bob = member(store), member(store)
    give(anna, 300, ends_at=AT + 100 * DAY)
    earned = order(store, customer=anna.ref, lines=THREE).order
    spent = order(store, customer=anna.ref, lines=THREE, points_to_spend=200).order
    refund(spent, (1, 1))
    hand_on(anna, bob, 40, ref="m", at=AT + 2 * DAY, at_recorded=AT + 2 * DAY)
    clerk = Hand(make_user(), "owner", AT + 3 * DAY, AT + 3 * DAY)
    adjust(bob, Wish("take", 10, "given twice"), key="a", hand=clerk)
    adjust(bob, Wish("give", 70, "a late parcel", AT + 50 * DAY), key="b", hand=clerk)
    refund(earned, (1, 4), (2, 3), (3, 1), at=AT + 28 * DAY)
    expire_due(at=AT + 120 * DAY)
    moments = set(Transfer.objects.values_list("effective_at", flat=True))
    return sorted(moments | {moment + timedelta(seconds=1) for moment in moments})


def replayed(store: Store, at: datetime) -> int:
    """Customers' balances from the movements up to then, one by one."""
    balances: dict[int, int] = {}
    for transfer in Transfer.objects.filter(store=store, effective_at__lte=at).select_related(
        "source", "target"
    ):
        if transfer.source.kind == "customer":
            balances[transfer.source_id] = balances.get(transfer.source_id, 0) - transfer.amount
        if transfer.target.kind == "customer":
            balances[transfer.target_id] = balances.get(transfer.target_id, 0) + transfer.amount
    return sum(balances.values())


def balances(store: Store) -> int:
    return Account.objects.filter(store=store, kind="customer").aggregate(all=Sum("balance"))["all"] or 0


def test_outstanding_now_is_the_sum_of_all_balances(store: Store) -> None:
    lived(store)
    found = liability(store, at=AT + 200 * DAY)
    assert found.outstanding == balances(store) > 0
    assert found.owed == Account.objects.filter(store=store).aggregate(all=Sum("owed"))["all"]


def test_at_every_moment_before_it_is_what_a_replay_says(store: Store) -> None:
    moments = lived(store)
    assert len(moments) > 10
    for at in moments:
        found = liability(store, at=at)
        assert found.outstanding == replayed(store, at)
        assert found.outstanding == found.pending + found.active + found.ended
        assert found.active == sum(bucket.points for bucket in found.ages)
        assert found.pending + found.active == sum(month.points for month in found.months)


def test_another_stores_points_do_not_count(store: Store) -> None:
    other = points_store()
    give(member(other), 100)
    found = liability(store, at=AT)
    assert (found.outstanding, found.holders, found.months) == (0, 0, ())


def test_points_that_ended_unnoticed_are_said_to_have(store: Store) -> None:
    anna = member(store)
    give(anna, 100, ends_at=AT)
    late = liability(store, at=AT)
    assert (late.outstanding, late.active, late.ended) == (100, 0, 100)
    expire_due(at=AT + 5 * DAY)
    # The job came late; the points had ended on time.
    assert liability(store, at=AT).outstanding == 0
    assert liability(store, at=AT, by="recorded").outstanding == 100
    assert liability(store, at=AT + 5 * DAY, by="recorded").outstanding == 0


def test_points_are_told_apart_by_age(store: Store) -> None:
    anna = member(store)
    for days, points in ((0, 1), (89, 2), (90, 4), (364, 8), (365, 16), (-1, 32)):
        give(anna, points, ends_at=AT + 900 * DAY)
        Lot.objects.filter(amount=points).update(active_at=AT - days * DAY)
    found = liability(store, at=AT)
    assert found.pending == 32
    assert [(bucket.days_min, bucket.days_max, bucket.points) for bucket in found.ages] == [
        (0, 89, 3),
        (90, 179, 4),
        (180, 364, 8),
        (365, None, 16),
    ]


def test_the_end_of_a_month_belongs_to_it(store: Store) -> None:
    """Half-open: what ends at midnight of 1 July ended in June."""
    zone_start = datetime.fromisoformat("2027-06-30T23:00:00+00:00")  # midnight in London
    Store.objects.filter(pk=store.pk).update(time_zone="Europe/London")
    store.refresh_from_db()
    anna = member(store)
    give(anna, 1, ends_at=zone_start)
    give(anna, 2, ends_at=zone_start + timedelta(seconds=1))
    months = [(month.starts_on.isoformat(), month.points) for month in liability(store, at=AT).months]
    assert months == [("2027-06-01", 1), ("2027-07-01", 2)]


def test_breakage_is_the_share_of_ended_portions_that_expired(store: Store) -> None:
    anna = member(store)
    give(anna, 100, ends_at=AT + DAY)
    take(anna, 60)
    expire_due(at=AT + DAY)  # 40 of 100 expired
    give(anna, 50, ends_at=AT + 900 * DAY)
    found = liability(store, at=AT + 2 * DAY)
    assert found.ages[0].breakage == Breakage(20, is_small=True)
    assert found.expected_breakage == 20


def test_old_points_are_judged_by_those_that_had_lived_as_long(store: Store) -> None:
    anna = member(store)
    give(anna, 100, ends_at=AT + 200 * DAY)
    Lot.objects.update(active_at=AT)
    take(anna, 60)
    expire_due(at=AT + 200 * DAY)  # of the 40 that had lived 90 days all expired
    give(anna, 30, ends_at=AT + 900 * DAY)
    Lot.objects.filter(amount=30).update(active_at=AT + 100 * DAY)
    found = liability(store, at=AT + 200 * DAY)
    assert [bucket.breakage.points for bucket in found.ages] == [0, 30, 0, 0]


def test_without_history_breakage_cannot_be_told(store: Store) -> None:
    give(member(store), 10)
    found = liability(store, at=AT)
    assert (found.ages[0].breakage.points, found.expected_breakage) == (None, None)


def test_a_share_is_rounded_half_up_and_never_more_than_there_is() -> None:
    assert History(portions=200, left=2, expired=1).of(3) == Breakage(2, is_small=False)
    assert History(portions=99, left=2, expired=2).of(3) == Breakage(3, is_small=True)
    assert History().of(0) == Breakage(0, is_small=False)


def test_four_queries_whatever_there_is(store: Store, django_assert_num_queries: Any) -> None:
    lived(store)
    with django_assert_num_queries(4):
        liability(store, at=AT)


def take(customer: Customer, points: int) -> None:
    """As spending does, but without an order that would earn new ones."""
    adjust(
        customer,
        Wish("take", points, "given twice"),
        key=f"take{points}",
        hand=Hand(make_user(), "owner", AT, AT),
    )
