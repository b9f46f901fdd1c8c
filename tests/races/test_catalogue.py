"""The last reward, by 64 customers at once: one gets it, and only that one's points are spent. With counter-proof."""

from functools import partial

import pytest
from django.db import transaction
from django.db.models import Sum

from loyalty.catalogue_take import TakeFault, TakeRefused, take_item
from loyalty.models import Account, CatalogueItem, CatalogueTake
from loyalty.verify import verify_ledger
from shop.models import Customer, Store
from tests.checkout.reverse import give, member
from tests.factories import AT, make_catalogue_item, make_programme_account, make_store
from tests.races.at_once import Rewrite, at_once, drop_constraint, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)
GUARD = '"loyalty_catalogueitem"."stock_max" > ("loyalty_catalogueitem"."taken")'


@pytest.fixture
def store() -> Store:
    return make_store()


def people(store: Store, count: int) -> list[Customer]:
    found = [member(store) for _ in range(count)]
    for customer in found:
        give(customer, 100)
    return found


def take_at_once(
    item: CatalogueItem, customers: list[Customer], *, workers: int, rewrite: Rewrite | None = None
) -> list[CatalogueTake | Exception]:
    def take(customer: Customer, number: int) -> CatalogueTake:
        with transaction.atomic():
            return take_item(item.store, item.code, customer, key=f"t-{number}", at=AT, at_recorded=AT)

    jobs = [partial(take, customer, number) for number, customer in enumerate(customers)]
    return at_once(jobs, workers=workers, rewrite=rewrite)


def test_of_64_customers_one_gets_the_last_one(store: Store) -> None:
    item = make_catalogue_item(store, points=100, stock_max=3, taken=2)
    results = take_at_once(item, people(store, 64), workers=64)
    assert len(of_type(results, CatalogueTake)) == 1
    refused = of_type(results, TakeRefused)
    assert {one.code for one in refused} == {TakeFault.SOLD_OUT}
    assert (len(refused), CatalogueItem.objects.get().taken) == (63, 3)
    left = Account.objects.filter(kind="customer").aggregate(left=Sum("balance"))
    assert left["left"] == 63 * 100
    assert verify_ledger(store) == []


def test_one_customer_asking_eight_times_pays_once_for_a_reward_of_one(store: Store) -> None:
    item = make_catalogue_item(store, points=10, per_customer=1)
    results = take_at_once(item, people(store, 1) * 8, workers=8)
    assert len(of_type(results, CatalogueTake)) == 1
    assert Account.objects.get(kind="customer").balance == 90


def test_without_guard_and_constraint_more_are_taken_than_there_are(store: Store) -> None:
    item = make_catalogue_item(store, points=100, stock_max=1)
    make_programme_account(store, kind=Account.Kind.SPENT)
    drop_constraint("loyalty_catalogueitem", "loyalty_catalogueitem_within_stock")
    take_at_once(item, people(store, 8), workers=8, rewrite=without(GUARD))
    assert CatalogueTake.objects.count() == CatalogueItem.objects.get().taken == 8
