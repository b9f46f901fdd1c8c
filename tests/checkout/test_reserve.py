"""A reserved quote keeps its price and its rights: nobody else gets them, and its own order always does."""

from typing import Any

import pytest
from django.db import transaction

from checkout.lapse import let_lapse
from checkout.models import Quote, Reservation
from coupons.models import Coupon, Redemption
from coupons.revoke import revoke
from loyalty.expire import expire_due
from loyalty.models import Account, CustomerUse, Offer, OfferBudget, OfferUse
from loyalty.publish import archive, pause, write_version
from loyalty.queries import points_of
from loyalty.verify import verify_ledger
from shop.models import Customer, Order, Store
from tests.checkout.ask import order, quote
from tests.checkout.hold import (
    EVERY_LIMIT,
    MINUTE,
    all_rights,
    assert_counters_are_reservations,
    held,
    order_of,
    release,
    reserve,
)
from tests.checkout.reverse import balance, cancel, fulfil, give, member, mugs, owed, points_store, refund
from tests.factories import AT, DAY
from tests.factories.offers_that_run import document, public_coupon

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


def test_a_reserved_quote_holds_everything_that_its_price_needs(store: Store, anna: Customer) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    assert reserved.priced.quote.payable == 700
    assert held() == {"uses": 1, "days": 1, "numbers": 1, "money": 100, "coupons": 1, "points": 200}
    assert (reserved.quote.status, reserved.quote.ends_at) == ("held", AT + 30 * MINUTE)
    assert reserved.renewable_until == AT + 120 * MINUTE
    assert Order.objects.count() == 0


def test_its_order_turns_every_hold_into_the_use(store: Store, anna: Customer) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    done = order_of(reserved, at=AT + 29 * MINUTE)
    assert (done.created, done.order.payable, done.order.points_spent) == (True, 700, 200)
    assert held() == {}
    assert (OfferUse.objects.get().used, OfferBudget.objects.get().spent) == (1, 100)
    assert (Coupon.objects.get().used, CustomerUse.objects.get().order) == (1, done.order)
    # 300 less 200, and 7 earned on what was paid
    assert balance(anna) == 107
    kept = Quote.objects.get()
    assert (kept.status, kept.order, Reservation.objects.count()) == ("spent", done.order, 0)


def test_a_cancelled_order_gives_back_what_was_held_for_it(store: Store, anna: Customer) -> None:
    asked = all_rights(store, anna)
    done = order_of(reserve(store, **asked))
    cancel(done.order)
    assert order(store, **asked).order.payable == 700


def test_nobody_else_gets_what_is_held(store: Store, anna: Customer) -> None:
    asked = all_rights(store, anna)
    reserve(store, **asked)
    other = order(store, **asked, cart="c2")
    assert (other.order.payable, other.order.points_spent) == (900, 100)
    assert other.priced is not None
    assert [each.refusal for each in other.priced.quote.refused] == ["used_up"]
    again = reserve(store, **asked, cart="c3")
    assert (again.priced.quote.payable, again.priced.quote.points_limited_by) == (1000, "not_enough_points")


def test_a_hold_never_blocks_its_own_cart(store: Store, anna: Customer) -> None:
    asked = all_rights(store, anna)
    reserve(store, **asked)
    assert quote(store, **asked, cart="c1").quote.payable == 700
    assert quote(store, **asked).quote.payable == 900
    assert reserve(store, **asked, at=AT + MINUTE).priced.quote.payable == 700
    # The order may name the cart alone.
    assert order(store, **asked, cart="c1", at=AT + MINUTE).order.payable == 700
    assert held() == {}
    assert Quote.objects.get(status="spent").priced_at == AT + MINUTE


def end_it(offer: Offer) -> None:
    ended = document(limits=EVERY_LIMIT, schedule={"ends_at": (AT + MINUTE).isoformat()})
    write_version(offer, ended, by=None, at=AT + MINUTE)


def make_it_worse(offer: Offer) -> None:
    terms = document(benefits=[{"kind": "percent_off", "rate_bp": 100}], limits=EVERY_LIMIT)
    write_version(offer, terms, by=None, at=AT + MINUTE)


def take_its_limits_away(offer: Offer) -> None:
    write_version(offer, document(), by=None, at=AT + MINUTE)


@pytest.mark.parametrize(
    "change",
    [
        end_it,
        make_it_worse,
        take_its_limits_away,
        lambda offer: pause(offer, at=AT + MINUTE),
        lambda offer: archive(offer, at=AT + MINUTE),
    ],
)
def test_a_held_right_never_fails_at_commit(store: Store, anna: Customer, change: Any) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    offer = Offer.objects.get()
    version = offer.versions.get()
    with transaction.atomic():
        change(offer)
    store.refresh_from_db()
    done = order_of(reserved, at=AT + 2 * MINUTE)
    assert (done.order.payable, done.order.discounts.get().version) == (700, version)
    assert (OfferUse.objects.get().used, held()) == (1, {})


def test_a_coupon_that_has_expired_is_redeemed_all_the_same(store: Store, anna: Customer) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    Coupon.objects.update(ends_at=AT + MINUTE)
    assert order_of(reserved, at=AT + 2 * MINUTE).order.payable == 700
    assert Redemption.objects.count() == 1


def test_a_public_code_that_has_ended_keeps_its_reserved_price(store: Store) -> None:
    coupon = public_coupon(store)
    reserved = reserve(store, codes=(coupon.code,))
    Coupon.objects.update(ends_at=AT + MINUTE)
    assert order_of(reserved, at=AT + 2 * MINUTE).order.payable == 900
    assert held() == {}


def test_a_coupon_revoked_meanwhile_is_redeemed_and_gives_nothing_more(store: Store, anna: Customer) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    with transaction.atomic():
        revoke(Coupon.objects.get(), by=None, at=AT, reason="mistake")
    assert order_of(reserved).order.payable == 700
    coupon = Coupon.objects.get()
    assert (coupon.used, coupon.held, coupon.uses_max) == (1, 0, 1)


def test_a_coupon_revoked_meanwhile_is_not_free_again_once_it_is_let_go(store: Store, anna: Customer) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    with transaction.atomic():
        revoke(Coupon.objects.get(), by=None, at=AT, reason="mistake")
    release(reserved)
    coupon = Coupon.objects.get()
    assert (coupon.used, coupon.held, coupon.uses_max) == (0, 0, 0)


def test_a_switch_that_pauses_all_redemption_leaves_held_rights(store: Store, anna: Customer) -> None:
    reserved = reserve(store, **all_rights(store, anna))
    Store.objects.update(is_redemption_paused=True)
    store.refresh_from_db()
    assert order_of(reserved).order.payable == 700


def test_points_that_have_expired_meanwhile_are_spent_all_the_same(store: Store) -> None:
    anna = member(store)
    give(anna, 100, ends_at=AT + MINUTE)
    reserved = reserve(store, customer=anna.ref, points_to_spend=60)
    late = AT + 2 * MINUTE
    assert expire_due(at=late) == 1  # the 40 that nobody holds
    assert (balance(anna), points_of(anna, at=late).held) == (60, 60)
    assert expire_due(at=late) == 0
    done = order_of(reserved, at=late)
    assert (done.order.points_spent, done.order.payable) == (60, 940)
    assert points_of(anna, at=late).held == 0


def test_points_that_have_expired_meanwhile_end_with_the_hold(store: Store) -> None:
    anna = member(store)
    give(anna, 100, ends_at=AT + MINUTE)
    first = reserve(store, customer=anna.ref, points_to_spend=60)
    reserve(store, customer=anna.ref, points_to_spend=30, cart="c2")
    late = AT + 2 * MINUTE
    assert expire_due(at=late) == 1
    assert balance(anna) == 90
    release(first, at=late)
    assert balance(anna) == 30
    assert let_lapse(at=AT + 30 * MINUTE) == 1
    assert expire_due(at=AT + 30 * MINUTE) == 0
    assert balance(anna) == 0


def test_held_points_are_shown_beside_what_can_be_spent(store: Store, anna: Customer) -> None:
    reserve(store, customer=anna.ref, points_to_spend=200)
    points = points_of(anna, at=AT)
    assert (points.active, points.held, points.pending, points.total) == (100, 200, 0, 300)


def test_a_refund_leaves_held_points_and_what_is_missing_becomes_a_debt(store: Store) -> None:
    anna = member(store)
    first = order(store, customer=anna.ref, lines=mugs(10), at=AT - 60 * DAY).order
    fulfil(first, at=AT - 60 * DAY)
    assert points_of(anna, at=AT).active == 100
    reserved = reserve(store, customer=anna.ref, points_to_spend=70)
    refund(first, (1, 10))
    assert (balance(anna), owed(anna), points_of(anna, at=AT).held) == (70, 70, 70)
    assert order_of(reserved).order.points_spent == 70
    assert (owed(anna), Account.objects.get(customer=anna).held) == (61, 0)  # 9 earned repaid some


def test_points_that_are_let_go_repay_the_debt_first(store: Store) -> None:
    anna = member(store)
    first = order(store, customer=anna.ref, lines=mugs(10), at=AT - 60 * DAY).order
    fulfil(first, at=AT - 60 * DAY)
    reserved = reserve(store, customer=anna.ref, points_to_spend=70)
    refund(first, (1, 10))
    release(reserved)
    assert (balance(anna), owed(anna)) == (0, 0)
