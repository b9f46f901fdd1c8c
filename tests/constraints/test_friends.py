"""Friends and partners: what the database keeps of their rules."""

import pytest
from django.db import IntegrityError, connection, transaction

from shop.models import Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import make_customer, make_order, make_order_line, make_product, make_store, make_visitor
from tests.factories.friend_rows import (
    make_acquisition,
    make_commission,
    make_link_click,
    make_partner,
    make_partner_link,
    make_partner_product,
    make_partner_rate,
    make_payout,
    make_referral,
    make_referral_link,
    make_referral_programme,
    make_referral_reward,
    make_review_case,
    make_review_decision,
)


def _twice(store: Store, *, same: bool) -> object:
    order = make_order(store)
    make_referral_reward(order, make_customer(store), level=1)
    return make_referral_reward(order, make_customer(store), level=1 if same else 2)


def _circle(store: Store, *, is_closed: bool) -> object:
    anna, boris, clara = make_customer(store), make_customer(store), make_customer(store)
    make_referral(boris, anna)
    make_referral(clara, boris)
    return make_referral(anna, clara) if is_closed else make_referral(make_customer(store), clara)


def _reward(store: Store, **given: object) -> object:
    return make_referral_reward(make_order(store), make_customer(store), **given)


def _commission(store: Store, **given: object) -> object:
    return make_commission(make_partner(store), make_order_line(make_order(store)), **given)


RULES = [
    Rule(
        "loyalty_referralprogramme_levels_within_cap",
        broken_by=lambda ours, _: make_referral_programme(ours, level_1=800, level_2=201, cap=1000),
        allows=lambda ours, _: make_referral_programme(ours, level_1=800, level_2=200, cap=1000),
    ),
    Rule(
        "loyalty_referralprogramme_cap_at_most_whole",
        broken_by=lambda ours, _: make_referral_programme(ours, cap=10_001),
        allows=lambda ours, _: make_referral_programme(ours, cap=10_001, unit="points"),
    ),
    Rule(
        "loyalty_referralprogramme_reward_whole",
        broken_by=lambda ours, _: make_referral_programme(ours, gives="coupon"),
        allows=lambda ours, _: make_referral_programme(ours, gives="coupon", reward_campaign="thanks"),
    ),
    Rule(
        "loyalty_referralprogramme_times_positive",
        broken_by=lambda ours, _: make_referral_programme(ours, window_days=0),
        allows=lambda ours, _: make_referral_programme(ours, window_days=1),
    ),
    Rule(
        "loyalty_referrallink_code_once",
        broken_by=lambda ours, _: [
            make_referral_link(make_customer(ours), code="ABCDEFGHJKMN"),
            make_referral_link(make_customer(ours), code="ABCDEFGHJKMN"),
        ],
        allows=lambda ours, theirs: [
            make_referral_link(make_customer(ours), code="ABCDEFGHJKMN"),
            make_referral_link(make_customer(theirs), code="ABCDEFGHJKMN"),
        ],
    ),
    Rule(
        "loyalty_referrallink_once_per_customer",
        broken_by=lambda ours, _: [make_referral_link(who := make_customer(ours)), make_referral_link(who)],
        allows=lambda ours, _: make_referral_link(make_customer(ours)),
    ),
    Rule(
        "loyalty_referrallink_code_form",
        broken_by=lambda ours, _: make_referral_link(make_customer(ours), code="SHORT234"),
        allows=lambda ours, _: make_referral_link(make_customer(ours), code="MANYENUGH234"),
    ),
    Rule(
        "loyalty_referral_once_for_ever",
        broken_by=lambda ours, _: [
            make_referral(who := make_customer(ours), make_customer(ours)),
            make_referral(who, make_customer(ours)),
        ],
        allows=lambda ours, _: make_referral(make_customer(ours), make_customer(ours)),
    ),
    Rule(
        "loyalty_referral_how_known",
        broken_by=lambda ours, _: make_referral(make_customer(ours), make_customer(ours), how="dream"),
        allows=lambda ours, _: make_referral(make_customer(ours), make_customer(ours), how="click"),
    ),
    Rule(
        "loyalty_linkclick_of_one",
        broken_by=lambda ours, _: make_link_click(make_visitor(ours)),
        allows=lambda ours, _: make_link_click(
            make_visitor(ours), partner_link=make_partner_link(make_partner(ours))
        ),
    ),
    Rule(
        "loyalty_acquisition_once_per_order",
        broken_by=lambda ours, _: [make_acquisition(order := make_order(ours)), make_acquisition(order)],
        allows=lambda ours, _: make_acquisition(make_order(ours)),
    ),
    Rule(
        "loyalty_acquisition_of_one",
        broken_by=lambda ours, _: make_acquisition(make_order(ours), partner=make_partner(ours)),
        allows=lambda ours, _: make_acquisition(
            make_order(ours), kind="partner", line=[], partner=make_partner(ours)
        ),
    ),
    Rule(
        "loyalty_referralreward_once_per_level",
        broken_by=lambda ours, _: _twice(ours, same=True),
        allows=lambda ours, _: _twice(ours, same=False),
    ),
    Rule(
        "loyalty_referralreward_level_within",
        broken_by=lambda ours, _: _reward(ours, level=6),
        allows=lambda ours, _: _reward(ours, level=5),
    ),
    Rule(
        "loyalty_referralreward_taken_within",
        broken_by=lambda ours, _: _reward(ours, taken_back=51),
        allows=lambda ours, _: _reward(ours, taken_back=50),
    ),
    Rule(
        "loyalty_referralreward_gives_one",
        broken_by=lambda ours, _: _reward(ours, campaign="thanks"),
        allows=lambda ours, _: _reward(ours, campaign="thanks", points=0),
    ),
    Rule(
        "loyalty_referralreward_status_known",
        broken_by=lambda ours, _: _reward(ours, status="lost"),
        allows=lambda ours, _: _reward(ours, status="review"),
    ),
    Rule(
        "loyalty_reviewcase_once_per_order",
        broken_by=lambda ours, _: [make_review_case(order := make_order(ours)), make_review_case(order)],
        allows=lambda ours, _: make_review_case(make_order(ours)),
    ),
    Rule(
        "loyalty_reviewdecision_once",
        broken_by=lambda ours, _: [
            make_review_decision(case := make_review_case(make_order(ours))),
            make_review_decision(case, is_approved=False),
        ],
        allows=lambda ours, _: make_review_decision(make_review_case(make_order(ours))),
    ),
    Rule(
        "loyalty_reviewdecision_says_why",
        broken_by=lambda ours, _: make_review_decision(make_review_case(make_order(ours)), reason=""),
        allows=lambda ours, _: make_review_decision(make_review_case(make_order(ours)), reason="Sisters."),
    ),
    Rule(
        "loyalty_partner_code_once",
        broken_by=lambda ours, _: [make_partner(ours, code="blog"), make_partner(ours, code="blog")],
        allows=lambda ours, theirs: [make_partner(ours, code="blog"), make_partner(theirs, code="blog")],
    ),
    Rule(
        "loyalty_partner_campaign_once",
        broken_by=lambda ours, _: [make_partner(ours, campaign="b"), make_partner(ours, campaign="b")],
        allows=lambda ours, _: [make_partner(ours), make_partner(ours)],
    ),
    Rule(
        "loyalty_partner_rate_at_most_whole",
        broken_by=lambda ours, _: make_partner(ours, default_bp=10_001),
        allows=lambda ours, _: make_partner(ours, default_bp=10_000),
    ),
    Rule(
        "loyalty_partnerrate_group_once",
        broken_by=lambda ours, _: [make_partner_rate(who := make_partner(ours)), make_partner_rate(who)],
        allows=lambda ours, _: make_partner_rate(make_partner(ours)),
    ),
    Rule(
        "loyalty_partnerrate_at_most_whole",
        broken_by=lambda ours, _: make_partner_rate(make_partner(ours), rate_bp=10_001),
        allows=lambda ours, _: make_partner_rate(make_partner(ours), rate_bp=10_000),
    ),
    Rule(
        "loyalty_partnerlink_code_once",
        broken_by=lambda ours, _: [
            make_partner_link(make_partner(ours), code="spring"),
            make_partner_link(make_partner(ours), code="spring"),
        ],
        allows=lambda ours, theirs: [
            make_partner_link(make_partner(ours), code="spring"),
            make_partner_link(make_partner(theirs), code="spring"),
        ],
    ),
    Rule(
        "loyalty_partnerlink_path_is_ours",
        broken_by=lambda ours, _: make_partner_link(make_partner(ours), path="//elsewhere.example/"),
        allows=lambda ours, _: make_partner_link(make_partner(ours), path="/candles?size=2"),
    ),
    Rule(
        "loyalty_partnerproduct_once",
        broken_by=lambda ours, _: [
            make_partner_product(make_partner(ours), mug := make_product(ours)),
            make_partner_product(make_partner(ours), mug),
        ],
        allows=lambda ours, _: make_partner_product(make_partner(ours), make_product(ours)),
    ),
    Rule(
        "loyalty_partnerproduct_at_most_whole",
        broken_by=lambda ours, _: make_partner_product(
            make_partner(ours), make_product(ours), rate_bp=10_001
        ),
        allows=lambda ours, _: make_partner_product(make_partner(ours), make_product(ours), rate_bp=10_000),
    ),
    Rule(
        "loyalty_payout_once_per_month",
        broken_by=lambda ours, _: [make_payout(who := make_partner(ours)), make_payout(who)],
        allows=lambda ours, _: [make_payout(make_partner(ours)), make_payout(make_partner(ours))],
    ),
    Rule(
        "loyalty_payout_adds_up",
        broken_by=lambda ours, _: make_payout(make_partner(ours), earned=100, payable=99),
        allows=lambda ours, _: make_payout(make_partner(ours), earned=100, taken_back=-130, carried_out=-30),
    ),
    Rule(  # a payout and a debt at once would pay what is owed
        "loyalty_payout_adds_up",
        broken_by=lambda ours, _: make_payout(make_partner(ours), earned=100, payable=120, carried_out=-20),
        allows=lambda ours, _: make_payout(make_partner(ours), earned=100, payable=100),
    ),
    Rule(
        "loyalty_commission_key_once",
        broken_by=lambda ours, _: [_commission(ours, key="line:1"), _commission(ours, key="line:1")],
        allows=lambda ours, theirs: [_commission(ours, key="line:1"), _commission(theirs, key="line:1")],
    ),
    Rule(
        "loyalty_commission_sign_by_kind",
        broken_by=lambda ours, _: _commission(ours, amount=-1),
        allows=lambda ours, _: _commission(ours, amount=-1, kind="clawback"),
    ),
    Rule(
        "loyalty_commission_basis_known",
        broken_by=lambda ours, _: _commission(ours, basis="luck"),
        allows=lambda ours, _: _commission(ours, basis="product"),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_database_keeps(rule: Rule) -> None:
    assert_database_keeps(rule)


@pytest.mark.django_db
def test_nobody_brings_himself() -> None:
    """`loyalty_referral_not_oneself`; the trigger would refuse it first, so it is taken away."""
    assert_database_keeps(
        Rule(
            "loyalty_referral_not_oneself",
            broken_by=lambda ours, _: _himself(ours),
            allows=lambda ours, _: make_referral(make_customer(ours), make_customer(ours)),
        )
    )


def _himself(store: Store) -> object:
    who = make_customer(store)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER loyalty_referral_no_circle ON loyalty_referral")
    return make_referral(who, who)


@pytest.mark.django_db
def test_nobody_is_their_own_ancestor() -> None:
    """`loyalty_referral_no_circle` is a trigger's, which names it."""
    _circle(make_store(), is_closed=False)
    with pytest.raises(IntegrityError, match="nobody is their own ancestor"), transaction.atomic():
        _circle(make_store(), is_closed=True)
