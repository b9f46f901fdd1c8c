"""Catalogue, carts, orders, refunds, and the shop's own work."""

from uuid import UUID

import pytest

from shop.models import Activity
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    AT,
    DAY,
    make_activity,
    make_cart,
    make_cart_line,
    make_heartbeat,
    make_job,
    make_order,
    make_order_line,
    make_price_point,
    make_product,
    make_product_group,
    make_refund,
    make_refund_line,
)

QUOTE = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")

CATALOGUE = [
    Rule(
        "shop_product_sku_once",
        broken_by=lambda ours, _: [make_product(ours, sku="85123A"), make_product(ours, sku="85123A")],
        allows=lambda ours, theirs: [make_product(ours, sku="85123A"), make_product(theirs, sku="85123A")],
    ),
    Rule(
        "shop_product_price_not_negative",
        broken_by=lambda ours, _: make_product(ours, price=-1),
        allows=lambda ours, _: make_product(ours, price=0),
    ),
    Rule(
        "shop_product_cost_not_negative",
        broken_by=lambda ours, _: make_product(ours, cost=-1),
        allows=lambda ours, _: [make_product(ours, cost=0), make_product(ours, cost=None)],
    ),
    Rule(
        "shop_product_lowest_price_not_negative",
        broken_by=lambda ours, _: make_product(ours, lowest_price=-1),
        allows=lambda ours, _: [make_product(ours, lowest_price=0), make_product(ours, lowest_price=None)],
    ),
    Rule(
        "shop_pricepoint_price_not_negative",
        broken_by=lambda ours, _: make_price_point(make_product(ours), price=-1),
        allows=lambda ours, _: make_price_point(make_product(ours), price=0),
    ),
    Rule(
        "shop_product_tax_at_most_whole",
        broken_by=lambda ours, _: make_product(ours, tax_bp=10_001),
        allows=lambda ours, _: make_product(ours, tax_bp=10_000),
    ),
    Rule(
        "shop_product_kind_known",
        broken_by=lambda ours, _: make_product(ours, kind="animal"),
        allows=lambda ours, _: make_product(ours, kind="gift_balance"),
    ),
    Rule(
        "shop_productgroup_code_once",
        broken_by=lambda ours, _: [make_product_group(ours, code="a"), make_product_group(ours, code="a")],
        allows=lambda ours, theirs: [
            make_product_group(ours, code="a"),
            make_product_group(theirs, code="a"),
        ],
    ),
    Rule(
        "shop_productgroup_band_in_order",
        broken_by=lambda ours, _: make_product_group(ours, price_min=101, price_max=100),
        allows=lambda ours, _: make_product_group(ours, price_min=100, price_max=100),
    ),
]

CARTS = [
    Rule(
        "shop_cart_ref_once",
        broken_by=lambda ours, _: [make_cart(ours, ref="c1"), make_cart(ours, ref="c1")],
        allows=lambda ours, theirs: [make_cart(ours, ref="c1"), make_cart(theirs, ref="c1")],
    ),
    Rule(
        "shop_cart_subtotal_not_negative",
        broken_by=lambda ours, _: make_cart(ours, subtotal=-1),
        allows=lambda ours, _: make_cart(ours, subtotal=0),
    ),
    Rule(
        "shop_cart_status_known",
        broken_by=lambda ours, _: make_cart(ours, status="lost"),
        allows=lambda ours, _: make_cart(ours, status="emptied"),
    ),
    Rule(
        "shop_cartline_ordinal_once",
        broken_by=lambda ours, _: [
            make_cart_line(cart := make_cart(ours), ordinal=1),
            make_cart_line(cart, ordinal=1),
        ],
        allows=lambda ours, _: [
            make_cart_line(cart := make_cart(ours), ordinal=1),
            make_cart_line(cart, ordinal=2),
        ],
    ),
    Rule(
        "shop_cartline_quantity_positive",
        broken_by=lambda ours, _: make_cart_line(make_cart(ours), quantity=0),
        allows=lambda ours, _: make_cart_line(make_cart(ours), quantity=1),
    ),
    Rule(
        "shop_cartline_price_not_negative",
        broken_by=lambda ours, _: make_cart_line(make_cart(ours), unit_price=-1),
        allows=lambda ours, _: make_cart_line(make_cart(ours), unit_price=0),
    ),
]

ORDERS = [
    Rule(
        "shop_order_ref_once",
        broken_by=lambda ours, _: [make_order(ours, ref="536365"), make_order(ours, ref="536365")],
        allows=lambda ours, theirs: [make_order(ours, ref="536365"), make_order(theirs, ref="536365")],
    ),
    Rule(
        "shop_order_quote_once",
        broken_by=lambda ours, _: [make_order(ours, quote_key=QUOTE), make_order(ours, quote_key=QUOTE)],
        allows=lambda ours, theirs: [
            *(make_order(ours, quote_key=QUOTE), make_order(theirs, quote_key=QUOTE)),
            *(make_order(ours, quote_key=None), make_order(ours, quote_key=None)),
        ],
    ),
    Rule(
        "shop_order_adds_up",
        broken_by=lambda ours, _: make_order(
            ours, goods=1000, discount=100, delivery=300, delivery_discount=50, payable=1151
        ),
        allows=lambda ours, _: make_order(
            ours, goods=1000, discount=100, delivery=300, delivery_discount=50, payable=1150
        ),
    ),
    Rule(
        "shop_order_discount_within_goods",
        broken_by=lambda ours, _: make_order(ours, goods=1000, discount=1001, payable=-1, refunded=-1),
        allows=lambda ours, _: make_order(ours, goods=1000, discount=1000, payable=0),
    ),
    Rule(
        "shop_order_delivery_discount_within",
        broken_by=lambda ours, _: make_order(ours, delivery=300, delivery_discount=301, payable=999),
        allows=lambda ours, _: make_order(ours, delivery=300, delivery_discount=300, payable=1000),
    ),
    Rule(
        "shop_order_refunded_within_paid",
        broken_by=lambda ours, _: make_order(ours, payable=1000, refunded=1001),
        allows=lambda ours, _: make_order(ours, payable=1000, refunded=1000),
    ),
    Rule(
        "shop_order_status_known",
        broken_by=lambda ours, _: make_order(ours, status="lost"),
        allows=lambda ours, _: make_order(ours, status="cancelled"),
    ),
    Rule(
        "shop_order_source_known",
        broken_by=lambda ours, _: make_order(ours, source="fax"),
        allows=lambda ours, _: make_order(ours, source="late"),
    ),
    Rule(
        "shop_orderline_ordinal_once",
        broken_by=lambda ours, _: [
            make_order_line(order := make_order(ours), ordinal=1),
            make_order_line(order, ordinal=1),
        ],
        allows=lambda ours, _: [
            make_order_line(order := make_order(ours), ordinal=1),
            make_order_line(order, ordinal=2),
        ],
    ),
    Rule(
        "shop_orderline_quantity_positive",
        broken_by=lambda ours, _: make_order_line(make_order(ours), quantity=0, total=0),
        allows=lambda ours, _: make_order_line(make_order(ours), quantity=1, total=500),
    ),
    Rule(
        "shop_orderline_price_not_negative",
        broken_by=lambda ours, _: make_order_line(
            make_order(ours), quantity=1, unit_price=-1, discount=-1, total=0
        ),
        allows=lambda ours, _: make_order_line(make_order(ours), unit_price=0, total=0),
        without=("shop_orderline", "shop_orderline_discount_within"),
    ),
    Rule(
        "shop_orderline_adds_up",
        broken_by=lambda ours, _: make_order_line(
            make_order(ours), quantity=3, unit_price=255, discount=65, total=701
        ),
        allows=lambda ours, _: make_order_line(
            make_order(ours), quantity=3, unit_price=255, discount=65, total=700
        ),
    ),
    Rule(
        "shop_orderline_discount_within",
        broken_by=lambda ours, _: make_order_line(make_order(ours), discount=1001, total=-1),
        allows=lambda ours, _: make_order_line(make_order(ours), discount=1000, total=0),
    ),
    Rule(
        "shop_orderline_refunded_within",
        broken_by=lambda ours, _: make_order_line(make_order(ours), quantity=2, refunded_quantity=3),
        allows=lambda ours, _: make_order_line(make_order(ours), quantity=2, refunded_quantity=2),
    ),
]

REFUNDS = [
    Rule(
        "shop_refund_ref_once",
        broken_by=lambda ours, _: [make_refund(ours, ref="C1"), make_refund(ours, ref="C1")],
        allows=lambda ours, theirs: [make_refund(ours, ref="C1"), make_refund(theirs, ref="C1")],
    ),
    Rule(
        "shop_refund_amount_not_negative",
        broken_by=lambda ours, _: make_refund(ours, amount=-1),
        allows=lambda ours, _: make_refund(ours, amount=0),
    ),
    Rule(
        "shop_refund_source_known",
        broken_by=lambda ours, _: make_refund(ours, source="fax"),
        allows=lambda ours, _: make_refund(ours, source="import"),
    ),
    Rule(
        "shop_refundline_ordinal_once",
        broken_by=lambda ours, _: [
            make_refund_line(refund := make_refund(ours), ordinal=1),
            make_refund_line(refund, ordinal=1),
        ],
        allows=lambda ours, _: [
            make_refund_line(refund := make_refund(ours), ordinal=1),
            make_refund_line(refund, ordinal=2),
        ],
    ),
    Rule(
        "shop_refundline_quantity_positive",
        broken_by=lambda ours, _: make_refund_line(make_refund(ours), quantity=0),
        allows=lambda ours, _: make_refund_line(make_refund(ours), quantity=1),
    ),
    Rule(
        "shop_refundline_amount_not_negative",
        broken_by=lambda ours, _: make_refund_line(make_refund(ours), amount=-1),
        allows=lambda ours, _: make_refund_line(make_refund(ours), amount=0),
    ),
]

WORK = [
    Rule(
        "shop_job_status_known",
        broken_by=lambda ours, _: make_job(ours, status="lost"),
        allows=lambda ours, _: make_job(ours, status="cancelled"),
    ),
    Rule(
        "shop_job_done_within_total",
        broken_by=lambda ours, _: make_job(ours, done_count=11, total_count=10),
        allows=lambda ours, _: [
            make_job(ours, done_count=10, total_count=10),
            make_job(ours, done_count=10, total_count=None),
        ],
    ),
    Rule(
        "shop_heartbeat_name_key",
        broken_by=lambda *_: [make_heartbeat(name="beat"), make_heartbeat(name="beat")],
        allows=lambda *_: [make_heartbeat(name="clock"), make_heartbeat(name="bell")],
    ),
    Rule(
        "shop_activity_store",
        broken_by=lambda ours, _: [
            make_activity(ours, at=AT),
            Activity.objects.create(store_id=0, kind="order.placed", at=AT, recorded_at=AT),
        ],
        allows=lambda ours, _: make_activity(ours, at=AT),
    ),
    Rule(
        "shop_activity_key",
        broken_by=lambda ours, _: [make_activity(ours, id=7, at=AT), make_activity(ours, id=7, at=AT)],
        allows=lambda ours, _: [make_activity(ours, id=7, at=AT), make_activity(ours, id=7, at=AT + DAY)],
        reported_as="shop_activity_y2026m11_pkey",
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", [*CATALOGUE, *CARTS, *ORDERS, *REFUNDS, *WORK], ids=str)
def test_database_refuses_what_breaks_the_rule(rule: Rule) -> None:
    assert_database_keeps(rule)
