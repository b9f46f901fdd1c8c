"""A limit of ten a day: ten of 64 that come at once, on each of two days. With its counter-proof."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

import checkout.commit
from checkout.commit import Committed
from checkout.request import QuoteRequest
from checkout.reserve import Reserved
from loyalty.models import Offer, OfferDayUse, OrderDayUse
from loyalty.publish import write_version
from loyalty.verify import verify_ledger
from shop.models import Order, Store
from tests.checkout.ask import MUG, order
from tests.checkout.hold import assert_counters_are_reservations, reserve
from tests.factories import make_store
from tests.factories.offers_that_run import document, run_offer
from tests.races.at_once import Rewrite, at_once, drop_constraint, meet_after, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)

TRIES = 64
A_DAY = 10
EVENING = datetime(2026, 11, 2, 23, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 3, tzinfo=UTC)
GUARD = "uses_max > used + held"


@pytest.fixture
def store() -> Store:
    return make_store()


def ten_a_day(store: Store) -> Offer:
    return run_offer(store, lane="order", audience={"kind": "everyone"}, limits={"uses_per_day": A_DAY})


def order_at(store: Store, at: datetime) -> Callable[[], Committed]:
    return lambda: order(store, at=at)


def race_of_orders(store: Store, monkeypatch: pytest.MonkeyPatch, rewrite: Rewrite | None = None) -> None:
    ten_a_day(store)
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=TRIES)
    results = at_once([order_at(store, EVENING)] * TRIES, workers=TRIES, rewrite=rewrite)
    assert len(of_type(results, Committed)) == TRIES, results


def taken() -> dict[date, int]:
    return {row.day: row.used for row in OfferDayUse.objects.all()}


def test_ten_of_64_orders_get_what_there_is_ten_times_a_day(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    race_of_orders(store, monkeypatch)
    assert taken() == {EVENING.date(): A_DAY}
    assert OrderDayUse.objects.count() == A_DAY
    assert sorted(Order.objects.values_list("payable", flat=True)) == [900] * A_DAY + [1000] * (TRIES - A_DAY)
    assert verify_ledger(store) == []


def test_without_its_guard_all_64_get_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    drop_constraint("loyalty_offerdayuse", "loyalty_offerdayuse_within_limit")
    race_of_orders(store, monkeypatch, rewrite=without(GUARD))
    assert taken()[EVENING.date()] > A_DAY


def test_where_the_statement_forgets_the_limit_the_constraint_still_keeps_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ten_a_day(store)
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=TRIES)
    results = at_once([order_at(store, EVENING)] * TRIES, workers=TRIES, rewrite=without(GUARD))
    assert of_type(results, IntegrityError)
    assert taken() == {EVENING.date(): A_DAY}


def test_two_days_that_meet_at_midnight_have_ten_each(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ten_a_day(store)
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=TRIES)
    jobs = [order_at(store, at) for at in (EVENING, MIDNIGHT) for _ in range(TRIES // 2)]
    at_once(jobs, workers=TRIES)
    assert taken() == {EVENING.date(): A_DAY, MIDNIGHT.date(): A_DAY}
    assert verify_ledger(store) == []


def test_without_the_days_own_key_a_day_begins_many_times(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each transaction that finds no rows would make the day anew, and there would be ten more of it each time."""
    drop_constraint("loyalty_offerdayuse", "loyalty_offerdayuse_shard_once")
    ten_a_day(store)
    meet_after(monkeypatch, "loyalty.take_day_use.parts_of", workers=8)
    at_once([order_at(store, EVENING)] * 8, workers=8)
    assert OfferDayUse.objects.count() > 1


def test_carts_and_orders_together_take_no_more_than_ten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ten_a_day(store)

    def hold(n: int) -> Callable[[], Reserved]:
        return lambda: reserve(store, cart=f"c{n}", at=EVENING)

    at_once([*(hold(n) for n in range(16)), *[order_at(store, EVENING)] * 16], workers=32)
    row = OfferDayUse.objects.get()
    assert row.used + row.held == A_DAY
    assert_counters_are_reservations()


@pytest.mark.parametrize("turn", range(3))
def test_a_limit_changed_while_the_day_begins_is_the_days_limit(
    store: Store, monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    """Eight orders were priced with ten a day when the version that says two comes: what is used by then stays."""
    offer = ten_a_day(store)
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=9)
    price = vars(checkout.commit)["quote_cart"]
    terms = document(lane="order", audience={"kind": "everyone"}, limits={"uses_per_day": 2})

    def change() -> None:
        price(store, QuoteRequest(lines=(MUG,)), at=EVENING)
        with transaction.atomic():
            write_version(offer, terms, by=None, at=EVENING)

    at_once([*[order_at(store, EVENING)] * 8, change], workers=9)
    row = OfferDayUse.objects.get()
    assert row.uses_max == max(row.used, 2)
