"""Offers, points, coupons."""

import pytest

from coupons.models import Coupon
from loyalty.models import Transfer
from shop.models import Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    AT,
    DAY,
    make_account,
    make_campaign,
    make_coupon,
    make_customer,
    make_customer_use,
    make_discount,
    make_earning_rule,
    make_lot,
    make_offer,
    make_offer_budget,
    make_offer_day_use,
    make_offer_use,
    make_order,
    make_programme_account,
    make_redemption,
    make_transfer,
    make_version,
)


def _transfer(store: Store, **given: object) -> Transfer:
    """Between two new accounts of the store."""
    return make_transfer(make_account(make_customer(store)), make_account(make_customer(store)), **given)


def _coupon(store: Store, **given: object) -> Coupon:
    return make_coupon(make_campaign(make_offer(store)), **given)


OFFERS = [
    Rule(
        "loyalty_offer_code_once",
        broken_by=lambda ours, _: [make_offer(ours, code="ten"), make_offer(ours, code="ten")],
        allows=lambda ours, theirs: [make_offer(ours, code="ten"), make_offer(theirs, code="ten")],
    ),
    Rule(
        "loyalty_offer_status_known",
        broken_by=lambda ours, _: make_offer(ours, status="lost"),
        allows=lambda ours, _: make_offer(ours, status="archived"),
    ),
    Rule(
        "loyalty_offerversion_number_once",
        broken_by=lambda ours, _: [
            make_version(offer := make_offer(ours), number=1),
            make_version(offer, number=1),
        ],
        allows=lambda ours, _: [
            make_version(offer := make_offer(ours), number=1),
            make_version(offer, number=2),
        ],
    ),
    Rule(
        "loyalty_offerversion_number_positive",
        broken_by=lambda ours, _: make_version(make_offer(ours), number=0),
        allows=lambda ours, _: make_version(make_offer(ours), number=1),
    ),
    Rule(
        "loyalty_offeruse_shard_once",
        broken_by=lambda ours, _: [
            make_offer_use(offer := make_offer(ours), shard=0),
            make_offer_use(offer, shard=0),
        ],
        allows=lambda ours, _: [
            make_offer_use(offer := make_offer(ours), shard=0),
            make_offer_use(offer, shard=1),
        ],
    ),
    Rule(
        "loyalty_offeruse_within_limit",
        broken_by=lambda ours, _: make_offer_use(make_offer(ours), uses_max=50, used=48, held=3),
        allows=lambda ours, _: make_offer_use(make_offer(ours), uses_max=50, used=48, held=2),
    ),
    Rule(  # no limit below nothing
        "loyalty_offeruse_within_limit",
        broken_by=lambda ours, _: make_offer_use(make_offer(ours), uses_max=50, used=-1),
        allows=lambda ours, _: make_offer_use(make_offer(ours), uses_max=0),
    ),
    Rule(
        "loyalty_offerdayuse_shard_once",
        broken_by=lambda ours, _: [
            make_offer_day_use(offer := make_offer(ours), shard=0),
            make_offer_day_use(offer, shard=0),
        ],
        allows=lambda ours, _: [
            make_offer_day_use(offer := make_offer(ours), shard=0),
            make_offer_day_use(offer, shard=1),
            make_offer_day_use(offer, day=AT.date() + DAY),
        ],
    ),
    Rule(
        "loyalty_offerdayuse_within_limit",
        broken_by=lambda ours, _: make_offer_day_use(make_offer(ours), uses_max=50, used=48, held=3),
        allows=lambda ours, _: make_offer_day_use(make_offer(ours), uses_max=50, used=48, held=2),
    ),
    Rule(
        "loyalty_offerdayuse_within_limit",
        broken_by=lambda ours, _: make_offer_day_use(make_offer(ours), uses_max=50, held=-1),
        allows=lambda ours, _: make_offer_day_use(make_offer(ours), uses_max=0),
    ),
    Rule(
        "loyalty_offerbudget_within_limit",
        broken_by=lambda ours, _: make_offer_budget(make_offer(ours), budget_max=10, spent=8, held=3),
        allows=lambda ours, _: make_offer_budget(make_offer(ours), budget_max=10, spent=8, held=2),
    ),
    Rule(
        "loyalty_offerbudget_offer_id_key",
        broken_by=lambda ours, _: [make_offer_budget(offer := make_offer(ours)), make_offer_budget(offer)],
        allows=lambda ours, _: [make_offer_budget(make_offer(ours)), make_offer_budget(make_offer(ours))],
    ),
    Rule(
        "loyalty_customeruse_n_once",
        broken_by=lambda ours, _: [
            make_customer_use(offer := make_offer(ours), who := make_customer(ours), make_order(ours), n=1),
            make_customer_use(offer, who, make_order(ours), n=1),
        ],
        allows=lambda ours, _: [
            make_customer_use(offer := make_offer(ours), who := make_customer(ours), make_order(ours), n=1),
            make_customer_use(offer, who, make_order(ours), n=2),
            make_customer_use(offer, make_customer(ours), make_order(ours), n=1),
        ],
    ),
    Rule(
        "loyalty_customeruse_n_positive",
        broken_by=lambda ours, _: make_customer_use(
            make_offer(ours), make_customer(ours), make_order(ours), n=0
        ),
        allows=lambda ours, _: make_customer_use(
            make_offer(ours), make_customer(ours), make_order(ours), n=1
        ),
    ),
    Rule(  # off delivery too, where the line is empty
        "loyalty_discount_once",
        broken_by=lambda ours, _: [
            make_discount(order := make_order(ours), version := make_version(make_offer(ours)), line=None),
            make_discount(order, version, line=None),
        ],
        allows=lambda ours, _: [
            make_discount(order := make_order(ours), make_version(make_offer(ours)), line=None),
            make_discount(order, make_version(make_offer(ours)), line=None),
        ],
    ),
    Rule(
        "loyalty_discount_amount_positive",
        broken_by=lambda ours, _: make_discount(make_order(ours), make_version(make_offer(ours)), amount=0),
        allows=lambda ours, _: make_discount(make_order(ours), make_version(make_offer(ours)), amount=1),
    ),
]

POINTS = [
    Rule(
        "loyalty_account_once_per_customer",
        broken_by=lambda ours, _: [make_account(who := make_customer(ours)), make_account(who)],
        allows=lambda ours, _: [
            make_account(who := make_customer(ours), asset="points"),
            make_account(who, asset="money"),
        ],
    ),
    Rule(
        "loyalty_account_once_per_kind",
        broken_by=lambda ours, _: [make_programme_account(ours), make_programme_account(ours)],
        allows=lambda ours, theirs: [
            make_programme_account(ours, kind="issued"),
            make_programme_account(ours, kind="spent"),
            make_programme_account(theirs, kind="issued"),
        ],
    ),
    Rule(
        "loyalty_account_balance_not_negative",
        broken_by=lambda ours, _: make_account(make_customer(ours), balance=-1),
        allows=lambda ours, _: make_account(make_customer(ours), balance=0),
    ),
    Rule(
        "loyalty_account_balance_only_of_holders",
        broken_by=lambda ours, _: make_programme_account(ours, balance=1),
        allows=lambda ours, _: make_programme_account(ours, balance=0),
    ),
    Rule(
        "loyalty_earningrule_points_positive",
        broken_by=lambda ours, _: make_earning_rule(ours, points=0),
        allows=lambda ours, _: make_earning_rule(ours, points=1),
    ),
    Rule(
        "loyalty_earningrule_amount_positive",
        broken_by=lambda ours, _: make_earning_rule(ours, per_amount=0),
        allows=lambda ours, _: make_earning_rule(ours, per_amount=1),
    ),
    Rule(
        "loyalty_earningrule_life_positive",
        broken_by=lambda ours, _: make_earning_rule(ours, life_days=0),
        allows=lambda ours, _: make_earning_rule(ours, life_days=1),
    ),
    Rule(
        "loyalty_earningrule_window_in_order",
        broken_by=lambda ours, _: make_earning_rule(ours, starts_at=AT, ends_at=AT),
        allows=lambda ours, _: make_earning_rule(ours, starts_at=AT, ends_at=AT + DAY),
    ),
    Rule(
        "loyalty_transfer_key_once",
        broken_by=lambda ours, _: [
            _transfer(ours, key="order:77:accrual"),
            _transfer(ours, key="order:77:accrual"),
        ],
        allows=lambda ours, theirs: [
            _transfer(ours, key="order:77:accrual"),
            _transfer(theirs, key="order:77:accrual"),
        ],
    ),
    Rule(
        "loyalty_transfer_amount_positive",
        broken_by=lambda ours, _: _transfer(ours, amount=0),
        allows=lambda ours, _: _transfer(ours, amount=1),
    ),
    Rule(
        "loyalty_transfer_between_two",
        broken_by=lambda ours, _: make_transfer(account := make_account(make_customer(ours)), account),
        allows=lambda ours, _: _transfer(ours),
    ),
    Rule(
        "loyalty_transfer_source_one_asset",
        broken_by=lambda ours, _: make_transfer(
            make_account(make_customer(ours), asset="points"),
            make_account(make_customer(ours), asset="money"),
            asset="money",
        ),
        allows=lambda ours, _: make_transfer(
            make_account(make_customer(ours), asset="money"),
            make_account(make_customer(ours), asset="money"),
            asset="money",
        ),
    ),
    Rule(
        "loyalty_transfer_target_one_asset",
        broken_by=lambda ours, _: make_transfer(
            make_account(make_customer(ours), asset="money"),
            make_account(make_customer(ours), asset="points"),
            asset="money",
        ),
        allows=lambda ours, _: _transfer(ours, asset="points"),
    ),
    Rule(
        "loyalty_lot_transfer_id_key",
        broken_by=lambda ours, _: [make_lot(transfer := _transfer(ours)), make_lot(transfer)],
        allows=lambda ours, _: [make_lot(_transfer(ours)), make_lot(_transfer(ours))],
    ),
    Rule(
        "loyalty_lot_left_within_amount",
        broken_by=lambda ours, _: make_lot(_transfer(ours), amount=10, left=11),
        allows=lambda ours, _: make_lot(_transfer(ours), amount=10, left=10),
    ),
    Rule(
        "loyalty_lot_left_within_amount",
        broken_by=lambda ours, _: make_lot(_transfer(ours), amount=10, left=-1),
        allows=lambda ours, _: make_lot(_transfer(ours), amount=10, left=0),
        without=("loyalty_lot", "loyalty_lot_held_within_left"),
    ),
    Rule(
        "loyalty_lot_amount_positive",
        broken_by=lambda ours, _: make_lot(_transfer(ours), amount=0, left=0),
        allows=lambda ours, _: make_lot(_transfer(ours), amount=1, left=0),
    ),
    Rule(
        "loyalty_lot_starts_before_end",
        broken_by=lambda ours, _: make_lot(_transfer(ours), active_at=AT, ends_at=AT),
        allows=lambda ours, _: make_lot(_transfer(ours), active_at=AT, ends_at=AT + DAY),
    ),
]

COUPONS = [
    Rule(
        "coupons_campaign_code_once",
        broken_by=lambda ours, _: [
            make_campaign(make_offer(ours), code="back"),
            make_campaign(make_offer(ours), code="back"),
        ],
        allows=lambda ours, theirs: [
            make_campaign(make_offer(ours), code="back"),
            make_campaign(make_offer(theirs), code="back"),
        ],
    ),
    Rule(
        "coupons_campaign_kind_known",
        broken_by=lambda ours, _: make_campaign(make_offer(ours), kind="lost"),
        allows=lambda ours, _: make_campaign(make_offer(ours), kind="gift"),
    ),
    Rule(
        "coupons_campaign_valid_days_positive",
        broken_by=lambda ours, _: make_campaign(make_offer(ours), valid_days=0),
        allows=lambda ours, _: make_campaign(make_offer(ours), valid_days=1),
    ),
    Rule(
        "coupons_coupon_code_once",
        broken_by=lambda ours, _: [_coupon(ours, code="SPRING"), _coupon(ours, code="SPRING")],
        allows=lambda ours, theirs: [_coupon(ours, code="SPRING"), _coupon(theirs, code="SPRING")],
    ),
    Rule(
        "coupons_coupon_issued_once",
        broken_by=lambda ours, _: [
            make_coupon(campaign := make_campaign(make_offer(ours)), issue_key="message:1"),
            make_coupon(campaign, issue_key="message:1"),
        ],
        allows=lambda ours, _: [
            _coupon(ours, issue_key="message:1"),
            _coupon(ours, issue_key="message:1"),
        ],
    ),
    Rule(
        "coupons_coupon_within_limit",
        broken_by=lambda ours, _: _coupon(ours, uses_max=3, used=2, held=2),
        allows=lambda ours, _: _coupon(ours, uses_max=3, used=2, held=1),
    ),
    Rule(  # a public code counts no uses here: its offer does
        "coupons_coupon_within_limit",
        broken_by=lambda ours, _: _coupon(ours, uses_max=None, used=1),
        allows=lambda ours, _: _coupon(ours, uses_max=None, used=0),
    ),
    Rule(
        "coupons_coupon_window_in_order",
        broken_by=lambda ours, _: _coupon(ours, starts_at=AT, ends_at=AT),
        allows=lambda ours, _: _coupon(ours, starts_at=AT, ends_at=AT + DAY),
    ),
    Rule(
        "coupons_coupon_code_form",
        broken_by=lambda ours, _: _coupon(ours, code="spring"),
        allows=lambda ours, _: _coupon(ours, code="SPRING-2026"),
    ),
    Rule(
        "coupons_coupon_code_form",
        broken_by=lambda ours, _: _coupon(ours, code="AB"),
        allows=lambda ours, _: _coupon(ours, code="ABC"),
    ),
    Rule(
        "coupons_redemption_once_per_order",
        broken_by=lambda ours, _: [
            make_redemption(coupon := _coupon(ours), order := make_order(ours)),
            make_redemption(coupon, order),
        ],
        allows=lambda ours, _: [
            make_redemption(coupon := _coupon(ours), make_order(ours)),
            make_redemption(coupon, make_order(ours)),
        ],
    ),
    Rule(
        "coupons_redemption_amount_not_negative",
        broken_by=lambda ours, _: make_redemption(_coupon(ours), make_order(ours), amount=-1),
        allows=lambda ours, _: make_redemption(_coupon(ours), make_order(ours), amount=0),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", [*OFFERS, *POINTS, *COUPONS], ids=str)
def test_database_refuses_what_breaks_the_rule(rule: Rule) -> None:
    assert_database_keeps(rule)
