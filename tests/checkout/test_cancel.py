"""What a cancelled order held is free again: coupons, limits, budgets."""

import pytest
from django.db import transaction

from coupons.models import Coupon, Redemption
from coupons.revoke import revoke
from loyalty.models import CustomerUse, OfferBudget, OfferDayUse, OfferUse
from loyalty.verify import verify_ledger
from shop.models import Activity, Store
from tests.checkout.ask import order
from tests.checkout.reverse import cancel
from tests.factories import AT, make_customer, make_store
from tests.factories.offers_that_run import named_coupon, public_coupon

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


def test_a_named_coupon_can_be_used_again(store: Store) -> None:
    anna = make_customer(store)
    code = named_coupon(store, anna).code
    first = order(store, customer=anna.ref, codes=(code,)).order
    assert order(store, customer=anna.ref, codes=(code,)).order.payable == 1000
    cancel(first)
    assert Coupon.objects.get().used == 0
    assert order(store, customer=anna.ref, codes=(code,)).order.payable == 900
    assert Redemption.objects.count() == 2
    assert Activity.objects.get(kind="order.cancelled").data == {"coupons_returned": 1}


def test_a_second_cancellation_gives_nothing_more_back(store: Store) -> None:
    anna = make_customer(store)
    code = named_coupon(store, anna).code
    first = order(store, customer=anna.ref, codes=(code,)).order
    cancel(first)
    order(store, customer=anna.ref, codes=(code,))
    cancel(first)
    assert Coupon.objects.get().used == 1


def test_coupons_stay_used_where_the_shop_wants_it_so(store: Store) -> None:
    anna = make_customer(store)
    coupon = named_coupon(store, anna, limits={"uses_max": 5})
    cancel(order(store, customer=anna.ref, codes=(coupon.code,)).order, return_coupons=False)
    assert (Coupon.objects.get().used, OfferUse.objects.get().used) == (1, 1)


def test_a_revoked_coupon_stays_revoked(store: Store) -> None:
    anna = make_customer(store)
    coupon = named_coupon(store, anna)
    bought = order(store, customer=anna.ref, codes=(coupon.code,)).order
    with transaction.atomic():
        revoke(coupon, by=None, at=AT, reason="mistake")
    cancel(bought)
    assert Coupon.objects.get().used == 1
    assert order(store, customer=anna.ref, codes=(coupon.code,)).order.payable == 1000


def test_limits_in_all_a_day_per_customer_and_in_money_are_free_again(store: Store) -> None:
    limits = {"uses_max": 1, "uses_per_day": 1, "uses_per_customer": 1, "budget_max": 100}
    code = public_coupon(store, limits=limits).code
    first = order(store, customer="anna", codes=(code,)).order
    assert order(store, customer="anna", codes=(code,)).order.payable == 1000
    cancel(first)
    assert (OfferUse.objects.get().used, OfferBudget.objects.get().spent) == (0, 0)
    assert OfferDayUse.objects.get().used == 0
    assert not CustomerUse.objects.exists()
    assert order(store, customer="anna", codes=(code,)).order.payable == 900
    assert verify_ledger(store) == []


def test_the_number_that_is_free_again_is_taken_next(store: Store) -> None:
    code = public_coupon(store, limits={"uses_per_customer": 3}).code
    first, *_ = [order(store, customer="anna", codes=(code,)).order for _ in range(2)]
    cancel(first)
    paid = [order(store, customer="anna", codes=(code,)).order.payable for _ in range(3)]
    assert paid == [900, 900, 1000]
    assert sorted(CustomerUse.objects.values_list("n", flat=True)) == [1, 2, 3]
