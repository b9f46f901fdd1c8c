"""The figures of the panel's first page."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from reports.queries.points import points_outstanding
from reports.queries.sales import repeat_share, weekly_sales
from reports.queries.signs_of_life import signs_of_life
from reports.queries.silence import count_silent
from shop.models import Order, Store
from tests.factories import programme_rows as programme
from tests.factories import shop_rows as shop
from tests.factories.moments import AT, DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return shop.make_store()


def test_a_week_ends_where_the_next_begins(store: Store) -> None:
    instant = timedelta(microseconds=1)
    for moment in (AT, AT - instant, AT - 7 * DAY, AT - 7 * DAY - instant, AT - 14 * DAY - instant):
        shop.make_order(store, placed_at=moment)
    before, now = weekly_sales(store, weeks=2, until=AT)
    assert (now.orders, before.orders) == (2, 1)  # this very moment is not yet in, fifteen days ago no more


def test_revenue_leaves_out_cancelled_orders_and_refunds(store: Store) -> None:
    shop.make_order(store, placed_at=AT - DAY, goods=5000, payable=5000, refunded=1200)
    shop.make_order(store, placed_at=AT - DAY, status=Order.Status.CANCELLED)
    (week,) = weekly_sales(store, weeks=1, until=AT)
    assert (week.orders, week.revenue) == (1, 3800)


def test_weeks_without_orders_are_there_and_empty(store: Store) -> None:
    assert [week.orders for week in weekly_sales(store, weeks=12, until=AT)] == [0] * 12


def test_repeat_share_knows_customers_only(store: Store) -> None:
    loyal, once = shop.make_customer(store), shop.make_customer(store)
    for customer in (loyal, loyal, once, None, None):
        shop.make_order(store, customer=customer, placed_at=AT - DAY)
    found = repeat_share(store, since=AT - 7 * DAY, until=AT)
    assert (found.buyers, found.repeaters, found.share_bp) == (2, 1, 5000)


def test_silence_begins_on_the_day_and_not_one_moment_before(store: Store) -> None:
    exactly = AT - 60 * DAY
    shop.make_customer(store, first_order_at=exactly, last_order_at=exactly)
    later = exactly + timedelta(microseconds=1)
    shop.make_customer(store, first_order_at=later, last_order_at=later)
    shop.make_customer(store)  # never ordered: nothing to come back to
    found = count_silent(store, days=60, at=AT)
    assert (found.buyers, found.silent) == (2, 1)


def test_reachable_is_who_said_yes_last_and_has_an_address(store: Store) -> None:
    long_ago = AT - 90 * DAY
    silent = {"first_order_at": long_ago, "last_order_at": long_ago}
    yes, withdrawn, nameless, never_asked = (shop.make_customer(store, **silent) for _ in range(4))
    for customer in (yes, withdrawn, never_asked):
        shop.make_person(customer, email=f"{customer.pk}@example.com")
    for customer in (yes, withdrawn, nameless):
        shop.make_consent(customer, is_given=True, at=long_ago)
    shop.make_consent(withdrawn, is_given=False, at=long_ago + DAY)
    assert never_asked.consents.count() == 0
    found = count_silent(store, days=60, at=AT)
    assert (found.silent, found.reachable) == (4, 1)


def test_points_are_active_between_their_two_moments(store: Store) -> None:
    account = programme.make_account(shop.make_customer(store))
    issued = programme.make_programme_account(store)
    for amount, active_at, ends_at in (
        (1, AT, AT + DAY),  # begins this moment
        (10, AT + DAY, AT + 9 * DAY),  # still pending
        (100, AT - 9 * DAY, AT),  # ended this moment
    ):
        transfer = programme.make_transfer(issued, account, amount=amount)
        programme.make_lot(transfer, active_at=active_at, ends_at=ends_at)
    found = points_outstanding(store, at=AT)
    assert (found.active, found.pending, found.ending_soon, found.holders) == (1, 10, 1, 1)


def test_a_shop_whose_worker_was_never_seen_is_not_well(store: Store) -> None:
    assert not signs_of_life(store, at=AT).is_well
    shop.make_heartbeat(name="tick", at=AT - timedelta(seconds=30))
    assert signs_of_life(store, at=AT).is_well
    shop.make_job(store, status="failed", finished_at=AT - DAY)
    life = signs_of_life(store, at=AT)
    assert (life.failed_jobs, life.is_well) == (1, False)


@pytest.mark.parametrize("size", [1, 25])
def test_every_figure_is_one_query(
    store: Store, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(size):
        shop.make_order(store, customer=shop.make_customer(store), placed_at=AT - DAY)
    with django_assert_num_queries(1):
        weekly_sales(store, weeks=12, until=AT)
    with django_assert_num_queries(1):
        repeat_share(store, since=AT - 7 * DAY, until=AT)
    with django_assert_num_queries(1):
        count_silent(store, days=60, at=AT)
    with django_assert_num_queries(1):
        points_outstanding(store, at=AT)
    with django_assert_num_queries(4):
        signs_of_life(store, at=AT)
