"""How a reservation changes and ends: renewed, spent, let go, lapsed; and what then is free again."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from checkout.errors import OrderConflict, PriceChanged
from checkout.lapse import HoldsLapsed, again_without_lapsed, let_lapse
from checkout.models import Quote
from checkout.prune import prune_quotes
from coupons.models import Coupon
from loyalty.models import OfferBudget, OfferUse
from loyalty.publish import archive
from loyalty.verify import verify_ledger
from shop.models import Cart, Customer, Order, Store
from tests.checkout.ask import MUG, order
from tests.checkout.hold import (
    MINUTE,
    all_rights,
    assert_counters_are_reservations,
    faults_of,
    held,
    order_of,
    release,
    reserve,
    token_of,
)
from tests.checkout.reverse import balance, give, member, mugs, points_store
from tests.factories import AT, DAY, make_cart, make_customer, make_store
from tests.factories.offers_that_run import named_coupon, public_coupon, run_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return points_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    anna = member(store)
    give(anna, 300)
    return anna


@pytest.fixture(autouse=True)
def counters_add_up() -> Any:
    yield
    assert_counters_are_reservations()
    assert [found for store in Store.objects.all() for found in verify_ledger(store)] == []


def test_an_order_of_another_cart_is_priced_anew_with_the_same_rights(store: Store, anna: Customer) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    with pytest.raises(PriceChanged):
        order_of(reserved, lines=mugs(2))
    assert held()["uses"] == 1
    done = order_of(reserved, lines=mugs(2), accept_changes=True, points_to_spend=250)
    # All of the budget of 2.00, half of which was held.
    assert (done.order.discount, done.order.points_spent) == (200, 250)
    assert (held(), Quote.objects.get().status) == ({}, "spent")


def test_what_the_order_does_not_need_any_more_is_free_again(store: Store, anna: Customer) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    done = order_of(reserved, codes=(), points_to_spend=0, accept_changes=True)
    assert (done.order.payable, held()) == (1000, {})
    assert (OfferUse.objects.get().used, OfferBudget.objects.get().spent, Coupon.objects.get().used) == (
        0,
        0,
        0,
    )


def test_an_order_of_somebody_else_gets_none_of_it(store: Store, anna: Customer) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    bert = make_customer(store)
    done = order_of(reserved, customer=bert.ref, accept_changes=True)
    assert (done.order.payable, done.order.points_spent, held()) == (1000, 0, {})
    assert balance(anna) == 300


def test_an_order_told_twice_is_one_order(store: Store, anna: Customer) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    first, again = order_of(reserved, ref="77"), order_of(reserved, ref="77")
    assert (first.created, again.created, again.order.pk) == (True, False, first.order.pk)
    with pytest.raises(OrderConflict):
        order_of(reserved, ref="77", lines=mugs(3))


def test_a_spent_quote_is_no_second_order_even_if_changes_are_accepted(store: Store, anna: Customer) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    order_of(reserved)
    assert faults_of(lambda: order_of(reserved)) == "quote_spent"
    assert faults_of(lambda: order_of(reserved, accept_changes=True)) == "quote_spent"
    assert faults_of(lambda: release(reserved)) == "quote_spent"


def test_a_released_quote_is_refused_and_its_rights_are_free(store: Store, anna: Customer) -> None:
    asked = all_rights(store, anna)
    reserved = reserve(store, **asked)
    assert release(reserved).status == "released"
    assert release(reserved).status == "released"
    assert held() == {}
    assert faults_of(lambda: order_of(reserved)) == "quote_released"
    other = order(store, **asked)
    assert other.order.payable == 700
    assert order_of(reserved, accept_changes=True).order.payable == 900


def test_a_replaced_quote_is_refused_and_accepting_changes_uses_the_newer_one(
    store: Store, anna: Customer
) -> None:
    asked = all_rights(store, anna)
    old = reserve(store, **asked)
    new = reserve(store, **asked, at=AT + MINUTE)
    assert faults_of(lambda: order_of(old, at=AT + MINUTE)) == "quote_replaced"
    assert faults_of(lambda: release(old)) == "quote_replaced"
    done = order_of(old, at=AT + MINUTE, accept_changes=True)
    assert (done.order.payable, held()) == (700, {})
    new.quote.refresh_from_db()
    assert new.quote.order == done.order


@pytest.mark.parametrize(("minutes", "is_kept"), [(30, False), (29, True)])
def test_a_hold_ends_by_time_however_late_the_job(
    store: Store, anna: Customer, minutes: int, is_kept: bool
) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    if is_kept:
        assert order_of(reserved, at=AT + minutes * MINUTE).created
    else:
        assert faults_of(lambda: order_of(reserved, at=AT + minutes * MINUTE)) == "quote_lapsed"


def test_the_job_ends_what_is_due_and_only_that(store: Store, anna: Customer) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    reserve(store, cart="c2", at=AT + MINUTE)
    assert let_lapse(at=AT + 30 * MINUTE - timedelta(seconds=1)) == 0
    assert let_lapse(at=AT + 30 * MINUTE) == 1
    assert (held(), let_lapse(at=AT + 30 * MINUTE)) == ({}, 0)
    assert faults_of(lambda: order_of(reserved, at=AT + 30 * MINUTE)) == "quote_lapsed"
    assert release(reserved, at=AT + 30 * MINUTE).status == "lapsed"


def test_a_sandbox_lets_go_by_its_own_clock(anna: Customer) -> None:
    ahead = make_store(is_sandbox=True, clock_shift_seconds=3600)
    reserve(ahead, cart="c1", at=AT + timedelta(hours=1))
    assert let_lapse(at=AT + 29 * MINUTE) == 0
    assert let_lapse(at=AT + 30 * MINUTE) == 1


def test_a_renewal_lasts_half_an_hour_again_and_two_hours_in_all(store: Store, anna: Customer) -> None:
    asked = all_rights(store, anna)
    ends = []
    for minutes in (0, 25, 50, 75, 100):
        reserved = reserve(store, **asked, at=AT + minutes * MINUTE)
        ends.append((reserved.quote.ends_at - AT) // MINUTE)
        assert held() == {"uses": 1, "days": 1, "numbers": 1, "money": 100, "coupons": 1, "points": 200}
    assert ends == [30, 55, 80, 105, 120]
    # Its time is over: the cart begins anew, as anybody may now.
    begun = reserve(store, **asked, at=AT + 120 * MINUTE)
    assert (begun.quote.first_at, begun.priced.quote.payable) == (AT + 120 * MINUTE, 700)


def test_a_renewal_holds_what_differs(store: Store, anna: Customer) -> None:
    coupon = named_coupon(store, anna, limits={"uses_max": 5, "budget_max": 500})
    gift = public_coupon(store, "GIFT", limits={"uses_max": 5})
    reserve(store, customer=anna.ref, codes=(coupon.code,), points_to_spend=50)
    assert held() == {"uses": 1, "money": 100, "coupons": 1, "points": 50}
    reserve(store, customer=anna.ref, codes=(coupon.code,), points_to_spend=250, lines=mugs(3))
    assert held() == {"uses": 1, "money": 300, "coupons": 1, "points": 250}
    reserve(store, customer=anna.ref, codes=(coupon.code,), points_to_spend=20)
    assert held() == {"uses": 1, "money": 100, "coupons": 1, "points": 20}
    reserve(store, customer=anna.ref, codes=(gift.code,))
    assert held() == {"uses": 1}
    assert OfferUse.objects.get(held=1).offer == gift.campaign.offer


def test_a_guest_who_signs_in_takes_the_hold_along(store: Store, anna: Customer) -> None:
    coupon = public_coupon(store, limits={"uses_max": 1})
    reserve(store, codes=(coupon.code,))
    signed_in = reserve(store, codes=(coupon.code,), customer=anna.ref, points_to_spend=100)
    assert signed_in.priced.quote.payable == 800
    assert held() == {"uses": 1, "points": 100}
    somebody = make_customer(store)
    reserve(store, codes=(coupon.code,), customer=somebody.ref, points_to_spend=100)
    assert held() == {"uses": 1}


def test_a_cart_of_two_coupons_of_one_offer_holds_two_uses(store: Store, anna: Customer) -> None:
    offer = run_offer(
        store,
        lane="order",
        benefits=[{"kind": "amount_off", "amount": 100}],
        limits={"uses_max": 2, "uses_per_customer": 2, "budget_max": 500},
    )
    codes = tuple(named_coupon(store, anna, offer=offer).code for _ in range(2))
    reserved = reserve(store, customer=anna.ref, codes=codes)
    assert held() == {"uses": 2, "numbers": 2, "money": 200, "coupons": 2}
    assert order_of(reserved).order.payable == 800
    assert (OfferUse.objects.get().used, OfferBudget.objects.get().spent) == (2, 200)


def test_a_cart_without_any_limit_keeps_its_price(store: Store) -> None:
    offer = run_offer(store, audience={"kind": "everyone"})
    reserved = reserve(store, customer="new", delivery=300)
    with transaction.atomic():
        archive(offer, at=AT)
    store.refresh_from_db()
    assert order_of(reserved).order.payable == 1200
    assert Order.objects.get().customer == Customer.objects.get(ref="new")


def test_the_carts_own_row_becomes_ordered(store: Store) -> None:
    make_cart(store, ref="c1")
    order_of(reserve(store))
    assert Cart.objects.get().status == "ordered"


def test_a_lapsed_hold_stands_in_nobodys_way(store: Store, anna: Customer) -> None:
    asked = all_rights(store, anna)
    reserve(store, **asked)
    later = AT + 31 * MINUTE
    with pytest.raises(HoldsLapsed):
        reserve(store, **asked, cart="c2", at=later, is_last_try=False)
    renewed = again_without_lapsed(
        store, lambda is_last_try: reserve(store, **asked, cart="c2", at=later, is_last_try=is_last_try)
    )
    assert renewed.priced.quote.payable == 700


def test_a_used_up_limit_without_lapsed_holds_is_no_reason_to_try_again(store: Store) -> None:
    coupon = public_coupon(store, limits={"uses_max": 1})
    order(store, codes=(coupon.code,))
    assert reserve(store, codes=(coupon.code,), is_last_try=False).priced.quote.payable == 1000


def test_one_store_does_not_reach_anothers_reservation(store: Store) -> None:
    reserved, other = reserve(store), make_store()
    token = token_of(reserved)
    assert faults_of(lambda: order(other, quote_token=token)) == "quote_token_invalid"
    reserved.quote.store = other
    assert faults_of(lambda: release(reserved)) == "quote_unknown"


def test_what_is_over_is_forgotten_after_a_month(store: Store) -> None:
    release(reserve(store))
    reserve(store, cart="c2")
    order_of(reserve(store, cart="c3"))
    assert prune_quotes(at=AT + 31 * DAY) == 0
    assert prune_quotes(at=AT + 31 * DAY + 31 * MINUTE) == 2
    assert Quote.objects.get().cart_ref == "c2"


def test_tokens_of_reserved_quotes_name_them(store: Store) -> None:
    reserved = reserve(store, lines=(MUG, MUG))
    assert token_of(reserved) != token_of(reserve(store, lines=(MUG, MUG)))
