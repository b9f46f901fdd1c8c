"""A forecast prices past orders anew: figures worked out by hand."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from config.jobs import WORKS
from loyalty.models import Offer, OfferVersion
from loyalty.publish import write_version
from panel.offers.say_forecast import say_notes
from reports.forecast.figures import Forecast
from reports.forecast.run_forecast import latest_forecast, read_forecast, start_forecast
from reports.forecast.tally import Tally
from shop.jobs import run_next_job
from shop.models import Customer, Job, Order, Store
from tests.factories import (
    AT,
    DAY,
    make_customer,
    make_offer,
    make_order,
    make_order_line,
    make_product,
    make_product_group,
    make_store,
)
from tests.factories.offers_that_run import run_offer
from tests.factories.segment_rows import make_member_row, make_segment_row
from tests.factories.status_rows import make_tier, make_tier_change, make_tier_rules

pytestmark = pytest.mark.django_db

TEN_PERCENT: dict[str, Any] = {"kind": "percent_off", "rate_bp": 1000}


@pytest.fixture
def store() -> Store:
    return make_store(time_zone="Europe/London")


def past(store: Store, price: int, *, days_ago: int, sku: str = "TEA", **given: Any) -> Order:
    order = make_order(store, placed_at=AT - days_ago * DAY, **given)
    make_order_line(order, sku=sku, quantity=1, unit_price=price, total=price)
    return order


def draft(store: Store, **terms: Any) -> OfferVersion:
    offer = make_offer(store, status=Offer.Status.DRAFT)
    document = {"v": 1, "lane": "sale", "benefits": [TEN_PERCENT]} | terms
    with transaction.atomic():
        return write_version(offer, document, by=None, at=AT)


def forecast(version: OfferVersion) -> Forecast:
    """Asked for and worked out by the worker."""
    start_forecast(version, by=None, at=AT)
    assert run_next_job(WORKS, at=AT) == 1
    job = latest_forecast(version)
    assert job is not None
    assert job.error == ""
    found = read_forecast(job)
    assert found is not None
    return found


def test_counts_who_would_have_got_it_and_what_it_would_have_cost(store: Store) -> None:
    anna = make_customer(store)
    past(store, 5_000, days_ago=40, customer=anna)
    past(store, 2_000, days_ago=9)
    past(store, 1_999, days_ago=8)
    found = forecast(draft(store, conditions=[{"kind": "subtotal_at_least", "amount": 2_000}]))
    assert (found.orders, found.qualifying, found.buyers) == (3, 2, 1)
    assert (found.revenue_before, found.revenue_after, found.cost) == (7_000, 6_300, 700)
    assert [(each.refusal, each.orders, each.missing) for each in found.missed] == [("below_minimum", 1, 1)]
    assert [(month.starts_on, month.orders, month.qualifying, month.cost) for month in found.months] == [
        (date(2026, 9, 1), 1, 1, 500),
        (date(2026, 10, 1), 2, 1, 200),
    ]


def test_only_the_year_before_counts_and_no_cancelled_order(store: Store) -> None:
    past(store, 1_000, days_ago=366)
    past(store, 1_000, days_ago=5, status=Order.Status.CANCELLED)
    past(store, 1_000, days_ago=364)
    assert forecast(draft(store)).orders == 1


def test_margin_and_the_sales_that_pay_for_it(store: Store) -> None:
    make_product(store, sku="TEA", cost=500, tax_bp=2_000)
    past(store, 1_200, days_ago=3)
    found = forecast(draft(store))
    # Without: 12.00 is 10.00 net, less 5.00 is 5.00. With 10 % off: 10.80 is 9.00 net, less 5.00 is 4.00.
    assert (found.margin_before, found.margin_after) == (500, 400)
    assert found.uplift_bp == 2_500  # five orders at 4.00 earn what four at 5.00 did
    assert found.cost_known_bp == 10_000
    assert not found.is_never


def test_an_offer_that_leaves_nothing_never_pays(store: Store) -> None:
    make_product(store, sku="TEA", cost=900, tax_bp=0)
    past(store, 1_000, days_ago=3)
    found = forecast(draft(store))
    assert found.margin_after == 0
    assert found.uplift_bp is None
    assert found.is_never


def test_unknown_costs_are_unknown_and_not_nothing(store: Store) -> None:
    past(store, 1_000, days_ago=3)
    found = forecast(draft(store))
    assert (found.margin_before, found.margin_after, found.uplift_bp) == (None, None, None)
    assert not found.is_never


def test_what_runs_today_is_taken_off_before(store: Store) -> None:
    run_offer(store, lane="sale", audience={"kind": "everyone"}, benefits=[TEN_PERCENT])
    past(store, 1_000, days_ago=3)
    version = draft(store, lane="order", conditions=[{"kind": "subtotal_at_least", "amount": 900}])
    found = forecast(version)
    assert (found.revenue_before, found.revenue_after) == (900, 810)


def test_an_offer_that_a_better_one_beats_costs_nothing(store: Store) -> None:
    run_offer(
        store,
        lane="sale",
        audience={"kind": "everyone"},
        benefits=[{"kind": "percent_off", "rate_bp": 2_000}],
    )
    past(store, 1_000, days_ago=3)
    found = forecast(draft(store))
    assert (found.qualifying, found.cost) == (0, 0)
    assert found.missed[0].refusal == "other_offer_better"


def test_a_code_counts_as_brought_by_everybody(store: Store) -> None:
    past(store, 1_000, days_ago=3)
    found = forecast(draft(store, lane="coupon", audience={"kind": "coupon"}))
    assert found.needs_code
    assert found.cost == 100


def test_next_months_offer_is_tried_on_last_year(store: Store) -> None:
    past(store, 1_000, days_ago=3)
    soon = (AT + 30 * DAY).isoformat()
    assert forecast(draft(store, schedule={"starts_at": soon, "ends_at": None})).qualifying == 1


def test_recurring_days_are_those_of_the_past(store: Store) -> None:
    past(store, 1_000, days_ago=7)  # a Monday, as the tests' moment is
    past(store, 1_000, days_ago=6)
    weekly = {"kind": "weekly", "weekdays": [1], "from_minute": 0, "to_minute": 1440}
    found = forecast(draft(store, schedule={"recurring": weekly}))
    assert (found.orders, found.qualifying) == (2, 1)
    assert found.missed[0].refusal == "not_in_window"


def test_the_third_order_is_counted_in_the_past(store: Store) -> None:
    anna = make_customer(store)
    past(store, 1_000, days_ago=400, customer=anna)  # before the year that is looked at
    for days_ago in (30, 20, 10):
        past(store, 1_000, days_ago=days_ago, customer=anna)
    found = forecast(draft(store, conditions=[{"kind": "nth_order", "n": 3}]))
    assert (found.orders, found.qualifying) == (3, 1)
    assert {month.starts_on: month.qualifying for month in found.months} == {date(2026, 10, 1): 1}


def test_what_the_past_does_not_tell_is_taken_as_met_and_said(store: Store) -> None:
    past(store, 1_000, days_ago=3)
    found = forecast(draft(store, conditions=[{"kind": "payment_method", "methods": ["card"]}]))
    assert found.taken_as_met == ("payment_method",)
    assert found.qualifying == 1


@pytest.fixture
def gold(store: Store) -> Customer:
    """A customer who has been Gold since ten days ago; the store has had tiers for a month."""
    tier = make_tier(store, code="gold")
    make_tier_rules(store, in_force_at=AT - 30 * DAY)
    anna = make_customer(store)
    make_tier_change(anna, number=1, tier=tier, at=AT - 10 * DAY, until_at=AT + 100 * DAY)
    return anna


def test_buyers_had_the_tier_of_that_day(store: Store, gold: Customer) -> None:
    for days_ago in (11, 10, 9):
        past(store, 1_000, days_ago=days_ago, customer=gold)
    past(store, 1_000, days_ago=9, customer=make_customer(store))
    past(store, 1_000, days_ago=9)
    found = forecast(draft(store, conditions=[{"kind": "in_tier", "tiers": ["gold"]}]))
    assert (found.orders, found.qualifying, found.taken_as_met) == (5, 2, ())
    assert [(each.refusal, each.orders) for each in found.missed] == [("not_in_tier", 3)]


def test_before_there_were_tiers_that_of_today_counts_and_the_forecast_says_so(
    store: Store, gold: Customer
) -> None:
    past(store, 1_000, days_ago=31, customer=gold)
    found = forecast(draft(store, conditions=[{"kind": "in_tier", "tiers": ["gold"]}]))
    assert (found.qualifying, found.tiers_began_on) == (1, (AT - 30 * DAY).date())
    assert any("There were no tiers before" in note for note in say_notes(found, language="en"))
    assert forecast(draft(store)).tiers_began_on is None


def test_a_tier_that_was_lost_counts_until_then(store: Store, gold: Customer) -> None:
    make_tier_change(gold, number=2, tier=None, until_at=None, at=AT - 5 * DAY, cause="withdrawn")
    for days_ago in (6, 5, 40):
        past(store, 1_000, days_ago=days_ago, customer=gold)
    assert forecast(draft(store, conditions=[{"kind": "in_tier", "tiers": ["gold"]}])).qualifying == 1


def test_buyers_count_by_the_segments_of_today_and_the_forecast_says_so(store: Store) -> None:
    anna = make_customer(store)
    make_member_row(make_segment_row(store, code="sleeping"), anna)
    past(store, 5_000, days_ago=40, customer=anna)
    past(store, 5_000, days_ago=39, customer=make_customer(store))
    found = forecast(draft(store, conditions=[{"kind": "in_segment", "segments": ["sleeping"]}]))
    assert (found.qualifying, found.by_segments_now, found.taken_as_met) == (1, True, ())
    assert "Past orders count by the segments that their buyers are in now." in say_notes(
        found, language="en"
    )


def test_stops_where_its_limit_would_have_been_reached(store: Store) -> None:
    for days_ago in (30, 20, 10):
        past(store, 1_000, days_ago=days_ago)
    found = forecast(draft(store, limits={"uses_max": 2}))
    assert (found.qualifying, found.cost) == (2, 200)
    assert found.used_up_on == (AT - timedelta(days=20)).date()
    assert found.missed[0].refusal == "used_up"


def test_each_customer_gets_it_as_often_as_the_limit_says(store: Store) -> None:
    anna, ben = make_customer(store), make_customer(store)
    for customer in (anna, anna, ben):
        past(store, 1_000, days_ago=5, customer=customer)
    assert forecast(draft(store, limits={"uses_per_customer": 1})).qualifying == 2


def test_goods_outside_the_group_are_not_touched(store: Store) -> None:
    make_product_group(store, code="tea", skus=["TEA"])
    past(store, 1_000, days_ago=3)
    past(store, 1_000, days_ago=2, sku="MUG")
    benefit = TEN_PERCENT | {"target": {"kind": "in_groups", "groups": ["tea"]}}
    found = forecast(draft(store, benefits=[benefit]))
    assert (found.qualifying, found.cost) == (1, 100)


def test_another_stores_orders_are_not_looked_at(store: Store) -> None:
    past(make_store(), 1_000, days_ago=3)
    found = forecast(draft(store))
    assert (found.orders, found.share_bp, found.months) == (0, 0, ())


def test_extra_points_are_worth_something(store: Store) -> None:
    store.points_value = 2
    store.save()
    past(store, 1_000, days_ago=3)
    found = forecast(draft(store, lane="order", benefits=[{"kind": "extra_points", "points": 50}]))
    assert (found.qualifying, found.cost, found.points, found.points_cost) == (1, 0, 50, 100)


def test_nothing_is_written_but_the_job(store: Store, customer: Customer) -> None:
    past(store, 1_000, days_ago=3, customer=customer)
    before = (Order.objects.count(), store.offers_version)
    forecast(draft(store))
    store.refresh_from_db()
    assert (Order.objects.count(), Job.objects.count()) == (before[0], 1)


@pytest.fixture
def customer(store: Store) -> Customer:
    return make_customer(store)


def test_an_empty_tally_says_so() -> None:
    found = Tally().forecast(since=AT - DAY, until=AT, point_value=0, taken_as_met=[], needs_code=False)
    assert (found.orders, found.cost, found.margin_before, found.uplift_bp, found.is_never) == (
        0,
        0,
        None,
        None,
        False,
    )
