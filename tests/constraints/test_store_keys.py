"""The keys, with the store in them, that references within a store rest on."""

import pytest

from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    make_account,
    make_campaign,
    make_cart,
    make_coupon,
    make_customer,
    make_message,
    make_offer,
    make_order,
    make_product,
    make_step,
    make_trigger,
    make_visitor,
)

KEYS = [
    Rule(
        "shop_customer_store_id",
        broken_by=lambda ours, _: make_customer(ours, id=make_customer(ours).id),
        allows=lambda ours, theirs: [make_customer(ours), make_customer(theirs)],
        without=("shop_customer", "shop_customer_pkey"),
    ),
    Rule(
        "shop_visitor_store_id",
        broken_by=lambda ours, _: make_visitor(ours, id=make_visitor(ours).id),
        allows=lambda ours, theirs: [make_visitor(ours), make_visitor(theirs)],
        without=("shop_visitor", "shop_visitor_pkey"),
    ),
    Rule(
        "shop_product_store_id",
        broken_by=lambda ours, _: make_product(ours, id=make_product(ours).id),
        allows=lambda ours, theirs: [make_product(ours), make_product(theirs)],
        without=("shop_product", "shop_product_pkey"),
    ),
    Rule(
        "shop_cart_store_id",
        broken_by=lambda ours, _: make_cart(ours, id=make_cart(ours).id),
        allows=lambda ours, theirs: [make_cart(ours), make_cart(theirs)],
        without=("shop_cart", "shop_cart_pkey"),
    ),
    Rule(
        "shop_order_store_id",
        broken_by=lambda ours, _: make_order(ours, id=make_order(ours).id),
        allows=lambda ours, theirs: [make_order(ours), make_order(theirs)],
        without=("shop_order", "shop_order_pkey"),
    ),
    Rule(
        "loyalty_offer_store_id",
        broken_by=lambda ours, _: make_offer(ours, id=make_offer(ours).id),
        allows=lambda ours, theirs: [make_offer(ours), make_offer(theirs)],
        without=("loyalty_offer", "loyalty_offer_pkey"),
    ),
    Rule(
        "loyalty_account_store_id",
        broken_by=lambda ours, _: make_account(
            make_customer(ours), asset="money", id=make_account(make_customer(ours), asset="points").id
        ),
        allows=lambda ours, theirs: [make_account(make_customer(ours)), make_account(make_customer(theirs))],
        without=("loyalty_account", "loyalty_account_pkey"),
    ),
    Rule(
        "loyalty_account_id_asset",
        broken_by=lambda ours, theirs: make_account(
            make_customer(ours), id=make_account(make_customer(theirs)).id
        ),
        allows=lambda ours, _: [make_account(make_customer(ours)), make_account(make_customer(ours))],
        without=("loyalty_account", "loyalty_account_pkey"),
    ),
    Rule(
        "coupons_campaign_store_id",
        broken_by=lambda ours, _: make_campaign(make_offer(ours), id=make_campaign(make_offer(ours)).id),
        allows=lambda ours, _: [make_campaign(make_offer(ours)), make_campaign(make_offer(ours))],
        without=("coupons_couponcampaign", "coupons_couponcampaign_pkey"),
    ),
    Rule(
        "coupons_coupon_store_id",
        broken_by=lambda ours, _: make_coupon(
            campaign := make_campaign(make_offer(ours)), id=make_coupon(campaign).id
        ),
        allows=lambda ours, _: [
            make_coupon(campaign := make_campaign(make_offer(ours))),
            make_coupon(campaign),
        ],
        without=("coupons_coupon", "coupons_coupon_pkey"),
    ),
    Rule(
        "triggers_trigger_store_id",
        broken_by=lambda ours, _: make_trigger(ours, id=make_trigger(ours).id),
        allows=lambda ours, theirs: [make_trigger(ours), make_trigger(theirs)],
        without=("triggers_trigger", "triggers_trigger_pkey"),
    ),
    Rule(
        "triggers_message_store_id",
        broken_by=lambda ours, _: make_message(
            step := make_step(make_trigger(ours)),
            who := make_customer(ours),
            id=make_message(step, who).id,
        ),
        allows=lambda ours, _: [
            make_message(step := make_step(make_trigger(ours)), who := make_customer(ours)),
            make_message(step, who),
        ],
        without=("triggers_message", "triggers_message_pkey"),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", KEYS, ids=str)
def test_keys_that_references_rest_on_refuse_a_second_row(rule: Rule) -> None:
    assert_database_keeps(rule)
