"""A limit a day: counted on the store's local day of the order, held for the day it was held on, given back to it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from checkout.commit import Committed
from loyalty.models import Offer, OfferDayUse, OrderDayUse
from loyalty.publish import write_version
from loyalty.take_day_use import return_day_uses
from loyalty.verify import FindingCode, verify_ledger
from pricing.refusals import Refusal
from shop.models import Store
from tests.checkout.ask import order, quote
from tests.checkout.hold import assert_counters_are_reservations, held, order_of, release, reserve
from tests.checkout.reverse import cancel
from tests.factories import make_store
from tests.factories.offers_that_run import document, public_coupon, run_offer

pytestmark = pytest.mark.django_db

# In London, where the tests' store is, winter days are those of UTC.
EVENING = datetime(2026, 11, 2, 23, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 3, tzinfo=UTC)
TEN_MINUTES = timedelta(minutes=10)
EVERYONE: dict[str, Any] = {"lane": "order", "audience": {"kind": "everyone"}}


@pytest.fixture
def store() -> Store:
    return make_store()


def promotion(store: Store, *, a_day: int, **limits: int) -> Offer:
    """Ten percent off every order, `a_day` times a day."""
    return run_offer(store, **EVERYONE, limits={"uses_per_day": a_day, **limits})


def change_limit(store: Store, offer: Offer, *, a_day: int | None, at: datetime) -> None:
    with transaction.atomic():
        write_version(offer, document(**EVERYONE, limits={"uses_per_day": a_day}), by=None, at=at)
    store.refresh_from_db()


def payable(done: Committed) -> int:
    return done.order.payable


def used() -> dict[date, int]:
    return {row.day: row.used for row in OfferDayUse.objects.order_by("day")}


def test_the_second_of_one_a_day_is_refused_and_told_that_it_is_for_today(store: Store) -> None:
    promotion(store, a_day=1)
    assert payable(order(store, at=EVENING)) == 900
    refused = quote(store, at=EVENING).quote.refused
    assert [each.refusal for each in refused] == [Refusal.USED_UP_TODAY]
    assert payable(order(store, at=EVENING)) == 1000


def test_it_works_again_from_the_first_moment_of_the_next_day(store: Store) -> None:
    promotion(store, a_day=1)
    order(store, at=EVENING)
    assert payable(order(store, at=MIDNIGHT)) == 900
    assert used() == {EVENING.date(): 1, MIDNIGHT.date(): 1}


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Europe/London", datetime(2026, 7, 1, 22, 59, tzinfo=UTC), date(2026, 7, 1)),
        ("Europe/London", datetime(2026, 7, 1, 23, tzinfo=UTC), date(2026, 7, 2)),
        ("Asia/Vladivostok", datetime(2026, 7, 1, 14, tzinfo=UTC), date(2026, 7, 2)),
        ("America/Los_Angeles", datetime(2026, 7, 2, 6, 59, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_a_day_is_the_stores_local_day(zone: str, moment: datetime, day: date) -> None:
    store = make_store(time_zone=zone)
    run_offer(store, **EVERYONE, limits={"uses_per_day": 1}, at=moment - timedelta(days=1))
    order(store, at=moment)
    assert used() == {day: 1}


def test_an_order_reported_late_counts_on_the_day_it_was_placed(store: Store) -> None:
    promotion(store, a_day=1)
    order(store, at=MIDNIGHT, placed_at=EVENING)
    assert used() == {EVENING.date(): 1}
    assert payable(order(store, at=MIDNIGHT)) == 900


def test_the_limit_in_all_goes_first_where_both_are_reached(store: Store) -> None:
    promotion(store, a_day=1, uses_max=1)
    order(store, at=EVENING)
    assert [each.refusal for each in quote(store, at=EVENING).quote.refused] == [Refusal.USED_UP]


def test_a_coupon_that_is_used_up_itself_is_not_told_to_come_back_tomorrow(store: Store) -> None:
    code = public_coupon(store, limits={"uses_per_day": 1}).code
    order(store, codes=(code,), at=EVENING)
    told = quote(store, codes=(code,), at=EVENING).quote.refused
    assert [(each.coupon, each.refusal) for each in told] == [(code, Refusal.USED_UP_TODAY)]


def test_of_a_large_limit_every_shard_is_used_to_the_end(store: Store) -> None:
    promotion(store, a_day=1000)
    order(store, at=EVENING)
    rows = OfferDayUse.objects.order_by("shard")
    assert list(rows.values_list("uses_max", flat=True)) == [125] * 8
    OfferDayUse.objects.update(used=125)
    OfferDayUse.objects.filter(shard=5).update(used=124)
    assert payable(order(store, at=EVENING)) == 900
    assert payable(order(store, at=EVENING)) == 1000


# --- held by carts


def test_a_held_use_is_taken_from_the_day_and_free_for_its_own_cart(store: Store) -> None:
    promotion(store, a_day=1)
    reserved = reserve(store, at=EVENING)
    assert held() == {"days": 1}
    assert [each.refusal for each in quote(store, at=EVENING).quote.refused] == [Refusal.USED_UP_TODAY]
    assert quote(store, cart="c1", at=EVENING).quote.payable == 900
    assert_counters_are_reservations()
    release(reserved, at=EVENING)
    assert (held(), quote(store, at=EVENING).quote.payable) == ({}, 900)


def test_what_was_held_yesterday_is_counted_yesterday_though_ordered_today(store: Store) -> None:
    promotion(store, a_day=1)
    reserved = reserve(store, at=EVENING)
    done = order_of(reserved, at=MIDNIGHT + TEN_MINUTES)
    assert (payable(done), used()) == (900, {EVENING.date(): 1})
    assert payable(order(store, at=MIDNIGHT + TEN_MINUTES)) == 900


def test_a_cart_renewed_after_midnight_keeps_the_day_it_holds(store: Store) -> None:
    promotion(store, a_day=1)
    reserve(store, at=EVENING)
    renewed = reserve(store, at=MIDNIGHT + TEN_MINUTES)
    assert renewed.priced.quote.payable == 900
    assert OfferDayUse.objects.get(held=1).day == EVENING.date()


def test_cancelling_frees_the_day_that_the_use_was_counted_on(store: Store) -> None:
    promotion(store, a_day=1)
    held_yesterday = order_of(reserve(store, at=EVENING), at=MIDNIGHT)
    bought_today = order(store, at=MIDNIGHT)
    cancel(held_yesterday.order, at=MIDNIGHT)
    assert used() == {EVENING.date(): 0, MIDNIGHT.date(): 1}
    assert payable(order(store, at=MIDNIGHT)) == 1000
    cancel(bought_today.order, at=MIDNIGHT)
    assert payable(order(store, at=MIDNIGHT)) == 900
    assert verify_ledger(store) == []


def test_a_day_pruned_since_has_nothing_to_give_back(store: Store) -> None:
    promotion(store, a_day=1)
    done = order(store, at=EVENING)
    OrderDayUse.objects.all().delete()
    OfferDayUse.objects.all().delete()
    return_day_uses(done.order)
    assert used() == {}


# --- a new version of the terms


def test_a_higher_limit_counts_for_the_day_that_has_begun(store: Store) -> None:
    offer = promotion(store, a_day=1)
    order(store, at=EVENING)
    change_limit(store, offer, a_day=2, at=EVENING)
    assert payable(order(store, at=EVENING)) == 900
    assert payable(order(store, at=EVENING)) == 1000


def test_a_lower_limit_closes_the_day_and_leaves_the_past_alone(store: Store) -> None:
    offer = promotion(store, a_day=3)
    yesterday = EVENING - timedelta(days=1)
    order(store, at=yesterday)
    for _ in range(2):
        order(store, at=EVENING)
    change_limit(store, offer, a_day=1, at=EVENING)
    assert payable(order(store, at=EVENING)) == 1000
    assert payable(order(store, at=MIDNIGHT)) == 900
    assert payable(order(store, at=MIDNIGHT)) == 1000
    assert OfferDayUse.objects.get(day=yesterday.date()).uses_max == 3


def test_a_limit_that_grows_large_is_split_from_then_on(store: Store) -> None:
    offer = promotion(store, a_day=1)
    order(store, at=EVENING)
    change_limit(store, offer, a_day=1000, at=EVENING)
    rows = OfferDayUse.objects.order_by("shard")
    assert [row.uses_max for row in rows] == [126, *[125] * 6, 124]
    assert payable(order(store, at=EVENING)) == 900


def test_a_limit_that_is_taken_away_is_asked_no_more(store: Store) -> None:
    offer = promotion(store, a_day=1)
    order(store, at=EVENING)
    change_limit(store, offer, a_day=None, at=EVENING)
    assert payable(order(store, at=EVENING)) == 900


# --- the ledger's check


def test_a_day_that_says_more_than_its_orders_is_found(store: Store) -> None:
    promotion(store, a_day=5)
    order(store, at=EVENING)
    OfferDayUse.objects.update(used=2)
    assert [(each.code, each.expected, each.found) for each in verify_ledger(store)] == [
        (FindingCode.DAY_USES_ARE_NOT_THEIR_ORDERS, 1, 2)
    ]
