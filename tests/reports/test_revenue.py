"""A gift balance is revenue when it pays, not when it is sold: in every report alike."""

import pytest

from checkout.request import LineRequest
from reports.queries.campaign import campaign_report
from reports.queries.campaigns import list_campaigns
from reports.queries.discount_share import discount_share
from reports.queries.margin import campaign_margin, store_margin
from reports.queries.revenue import orders_and_revenue
from reports.queries.sales import weekly_sales
from reports.queries.usual_order import ORDERS_MIN, usual_order
from shop.models import Product, Store
from tests.checkout.ask import order
from tests.checkout.gift import gift
from tests.checkout.reverse import points_store, refund
from tests.factories import AT, DAY, make_order, make_order_line, make_product
from tests.factories.offers_that_run import public_coupon

pytestmark = pytest.mark.django_db

UNTIL = AT + DAY
CARD = LineRequest("CARD", 2, 5000)
MUG = LineRequest("MUG", 1, 1000)


@pytest.fixture
def store() -> Store:
    store = points_store()
    make_product(store, sku="CARD", price=5000, kind=Product.Kind.GIFT_BALANCE)
    make_product(store, sku="MUG", price=1000, cost=400, tax_bp=0)
    return store


def revenue(store: Store) -> int:
    """The same by the week and by any span."""
    (week,) = weekly_sales(store, weeks=1, until=UNTIL)
    assert (week.orders, week.revenue) == orders_and_revenue(store, since=AT - DAY, until=UNTIL)
    return week.revenue


def test_selling_a_gift_balance_is_no_revenue_and_delivering_it_is(store: Store) -> None:
    sold = order(store, lines=(CARD, MUG), delivery=300, paid_at=AT).order
    assert (sold.payable, revenue(store)) == (11300, 1300)
    refund(sold, (1, 1))
    assert revenue(store) == 1300
    refund(sold, (2, 1))
    assert revenue(store) == 300


def test_paying_with_a_gift_balance_is_revenue_once(store: Store) -> None:
    _, code = gift(store, 800)
    bought = order(store, lines=(MUG,), gift_balances=(code,)).order
    assert (bought.payable, bought.balance_amount, revenue(store)) == (200, 800, 1000)
    refund(bought, (1, 1))
    assert revenue(store) == 0


def test_a_campaign_counts_what_gift_balances_paid_and_not_those_that_were_sold(store: Store) -> None:
    coupon = public_coupon(store)  # 10 % off
    _, code = gift(store, 500)
    order(store, lines=(CARD, MUG), codes=(coupon.code,), gift_balances=(code,))
    report = campaign_report(store, coupon.campaign, since=AT - DAY, until=UNTIL)
    assert (report.revenue, report.discount) == (900, 100)
    assert [row.revenue for row in list_campaigns(store)] == [900]
    for goods in (
        campaign_margin(coupon.campaign, since=AT - DAY, until=UNTIL),
        store_margin(store, since=AT - DAY, until=UNTIL),
    ):
        assert (goods.cost, goods.margin, goods.known_bp) == (400, 500, 10_000)
    share = discount_share(store, until=UNTIL)
    assert (share.revenue, share.discounted) == (900, 900)


def test_a_usual_order_is_one_of_goods(store: Store) -> None:
    for _ in range(ORDERS_MIN):
        made = make_order(store, goods=1000, payable=1000)
        make_order_line(made, sku="MUG", quantity=1, unit_price=1000, total=1000)
        only = make_order(store, goods=9000, payable=9000)
        make_order_line(only, sku="CARD", quantity=1, unit_price=9000, total=9000, gift_value=9000)
    assert usual_order(store) == 1000


def test_another_stores_gift_balances_are_not_taken_off(store: Store) -> None:
    other = points_store()
    make_product(other, sku="CARD", price=5000, kind=Product.Kind.GIFT_BALANCE)
    order(other, lines=(CARD,), paid_at=AT)
    order(store, lines=(MUG,))
    assert (revenue(store), revenue(other)) == (1000, 0)
