"""A campaign's figures: what counts, what does not, and where a period ends."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from coupons.models import CouponCampaign
from reports.queries.campaign import CampaignReport, campaign_report
from reports.queries.campaigns import list_campaigns
from shop.models import Order, Store
from tests.factories import programme_rows as programme
from tests.factories import shop_rows as shop
from tests.factories.moments import AT, DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return shop.make_store(time_zone="Europe/London")


@pytest.fixture
def campaign(store: Store) -> CouponCampaign:
    return programme.make_campaign(programme.make_offer(store))


def _use(
    campaign: CouponCampaign, *, at: datetime = AT, paid: int = 1800, off: int = 200, **order: Any
) -> Order:
    customer = shop.make_customer(campaign.store)
    coupon = programme.make_coupon(campaign, customer=customer)
    made = shop.make_order(
        campaign.store, customer=customer, goods=paid + off, discount=off, payable=paid, **order
    )
    programme.make_redemption(coupon, made, amount=off, at=at, customer=customer)
    return made


def _report(
    campaign: CouponCampaign, *, since: datetime = AT - 21 * DAY, until: datetime = AT + DAY
) -> CampaignReport:
    return campaign_report(campaign.store, campaign, since=since, until=until)


def test_revenue_is_what_was_paid_after_discount_and_refund(campaign: CouponCampaign) -> None:
    _use(campaign, paid=1800, off=200)
    _use(campaign, paid=900, off=100, refunded=400)
    report = _report(campaign)
    assert (report.redeemed, report.orders, report.buyers) == (2, 2, 2)
    assert (report.revenue, report.discount) == (2300, 300)
    assert report.discount_share_bp == 1154  # 300 of 2600, rounded half up


def test_a_cancelled_order_is_a_use_but_no_revenue(campaign: CouponCampaign) -> None:
    _use(campaign, status=Order.Status.CANCELLED)
    report = _report(campaign)
    assert (report.redeemed, report.orders, report.buyers, report.revenue, report.discount) == (1, 0, 0, 0, 0)


def test_an_order_with_two_coupons_of_the_campaign_is_paid_once(campaign: CouponCampaign) -> None:
    order = _use(campaign, paid=1700, off=300)
    programme.make_redemption(programme.make_coupon(campaign), order, amount=50, at=AT)
    report = _report(campaign)
    assert (report.redeemed, report.orders, report.revenue, report.discount) == (2, 1, 1700, 350)
    assert list_campaigns(campaign.store)[0].revenue == 1700


def test_a_use_at_the_end_of_the_period_is_in_the_next_one(campaign: CouponCampaign) -> None:
    _use(campaign, at=AT)
    assert _report(campaign, until=AT).orders == 0
    assert _report(campaign, until=AT + timedelta(microseconds=1)).orders == 1
    assert _report(campaign, since=AT).orders == 1


def test_weeks_begin_on_mondays_of_the_stores_calendar(campaign: CouponCampaign) -> None:
    sunday_evening = AT.replace(month=10, day=25, hour=23, minute=30)  # AT is a Monday in winter time
    _use(campaign, at=sunday_evening, paid=1000)
    _use(campaign, at=sunday_evening + timedelta(minutes=30), paid=2000)
    weeks = _report(campaign, since=AT - 14 * DAY).weeks
    assert [(week.starts_on.isoformat(), week.revenue) for week in weeks] == [
        ("2026-10-19", 1000),
        ("2026-10-26", 2000),
        ("2026-11-02", 0),
    ]


def test_messages_count_by_how_they_ended(campaign: CouponCampaign) -> None:
    step = programme.make_step(programme.make_trigger(campaign.store, campaign=campaign))
    for status, reason in (("sent", ""), ("sent", ""), ("suppressed", "no_consent"), ("due", "")):
        programme.make_message(
            step,
            shop.make_customer(campaign.store),
            status=status,
            reason=reason,
            decided_at=None if status == "due" else AT,
        )
    report = _report(campaign)
    assert (report.messages, report.sent, report.waiting) == (4, 2, 1)
    assert [(state.status, state.reason, state.count) for state in report.states] == [
        ("sent", "", 2),
        ("due", "", 1),
        ("suppressed", "no_consent", 1),
    ]
    assert [week.sent for week in report.weeks][-1] == 2


def test_another_campaigns_orders_stay_out(campaign: CouponCampaign) -> None:
    _use(programme.make_campaign(campaign.offer))
    assert _report(campaign).orders == 0


@pytest.mark.parametrize("orders", [1, 30])
def test_a_report_is_six_queries_whatever_the_size(
    campaign: CouponCampaign, orders: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(orders):
        _use(campaign)
    with django_assert_num_queries(6):
        _report(campaign)
    with django_assert_num_queries(1):
        list_campaigns(campaign.store)
