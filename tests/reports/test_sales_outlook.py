"""Where a month stands, where it is heading, and what running offers are expected to do in it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from loyalty.models import Offer
from reports.forecast.figures import Forecast, Month
from reports.forecast.run_forecast import KIND
from reports.queries.sales_outlook import SalesOutlook, sales_outlook
from shop.models import Job, Store
from tests.factories import make_job, make_order, make_order_line, make_store
from tests.factories.moments import DAY
from tests.factories.offers_that_run import run_offer

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 1)
# Ten of the thirty-one days of May are gone.
NOON = datetime(2026, 5, 11, tzinfo=UTC)
EVERYONE = {"kind": "everyone"}


@pytest.fixture
def store() -> Store:
    return make_store(time_zone="UTC")


def outlook(store: Store, *, at: datetime = NOON, month: date = MAY) -> SalesOutlook:
    return sales_outlook(store, month, at=at)


def sell(store: Store, amount: int, *, days_ago: int, cost: int | None = None, **given: Any) -> None:
    placed_at = NOON - timedelta(days=days_ago)
    order = make_order(store, placed_at=placed_at, goods=amount, payable=amount, **given)
    make_order_line(order, quantity=1, unit_price=amount, total=amount, cost=cost)


def running(store: Store, **terms: Any) -> Offer:
    fresh: dict[str, Any] = {"at": NOON - DAY, "lane": "sale", "audience": EVERYONE}
    return run_offer(store, **fresh | terms)


def forecast_of(offer: Offer, **given: Any) -> Job:
    """Of a hundred days: 200 orders that paid £1,000.00 instead of £1,100.00, and 25 % more to break even."""
    fresh: dict[str, Any] = {
        "since": NOON - timedelta(days=100),
        "until": NOON,
        "orders": 400,
        "qualifying": 200,
        "buyers": 90,
        "revenue_before": 110_000,
        "revenue_after": 100_000,
        "margin_before": 50_000,
        "margin_after": 40_000,
        "cost_known_bp": 10_000,
        "points": 0,
        "points_cost": 0,
        "months": (Month(date(2026, 1, 1), 400, 200, 10_000),),
        "missed": (),
    }
    version = offer.versions.get()
    return make_job(
        offer.store,
        kind=KIND,
        status=Job.Status.DONE,
        params={"version": version.pk},
        result=msgspec.to_builtins(Forecast(**fresh | given)),
    )


def test_sold_is_what_orders_of_the_month_paid_less_returns(store: Store) -> None:
    sell(store, 5_000, days_ago=10)
    sell(store, 3_000, days_ago=1, refunded=1_000)
    sell(store, 9_999, days_ago=1, status="cancelled")
    sell(store, 700, days_ago=11)  # in April
    found = outlook(store)
    assert (found.sold.orders, found.sold.revenue) == (2, 7_000)
    assert found.gone_bp == 3_226  # 10 of 31 days


def test_margin_is_that_of_goods_whose_cost_is_known(store: Store) -> None:
    sell(store, 3_000, days_ago=2, cost=1_800)
    sell(store, 1_000, days_ago=1)
    sell(store, 5_000, days_ago=11, cost=1)  # in April
    found = outlook(store).margin
    assert (found.margin, found.known_bp) == (1_200, 7_500)


def test_the_month_begins_and_ends_in_the_stores_zone(store: Store) -> None:
    Store.objects.filter(pk=store.pk).update(time_zone="Asia/Tokyo")
    store.refresh_from_db()
    found = outlook(store)
    assert found.since == datetime(2026, 4, 30, 15, tzinfo=UTC)
    assert found.until == datetime(2026, 5, 31, 15, tzinfo=UTC)


def test_the_pace_of_four_weeks_goes_on_to_the_end_of_the_month(store: Store) -> None:
    sell(store, 1, days_ago=60)
    sell(store, 28_000, days_ago=20)
    sell(store, 2_800, days_ago=5)
    found = outlook(store)
    # 308.00 in 28 days are 11.00 a day, for 21 more days; in May are 28.00 of it already.
    assert (found.weeks, found.projected) == (4, 2_800 + 21 * 1_100)


def test_of_a_young_shop_whole_weeks_are_the_pace(store: Store) -> None:
    sell(store, 1_400, days_ago=8)
    sell(store, 700, days_ago=3)
    found = outlook(store)
    assert (found.weeks, found.projected) == (1, 2_100 + 21 * 100)


def test_less_than_a_week_tells_no_pace(store: Store) -> None:
    assert outlook(store).projected is None
    sell(store, 1_400, days_ago=6)
    assert outlook(store).projected is None


def test_a_month_that_is_over_came_to_what_it_sold(store: Store) -> None:
    sell(store, 1_400, days_ago=3)
    running(store)
    found = outlook(store, at=datetime(2026, 6, 1, tzinfo=UTC))
    assert (found.is_over, found.projected, found.gone_bp, found.offers) == (True, 1_400, 10_000, ())


def test_a_month_to_come_is_all_pace(store: Store) -> None:
    sell(store, 1, days_ago=60)
    sell(store, 2_800, days_ago=5)
    found = outlook(store, month=date(2026, 6, 1))
    assert (found.has_begun, found.sold.orders, found.projected) == (False, 0, 3_000)


def test_a_forecast_gives_the_part_of_it_that_the_month_is(store: Store) -> None:
    offer = running(store)
    forecast_of(offer)
    (found,) = outlook(store).offers
    assert found.expected is not None
    # 31 of a hundred days.
    assert (found.expected.orders, found.expected.revenue, found.expected.cost) == (62, 31_000, 3_100)
    assert found.expected.to_break_even == 7_750
    assert outlook(store).summed == found.expected


def test_only_the_days_count_on_which_the_offer_runs(store: Store) -> None:
    offer = running(store, schedule={"ends_at": "2026-05-11T12:00:00Z"})
    forecast_of(offer)
    (found,) = outlook(store).offers
    assert found.expected is not None
    assert found.expected.revenue == 10_500  # ten days and a half


def test_a_forecast_counts_from_the_shops_first_month_with_orders(store: Store) -> None:
    offer = running(store)
    forecast_of(offer, months=(Month(date(2026, 4, 11), 400, 200, 10_000),))
    (found,) = outlook(store).offers
    assert found.expected is not None
    assert found.expected.revenue == 103_333  # 31 days of 30


def test_the_newest_forecast_of_the_terms_of_today_counts(store: Store) -> None:
    offer = running(store)
    forecast_of(offer, revenue_after=1)
    forecast_of(offer)
    forecast_of(running(store), qualifying=0, revenue_after=0, revenue_before=0)
    first, _second = outlook(store).offers
    assert first.expected is not None
    assert first.expected.revenue == 31_000


def test_without_a_forecast_nothing_is_expected_and_nothing_summed(store: Store) -> None:
    running(store)
    found = outlook(store)
    assert [one.expected for one in found.offers] == [None]
    assert found.summed is None


def test_offers_with_a_code_are_in_no_sum(store: Store) -> None:
    forecast_of(running(store, audience={"kind": "coupon"}))
    found = outlook(store)
    assert (found.offers[0].needs_code, found.offers[0].expected is None, found.summed) == (True, False, None)


def test_offers_that_are_over_or_paused_are_not_shown(store: Store) -> None:
    running(store, schedule={"ends_at": "2026-05-01T00:00:00Z"})
    Offer.objects.filter(pk=running(store).pk).update(status=Offer.Status.PAUSED)
    store.refresh_from_db()
    assert outlook(store).offers == ()


@pytest.mark.parametrize("offers", [1, 6])
def test_it_is_five_queries_for_one_offer_and_for_many(
    store: Store, offers: int, django_assert_num_queries: Any
) -> None:
    sell(store, 1_400, days_ago=8)
    for _ in range(offers):
        forecast_of(running(store))
    outlook(store)  # what a process does once
    with django_assert_num_queries(5):
        assert len(outlook(store).offers) == offers
