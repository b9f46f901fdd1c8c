"""A row's customer, order, campaign and so on is of the row's own store; and the keys which that rests on."""

import pytest

from loyalty.models import EarningCount, Transfer
from shop.models import Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    AT,
    make_account,
    make_activity,
    make_campaign,
    make_cart,
    make_catalogue_item,
    make_catalogue_take,
    make_consent,
    make_coupon,
    make_customer,
    make_delivery,
    make_discount,
    make_message,
    make_offer,
    make_order,
    make_person,
    make_personal_window,
    make_price_point,
    make_product,
    make_programme_account,
    make_promise,
    make_redemption,
    make_refund,
    make_reward,
    make_step,
    make_transfer,
    make_trigger,
    make_version,
    make_visitor,
)


def _spent(store: Store) -> Transfer:
    return make_transfer(make_account(make_customer(store)), make_programme_account(store, kind="spent"))


def _transfer(store: Store, **given: object) -> Transfer:
    return make_transfer(make_account(make_customer(store)), make_account(make_customer(store)), **given)


SHOP = [
    Rule(
        "shop_person_customer_same_store",
        broken_by=lambda ours, theirs: make_person(make_customer(theirs), store=ours),
        allows=lambda ours, _: make_person(make_customer(ours), store=ours),
    ),
    Rule(
        "shop_consent_customer_same_store",
        broken_by=lambda ours, theirs: make_consent(make_customer(theirs), store=ours),
        allows=lambda ours, _: make_consent(make_customer(ours), store=ours),
    ),
    Rule(
        "shop_visitor_customer_same_store",
        broken_by=lambda ours, theirs: make_visitor(ours, customer=make_customer(theirs)),
        allows=lambda ours, _: make_visitor(ours, customer=make_customer(ours)),
    ),
    Rule(
        "shop_cart_customer_same_store",
        broken_by=lambda ours, theirs: make_cart(ours, customer=make_customer(theirs)),
        allows=lambda ours, _: make_cart(ours, customer=make_customer(ours)),
    ),
    Rule(
        "shop_cart_visitor_same_store",
        broken_by=lambda ours, theirs: make_cart(ours, visitor=make_visitor(theirs)),
        allows=lambda ours, _: make_cart(ours, visitor=make_visitor(ours)),
    ),
    Rule(
        "shop_order_customer_same_store",
        broken_by=lambda ours, theirs: make_order(ours, customer=make_customer(theirs)),
        allows=lambda ours, _: make_order(ours, customer=make_customer(ours)),
    ),
    Rule(
        "shop_order_visitor_same_store",
        broken_by=lambda ours, theirs: make_order(ours, visitor=make_visitor(theirs)),
        allows=lambda ours, _: make_order(ours, visitor=make_visitor(ours)),
    ),
    Rule(
        "shop_order_cart_same_store",
        broken_by=lambda ours, theirs: make_order(ours, cart=make_cart(theirs)),
        allows=lambda ours, _: make_order(ours, cart=make_cart(ours)),
    ),
    Rule(
        "shop_refund_order_same_store",
        broken_by=lambda ours, theirs: make_refund(ours, order=make_order(theirs)),
        allows=lambda ours, _: make_refund(ours, order=make_order(ours)),
    ),
    Rule(
        "shop_refund_customer_same_store",
        broken_by=lambda ours, theirs: make_refund(ours, customer=make_customer(theirs)),
        allows=lambda ours, _: make_refund(ours, customer=make_customer(ours)),
    ),
    Rule(
        "shop_activity_customer_same_store",
        broken_by=lambda ours, theirs: make_activity(ours, customer=make_customer(theirs)),
        allows=lambda ours, _: make_activity(ours, customer=make_customer(ours)),
    ),
    Rule(
        "shop_activity_visitor_same_store",
        broken_by=lambda ours, theirs: make_activity(ours, visitor=make_visitor(theirs)),
        allows=lambda ours, _: make_activity(ours, visitor=make_visitor(ours)),
    ),
]

PROGRAMME = [
    Rule(
        "loyalty_account_customer_same_store",
        broken_by=lambda ours, theirs: make_account(make_customer(theirs), store=ours),
        allows=lambda ours, _: make_account(make_customer(ours), store=ours),
    ),
    Rule(
        "loyalty_transfer_source_same_store",
        broken_by=lambda ours, theirs: make_transfer(
            make_programme_account(theirs), make_account(make_customer(ours)), store=ours
        ),
        allows=lambda ours, _: make_transfer(make_programme_account(ours), make_account(make_customer(ours))),
    ),
    Rule(
        "loyalty_transfer_target_same_store",
        broken_by=lambda ours, theirs: make_transfer(
            make_programme_account(ours), make_account(make_customer(theirs)), store=ours
        ),
        allows=lambda ours, _: make_transfer(make_programme_account(ours), make_account(make_customer(ours))),
    ),
    Rule(
        "loyalty_transfer_order_same_store",
        broken_by=lambda ours, theirs: _transfer(ours, order=make_order(theirs)),
        allows=lambda ours, _: _transfer(ours, order=make_order(ours)),
    ),
    Rule(
        "loyalty_discount_order_same_store",
        broken_by=lambda ours, theirs: make_discount(
            make_order(theirs), make_version(make_offer(ours)), store=ours
        ),
        allows=lambda ours, _: make_discount(make_order(ours), make_version(make_offer(ours))),
    ),
    Rule(
        "shop_pricepoint_product_same_store",
        broken_by=lambda ours, theirs: make_price_point(make_product(theirs), store=ours),
        allows=lambda ours, _: make_price_point(make_product(ours)),
    ),
    Rule(
        "loyalty_personalwindow_offer_same_store",
        broken_by=lambda ours, theirs: make_personal_window(
            make_offer(theirs), store=ours, visitor=make_visitor(ours)
        ),
        allows=lambda ours, _: make_personal_window(make_offer(ours), visitor=make_visitor(ours)),
    ),
    Rule(
        "loyalty_personalwindow_visitor_same_store",
        broken_by=lambda ours, theirs: make_personal_window(make_offer(ours), visitor=make_visitor(theirs)),
        allows=lambda ours, _: make_personal_window(make_offer(ours), visitor=make_visitor(ours)),
    ),
    Rule(
        "loyalty_personalwindow_customer_same_store",
        broken_by=lambda ours, theirs: make_personal_window(make_offer(ours), customer=make_customer(theirs)),
        allows=lambda ours, _: make_personal_window(make_offer(ours), customer=make_customer(ours)),
    ),
    Rule(
        "loyalty_reward_order_same_store",
        broken_by=lambda ours, theirs: make_reward(
            make_order(theirs), make_version(make_offer(ours)), store=ours
        ),
        allows=lambda ours, _: make_reward(make_order(ours), make_version(make_offer(ours))),
    ),
    Rule(
        "loyalty_reward_customer_same_store",
        broken_by=lambda ours, theirs: make_promise(make_customer(theirs), store=ours),
        allows=lambda ours, _: make_promise(make_customer(ours)),
    ),
    Rule(
        "loyalty_earningcount_customer_same_store",
        broken_by=lambda ours, theirs: EarningCount.objects.create(
            store=ours, customer=make_customer(theirs), code="review", period="2026", last_at=AT
        ),
        allows=lambda ours, _: EarningCount.objects.create(
            store=ours, customer=make_customer(ours), code="review", period="2026", last_at=AT
        ),
    ),
    Rule(
        "loyalty_cataloguetake_customer_same_store",
        broken_by=lambda ours, theirs: make_catalogue_take(
            make_catalogue_item(ours), make_customer(theirs), transfer=_spent(ours)
        ),
        allows=lambda ours, _: make_catalogue_take(make_catalogue_item(ours), make_customer(ours)),
    ),
    Rule(
        "loyalty_cataloguetake_item_same_store",
        broken_by=lambda ours, theirs: make_catalogue_take(
            make_catalogue_item(theirs), make_customer(ours), store=ours, transfer=_spent(ours)
        ),
        allows=lambda ours, _: make_catalogue_take(make_catalogue_item(ours), make_customer(ours)),
    ),
    Rule(
        "coupons_couponcampaign_offer_same_store",
        broken_by=lambda ours, theirs: make_campaign(make_offer(theirs), store=ours),
        allows=lambda ours, _: make_campaign(make_offer(ours), store=ours),
    ),
    Rule(
        "coupons_coupon_campaign_same_store",
        broken_by=lambda ours, theirs: make_coupon(make_campaign(make_offer(theirs)), store=ours),
        allows=lambda ours, _: make_coupon(make_campaign(make_offer(ours)), store=ours),
    ),
    Rule(
        "coupons_coupon_customer_same_store",
        broken_by=lambda ours, theirs: make_coupon(
            make_campaign(make_offer(ours)), customer=make_customer(theirs)
        ),
        allows=lambda ours, _: make_coupon(make_campaign(make_offer(ours)), customer=make_customer(ours)),
    ),
    Rule(
        "coupons_redemption_coupon_same_store",
        broken_by=lambda ours, theirs: make_redemption(
            make_coupon(make_campaign(make_offer(theirs))),
            make_order(ours),
            store=ours,
            campaign=make_campaign(make_offer(ours)),
        ),
        allows=lambda ours, _: make_redemption(
            make_coupon(make_campaign(make_offer(ours))), make_order(ours)
        ),
    ),
    Rule(
        "coupons_redemption_campaign_same_store",
        broken_by=lambda ours, theirs: make_redemption(
            make_coupon(make_campaign(make_offer(ours))),
            make_order(ours),
            campaign=make_campaign(make_offer(theirs)),
        ),
        allows=lambda ours, _: make_redemption(
            make_coupon(make_campaign(make_offer(ours))), make_order(ours)
        ),
    ),
    Rule(
        "coupons_redemption_order_same_store",
        broken_by=lambda ours, theirs: make_redemption(
            make_coupon(make_campaign(make_offer(ours))), make_order(theirs)
        ),
        allows=lambda ours, _: make_redemption(
            make_coupon(make_campaign(make_offer(ours))), make_order(ours)
        ),
    ),
    Rule(
        "coupons_redemption_customer_same_store",
        broken_by=lambda ours, theirs: make_redemption(
            make_coupon(make_campaign(make_offer(ours))), make_order(ours), customer=make_customer(theirs)
        ),
        allows=lambda ours, _: make_redemption(
            make_coupon(make_campaign(make_offer(ours))), make_order(ours), customer=make_customer(ours)
        ),
    ),
    Rule(
        "triggers_trigger_campaign_same_store",
        broken_by=lambda ours, theirs: make_trigger(ours, campaign=make_campaign(make_offer(theirs))),
        allows=lambda ours, _: make_trigger(ours, campaign=make_campaign(make_offer(ours))),
    ),
    Rule(
        "triggers_message_trigger_same_store",
        broken_by=lambda ours, theirs: make_message(
            make_step(make_trigger(ours)), make_customer(ours), trigger=make_trigger(theirs)
        ),
        allows=lambda ours, _: make_message(make_step(make_trigger(ours)), make_customer(ours)),
    ),
    Rule(
        "triggers_message_customer_same_store",
        broken_by=lambda ours, theirs: make_message(
            make_step(make_trigger(ours)), make_customer(theirs), store=ours
        ),
        allows=lambda ours, _: make_message(make_step(make_trigger(ours)), make_customer(ours)),
    ),
    Rule(
        "triggers_message_coupon_same_store",
        broken_by=lambda ours, theirs: make_message(
            make_step(make_trigger(ours)),
            make_customer(ours),
            coupon=make_coupon(make_campaign(make_offer(theirs))),
        ),
        allows=lambda ours, _: make_message(
            make_step(make_trigger(ours)),
            make_customer(ours),
            coupon=make_coupon(make_campaign(make_offer(ours))),
        ),
    ),
    Rule(
        "triggers_delivery_message_same_store",
        broken_by=lambda ours, theirs: make_delivery(
            make_message(make_step(make_trigger(theirs)), make_customer(theirs)), store=ours
        ),
        allows=lambda ours, _: make_delivery(
            make_message(make_step(make_trigger(ours)), make_customer(ours))
        ),
    ),
]


# What the composite references point to. The primary key would refuse the same id first, so it stands aside.
@pytest.mark.django_db
@pytest.mark.parametrize("rule", [*SHOP, *PROGRAMME], ids=str)
def test_a_row_refuses_what_belongs_to_another_store(rule: Rule) -> None:
    assert_database_keeps(rule)
