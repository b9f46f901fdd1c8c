"""Rewards for points: paid and promised once, within stock, tier, window and one's share; given back exactly."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from loyalty.catalogue_take import TakeFault, TakeRefused, cancel_take, items_now, promises_of, take_item
from loyalty.models import CatalogueItem, CatalogueTake, Lot, Reward, Transfer
from loyalty.queries import points_of
from loyalty.verify import verify_ledger
from shop.models import Customer, Store
from tests.checkout.reverse import balance, give, member
from tests.factories import AT, DAY, make_catalogue_item, make_customer, make_store

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    anna = member(store)
    give(anna, 150, ends_at=AT + 30 * DAY)
    give(anna, 100, ends_at=AT + 60 * DAY)
    return anna


def take(item: CatalogueItem, customer: Customer, key: str = "t-1", **asked: Any) -> CatalogueTake:
    with transaction.atomic():
        return take_item(item.store, item.code, customer, key=key, **{"at": AT, "at_recorded": AT} | asked)


def refusal(item: CatalogueItem, customer: Customer, **asked: Any) -> TakeFault:
    with pytest.raises(TakeRefused) as refused:
        take(item, customer, **{"key": "another"} | asked)
    return refused.value.code


def test_points_are_spent_and_the_reward_is_promised_once(store: Store, anna: Customer) -> None:
    item = make_catalogue_item(store, points=200)
    first = take(item, anna)
    assert take(item, anna) == first
    assert balance(anna) == 50
    assert (Reward.objects.get().kind, Reward.objects.get().item) == ("gift", "MUG")
    item.refresh_from_db()
    assert item.taken == 1
    assert verify_ledger(store) == []


def test_a_key_stands_for_one_take(store: Store, anna: Customer) -> None:
    take(make_catalogue_item(store), anna)
    assert refusal(make_catalogue_item(store), anna, key="t-1") is TakeFault.KEY_CONFLICT


def test_exactly_enough_points_are_enough(store: Store, anna: Customer) -> None:
    item = make_catalogue_item(store, points=250)
    dear = make_catalogue_item(store, points=251)
    assert refusal(dear, anna) is TakeFault.NOT_ENOUGH_POINTS
    take(item, anna)
    assert balance(anna) == 0


def test_what_is_refused_leaves_nothing_behind(store: Store, anna: Customer) -> None:
    item = make_catalogue_item(store, stock_max=1, taken=1)
    assert refusal(item, anna) is TakeFault.SOLD_OUT
    assert (balance(anna), Reward.objects.exists(), CatalogueTake.objects.exists()) == (250, False, False)


def test_one_customer_takes_it_as_often_as_one_may(store: Store, anna: Customer) -> None:
    item = make_catalogue_item(store, points=10, per_customer=2)
    first = take(item, anna)
    take(item, anna, "t-2")
    assert refusal(item, anna) is TakeFault.ALREADY_TAKEN
    with transaction.atomic():
        cancel_take(first, by=None, at=AT, at_recorded=AT)
    assert take(item, anna, "t-3").n == 1


@pytest.mark.parametrize(
    ("at", "is_offered"), [(AT - MOMENT, False), (AT, True), (AT + DAY - MOMENT, True), (AT + DAY, False)]
)
def test_a_reward_is_offered_within_its_window(
    store: Store, anna: Customer, at: Any, is_offered: bool
) -> None:
    item = make_catalogue_item(store, starts_at=AT, ends_at=AT + DAY)
    assert list(items_now(store, at=at)) == ([item] if is_offered else [])


def test_rewards_are_for_members_of_the_tier(store: Store, anna: Customer) -> None:
    stranger = make_customer(store)
    assert refusal(make_catalogue_item(store), stranger) is TakeFault.NOT_A_MEMBER
    assert refusal(make_catalogue_item(store, tier="gold"), anna) is TakeFault.TIER_TOO_LOW


def test_paused_redemption_pauses_rewards(store: Store, anna: Customer) -> None:
    Store.objects.update(is_redemption_paused=True)
    assert refusal(make_catalogue_item(store), anna) is TakeFault.PAUSED


def test_given_back_the_points_return_to_where_they_came_from_once(store: Store, anna: Customer) -> None:
    taken = take(make_catalogue_item(store, points=200), anna)
    with transaction.atomic():
        promise = cancel_take(taken, by=None, at=AT, at_recorded=AT)
        assert cancel_take(taken, by=None, at=AT, at_recorded=AT) is None
    assert promise is not None
    assert points_of(anna, at=AT).active == balance(anna) == 250
    back = Lot.objects.filter(origin__isnull=False).order_by("ends_at")
    assert [(lot.left, lot.ends_at) for lot in back] == [(150, AT + 30 * DAY), (50, AT + 60 * DAY)]
    assert Transfer.objects.filter(kind=Transfer.Kind.REVERSAL).count() == 2
    assert CatalogueItem.objects.get().taken == 0
    assert promises_of(store, [taken])[taken.pk].withdrawn_at == AT
    assert verify_ledger(store) == []
