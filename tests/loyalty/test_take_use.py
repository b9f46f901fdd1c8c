"""A use is taken where one is left, whatever row of the counter it stands in."""

import pytest
from django.db import IntegrityError, transaction

from loyalty.models import CustomerUse, Offer, OfferBudget, OfferUse
from loyalty.snapshot import RunningOffer, snapshot
from loyalty.take_use import UseRefused, take_uses
from shop.models import Customer, Store
from tests.factories import AT, make_customer, make_order, make_store
from tests.factories.offers_that_run import run_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


def compiled(offer: Offer) -> RunningOffer:
    version = Store.objects.get(pk=offer.store_id).offers_version
    found = snapshot(offer.store_id, version).offer(offer.pk, at=AT)
    assert found is not None
    return found


def refusal(offer: Offer, *, customer: Customer | None = None, amount: int = 100) -> str | None:
    """What becomes of one use by a new order."""
    try:
        take_uses(compiled(offer), order=make_order(offer.store, customer=customer), amount=amount)
    except UseRefused as refused:
        return refused.code.value
    return None


def test_the_last_use_is_found_in_whichever_row_it_is(store: Store) -> None:
    offer = run_offer(store, limits={"uses_max": 1000})
    for shard in range(8):
        OfferUse.objects.update(used=125)
        OfferUse.objects.filter(shard=shard).update(used=124)
        assert [refusal(offer), refusal(offer)] == [None, "used_up"]
    assert sum(OfferUse.objects.values_list("used", flat=True)) == 1000


def test_a_held_use_is_nobody_elses(store: Store) -> None:
    offer = run_offer(store, limits={"uses_max": 2})
    OfferUse.objects.update(held=1)
    assert [refusal(offer), refusal(offer)] == [None, "used_up"]


def test_a_held_part_of_the_budget_is_nobody_elses(store: Store) -> None:
    offer = run_offer(store, limits={"budget_max": 300})
    OfferBudget.objects.update(held=100)
    assert [refusal(offer, amount=201), refusal(offer, amount=200), refusal(offer, amount=1)] == [
        "budget_spent",
        None,
        "budget_spent",
    ]


def test_each_customer_has_uses_of_his_own(store: Store) -> None:
    offer = run_offer(store, limits={"uses_per_customer": 1})
    anna, bob = make_customer(store), make_customer(store)
    assert [refusal(offer, customer=who) for who in (anna, anna, bob, None)] == [
        None,
        "used_up",
        None,
        "not_registered",
    ]


def test_an_offer_without_limits_writes_nothing(store: Store) -> None:
    assert refusal(run_offer(store)) is None
    assert not OfferUse.objects.exists()
    assert not CustomerUse.objects.exists()


# --- Every rule twice: the database refuses it too.


def test_the_same_use_of_a_customer_twice_is_refused_by_the_database(store: Store) -> None:
    offer, anna = run_offer(store, limits={"uses_per_customer": 1}), make_customer(store)
    refusal(offer, customer=anna)
    with pytest.raises(IntegrityError, match="loyalty_customeruse_n_once"), transaction.atomic():
        CustomerUse.objects.create(offer=offer, customer=anna, n=1, order=make_order(store))
