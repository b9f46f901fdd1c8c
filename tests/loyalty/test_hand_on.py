"""Points that one customer gives to another: where allowed, within limits, with the ends they had."""

from collections.abc import Callable

import pytest

from loyalty.expire import expire_due
from loyalty.hand_on import MoveFault, MoveRefused, hand_on
from loyalty.models import Account, Debt, Lot, PointsLimits, PointsMove, Transfer
from loyalty.verify import verify_ledger
from shop.models import Activity, Customer, Store
from tests.checkout.reverse import give, member, points_store
from tests.factories import AT, DAY, make_customer, make_debt, make_points_limits

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    store = points_store()
    make_points_limits(store, may_move=True, move_max=100, move_month_max=150)
    return store


@pytest.fixture
def anna(store: Store) -> Customer:
    anna = member(store)
    give(anna, 80, ends_at=AT + 10 * DAY)
    give(anna, 500, ends_at=AT + 20 * DAY)
    return anna


@pytest.fixture
def bob(store: Store) -> Customer:
    return member(store)


def move(source: Customer, target: Customer, points: int, ref: str = "m", at: object = AT) -> PointsMove:
    return hand_on(source, target, points, ref=ref, at=at, at_recorded=at).move  # type: ignore[arg-type]


def refused(act: Callable[[], object]) -> MoveFault:
    with pytest.raises(MoveRefused) as error:
        act()
    return error.value.code


def balances(*customers: Customer) -> list[int]:
    found = dict(Account.objects.filter(kind="customer").values_list("customer", "balance"))
    return [found.get(customer.pk, 0) for customer in customers]


def test_what_ends_first_moves_and_keeps_its_end(anna: Customer, bob: Customer) -> None:
    move(anna, bob, 100)
    assert balances(anna, bob) == [480, 100]
    arrived = Lot.objects.filter(account__customer=bob).order_by("ends_at")
    assert list(arrived.values_list("left", "ends_at")) == [(80, AT + 10 * DAY), (20, AT + 20 * DAY)]
    assert Transfer.objects.filter(kind="move").count() == 2
    assert verify_ledger(anna.store) == []


def test_what_was_given_expires_when_it_would_have(anna: Customer, bob: Customer) -> None:
    move(anna, bob, 100)
    expire_due(at=AT + 10 * DAY)
    assert balances(anna, bob) == [480, 20]
    assert verify_ledger(anna.store) == []


def test_pending_and_held_points_are_not_given(anna: Customer, bob: Customer) -> None:
    Lot.objects.filter(amount=500).update(active_at=AT + DAY)
    assert refused(lambda: move(anna, bob, 81)) is MoveFault.NOT_ENOUGH
    Lot.objects.filter(amount=80).update(held=1)
    Account.objects.filter(customer=anna).update(held=1)
    assert refused(lambda: move(anna, bob, 80, ref="n")) is MoveFault.NOT_ENOUGH


def test_by_default_customers_keep_their_points(anna: Customer, bob: Customer) -> None:
    PointsLimits.objects.all().delete()
    assert refused(lambda: move(anna, bob, 1)) is MoveFault.NOT_ALLOWED


def test_exactly_the_limit_at_once_goes_and_one_more_does_not(anna: Customer, bob: Customer) -> None:
    assert refused(lambda: move(anna, bob, 101)) is MoveFault.TOO_MANY_AT_ONCE
    move(anna, bob, 100, ref="n")


def test_exactly_the_limit_of_a_month_goes_and_one_more_does_not(anna: Customer, bob: Customer) -> None:
    move(anna, bob, 100, ref="a")
    move(anna, bob, 50, ref="b")
    assert refused(lambda: move(anna, bob, 1, ref="c")) is MoveFault.TOO_MANY_THIS_MONTH
    PointsLimits.objects.update(move_month_max=151)
    move(anna, bob, 1, ref="d")


def test_a_new_month_begins_with_the_stores_calendar(anna: Customer, bob: Customer) -> None:
    Lot.objects.update(ends_at=AT + 300 * DAY)
    move(anna, bob, 100, ref="a")
    move(anna, bob, 100, ref="b", at=AT + 31 * DAY)


def test_only_members_give_and_get(store: Store, anna: Customer) -> None:
    assert refused(lambda: move(anna, make_customer(store), 1)) is MoveFault.NOT_A_MEMBER


def test_nobody_gives_to_himself(anna: Customer) -> None:
    assert refused(lambda: move(anna, anna, 1)) is MoveFault.TO_ONESELF


def test_a_refusal_leaves_nothing_behind(anna: Customer, bob: Customer) -> None:
    from_before = Transfer.objects.count()
    with pytest.raises(MoveRefused):
        move(anna, bob, 101)
    assert Transfer.objects.count() == from_before


def test_told_twice_it_moves_once(anna: Customer, bob: Customer) -> None:
    assert move(anna, bob, 50) == move(anna, bob, 50)
    assert balances(anna, bob) == [530, 50]
    assert refused(lambda: move(anna, bob, 51)) is MoveFault.REF_TAKEN


def test_what_the_other_one_owes_is_repaid_first(anna: Customer, bob: Customer) -> None:
    give(bob, 10)
    accrual = Transfer.objects.get(target__customer=bob)
    hand_on(bob, anna, 10, ref="back", at=AT, at_recorded=AT)
    make_debt(accrual, amount=30)
    Account.objects.filter(customer=bob).update(owed=30)
    move(anna, bob, 100)
    assert balances(bob) == [70]
    assert Debt.objects.get().repaid == 30
    assert verify_ledger(anna.store) == []


def test_both_see_it_in_what_happened(anna: Customer, bob: Customer) -> None:
    move(anna, bob, 50)
    kept = Activity.objects.filter(kind__in=["points.given", "points.received"]).order_by("id")
    assert [(fact.kind, fact.customer, fact.data["points"]) for fact in kept] == [
        ("points.given", anna, 50),
        ("points.received", bob, 50),
    ]
