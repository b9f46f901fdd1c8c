"""What a campaign's goods cost, and that its figures are those that checkout wrote down."""

from typing import Any

import pytest
from django.db.models import Sum

from checkout.request import LineRequest
from coupons.models import CouponCampaign
from loyalty.models import Discount
from reports.queries.campaign import CampaignReport, campaign_report
from reports.queries.margin import campaign_margin
from shop.models import Order, Store
from tests.checkout.ask import order
from tests.factories import AT, DAY, make_campaign, make_coupon, make_offer, make_product, make_store
from tests.factories import programme_rows as programme
from tests.factories import shop_rows as shop
from tests.factories.offers_that_run import public_coupon

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def campaign(store: Store) -> CouponCampaign:
    return make_campaign(make_offer(store))


def sold(campaign: CouponCampaign, *lines: dict[str, Any], **given: Any) -> Order:
    """An order with one of the campaign's coupons, made of these lines."""
    made = shop.make_order(campaign.store, **given)
    for ordinal, line in enumerate(lines, start=1):
        shop.make_order_line(made, ordinal=ordinal, **line)
    programme.make_redemption(make_coupon(campaign), made)
    return made


def line(*, cost: int | None, price: int = 1200, quantity: int = 1, **given: Any) -> dict[str, Any]:
    fresh = {
        "unit_price": price,
        "quantity": quantity,
        "total": price * quantity,
        "tax_bp": 2000,
        "cost": cost,
    }
    return fresh | given


def margin(campaign: CouponCampaign) -> tuple[int | None, int | None, int]:
    found = campaign_margin(campaign, since=AT - DAY, until=AT + DAY)
    return found.cost, found.margin, found.known_bp


def test_margin_is_what_was_paid_without_tax_less_cost(campaign: CouponCampaign) -> None:
    sold(campaign, line(cost=400, price=1200, quantity=2, discount=240, total=2160))
    assert margin(campaign) == (800, 1000, 10_000)  # 21.60 with 20 % tax is 18.00, two pieces cost 8.00


def test_a_missing_cost_is_unknown_and_not_nought(campaign: CouponCampaign) -> None:
    sold(campaign, line(cost=None))
    assert margin(campaign) == (None, None, 0)


def test_where_some_costs_are_known_the_share_is_told(campaign: CouponCampaign) -> None:
    sold(campaign, line(cost=400, price=1200), line(cost=None, price=3600))
    assert margin(campaign) == (400, 600, 2500)


def test_goods_sent_back_neither_cost_nor_earn(campaign: CouponCampaign) -> None:
    sold(campaign, line(cost=400, quantity=3, refunded_quantity=2), line(cost=400, refunded_quantity=1))
    assert margin(campaign) == (400, 600, 10_000)


def test_cancelled_orders_have_no_margin(campaign: CouponCampaign) -> None:
    sold(campaign, line(cost=400), status=Order.Status.CANCELLED)
    assert margin(campaign) == (None, None, 0)


def test_an_order_with_two_coupons_is_counted_once(campaign: CouponCampaign) -> None:
    made = sold(campaign, line(cost=400))
    programme.make_redemption(make_coupon(campaign), made)
    assert margin(campaign) == (400, 600, 10_000)


def _report(campaign: CouponCampaign, *, days: int) -> CampaignReport:
    return campaign_report(campaign.store, campaign, since=AT, until=AT + days * DAY)


@pytest.mark.parametrize("days", [1, 2, 3])
def test_the_report_equals_the_discounts_that_checkout_wrote(store: Store, days: int) -> None:
    make_product(store, sku="MUG", cost=400, tax_bp=0)
    coupon = public_coupon(store, "SPRING")
    for day in range(3):
        for price in (1000, 1333, 5):
            asked = LineRequest(sku="MUG", quantity=1 + day, unit_price=price)
            order(store, lines=(asked,), codes=("SPRING",), at=AT + day * DAY)
    order(store)  # without the coupon
    written = Discount.objects.filter(
        version__offer=coupon.campaign.offer, order__placed_at__lt=AT + days * DAY
    ).aggregate(total=Sum("amount"))["total"]
    paid = Order.objects.filter(discounts__version__offer=coupon.campaign.offer)
    report = _report(coupon.campaign, days=days)
    assert report.discount == written
    assert report.revenue == sum(one.payable for one in paid.filter(placed_at__lt=AT + days * DAY).distinct())
    assert report.orders >= 2 * days  # one so small that nothing comes off it is no use of the coupon


def test_a_gift_that_an_offer_adds_costs_what_it_costs_and_counts_as_discount(store: Store) -> None:
    make_product(store, sku="MUG", cost=400, tax_bp=0)
    make_product(store, sku="SOAP", price=300, cost=120, tax_bp=0)
    gift = {"kind": "gift_item", "skus": ["SOAP"], "how": "added"}
    coupon = public_coupon(store, lane="gifts", benefits=[gift])
    made = order(store, codes=(coupon.code,)).order
    found = campaign_report(store, coupon.campaign, since=AT - DAY, until=AT + DAY)
    assert (found.revenue, found.discount, found.cost, found.margin) == (1000, 300, 520, 480)
    assert Discount.objects.get(order=made).amount == 300
