"""Rows of friends and partners refer to rows of their own store; and the keys which that rests on."""

from datetime import date

import pytest

from shop.models import Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    make_account,
    make_customer,
    make_order,
    make_order_line,
    make_product,
    make_programme_account,
    make_transfer,
    make_visitor,
)
from tests.factories.friend_rows import (
    make_acquisition,
    make_commission,
    make_link_click,
    make_partner,
    make_partner_link,
    make_partner_product,
    make_payout,
    make_referral,
    make_referral_link,
    make_referral_programme,
    make_referral_reward,
    make_review_case,
    make_review_decision,
)


def _commission(store: Store, *, order: Store, partner: Store, payout: Store | None = None) -> object:
    paid = make_payout(make_partner(payout)) if payout else None
    return make_commission(
        make_partner(partner), make_order_line(make_order(order)), store=store, payout=paid
    )


def _acquired(order: Store, partner: Store) -> object:
    given = {"kind": "partner", "line": [], "partner": make_partner(partner)}
    return make_acquisition(make_order(order), **given)


def _rewarded(store: Store, *, twice: bool) -> object:
    anna = make_customer(store)
    given = make_transfer(make_programme_account(store), make_account(anna))
    make_referral_reward(make_order(store), anna, transfer=given)
    return make_referral_reward(make_order(store), anna, transfer=given if twice else None)


RULES = [
    Rule(
        "loyalty_acquisition_order_same_store",
        broken_by=lambda ours, theirs: make_acquisition(make_order(theirs), store=ours),
        allows=lambda ours, _: make_acquisition(make_order(ours)),
    ),
    Rule(
        "loyalty_acquisition_partner_same_store",
        broken_by=_acquired,
        allows=lambda ours, _: _acquired(ours, ours),
    ),
    Rule(
        "loyalty_commission_order_same_store",
        broken_by=lambda ours, theirs: _commission(ours, order=theirs, partner=ours),
        allows=lambda ours, _: _commission(ours, order=ours, partner=ours),
    ),
    Rule(
        "loyalty_commission_partner_same_store",
        broken_by=lambda ours, theirs: _commission(ours, order=ours, partner=theirs),
        allows=lambda ours, _: _commission(ours, order=ours, partner=ours),
    ),
    Rule(
        "loyalty_commission_payout_same_store",
        broken_by=lambda ours, theirs: _commission(ours, order=ours, partner=ours, payout=theirs),
        allows=lambda ours, _: _commission(ours, order=ours, partner=ours, payout=ours),
    ),
    Rule(
        "loyalty_linkclick_visitor_same_store",
        broken_by=lambda ours, theirs: make_link_click(
            make_visitor(theirs), store=ours, partner_link=make_partner_link(make_partner(ours))
        ),
        allows=lambda ours, _: make_link_click(
            make_visitor(ours), partner_link=make_partner_link(make_partner(ours))
        ),
    ),
    Rule(
        "loyalty_linkclick_referral_link_same_store",
        broken_by=lambda ours, theirs: make_link_click(
            make_visitor(ours), referral_link=make_referral_link(make_customer(theirs))
        ),
        allows=lambda ours, _: make_link_click(
            make_visitor(ours), referral_link=make_referral_link(make_customer(ours))
        ),
    ),
    Rule(
        "loyalty_linkclick_partner_link_same_store",
        broken_by=lambda ours, theirs: make_link_click(
            make_visitor(ours), partner_link=make_partner_link(make_partner(theirs))
        ),
        allows=lambda ours, _: make_link_click(
            make_visitor(ours), partner_link=make_partner_link(make_partner(ours))
        ),
    ),
    Rule(
        "loyalty_partner_contact_same_store",
        broken_by=lambda ours, theirs: make_partner(ours, contact=make_customer(theirs)),
        allows=lambda ours, _: make_partner(ours, contact=make_customer(ours)),
    ),
    Rule(
        "loyalty_partnerlink_partner_same_store",
        broken_by=lambda ours, theirs: make_partner_link(make_partner(theirs), store=ours),
        allows=lambda ours, _: make_partner_link(make_partner(ours)),
    ),
    Rule(
        "loyalty_partnerproduct_partner_same_store",
        broken_by=lambda ours, theirs: make_partner_product(
            make_partner(theirs), make_product(ours), store=ours
        ),
        allows=lambda ours, _: make_partner_product(make_partner(ours), make_product(ours)),
    ),
    Rule(
        "loyalty_partnerproduct_product_same_store",
        broken_by=lambda ours, theirs: make_partner_product(make_partner(ours), make_product(theirs)),
        allows=lambda ours, _: make_partner_product(make_partner(ours), make_product(ours)),
    ),
    Rule(
        "loyalty_payout_partner_same_store",
        broken_by=lambda ours, theirs: make_payout(make_partner(theirs), store=ours),
        allows=lambda ours, _: make_payout(make_partner(ours)),
    ),
    Rule(
        "loyalty_referral_customer_same_store",
        broken_by=lambda ours, theirs: make_referral(make_customer(theirs), make_customer(ours), store=ours),
        allows=lambda ours, _: make_referral(make_customer(ours), make_customer(ours)),
    ),
    Rule(
        "loyalty_referral_referrer_same_store",
        broken_by=lambda ours, theirs: make_referral(make_customer(ours), make_customer(theirs)),
        allows=lambda ours, _: make_referral(make_customer(ours), make_customer(ours)),
    ),
    Rule(
        "loyalty_referrallink_customer_same_store",
        broken_by=lambda ours, theirs: make_referral_link(make_customer(theirs), store=ours),
        allows=lambda ours, _: make_referral_link(make_customer(ours)),
    ),
    Rule(
        "loyalty_referralreward_order_same_store",
        broken_by=lambda ours, theirs: make_referral_reward(
            make_order(theirs), make_customer(ours), store=ours
        ),
        allows=lambda ours, _: make_referral_reward(make_order(ours), make_customer(ours)),
    ),
    Rule(
        "loyalty_referralreward_customer_same_store",
        broken_by=lambda ours, theirs: make_referral_reward(make_order(ours), make_customer(theirs)),
        allows=lambda ours, _: make_referral_reward(make_order(ours), make_customer(ours)),
    ),
    Rule(
        "loyalty_referralreward_transfer_id_key",
        broken_by=lambda ours, _: _rewarded(ours, twice=True),
        allows=lambda ours, _: _rewarded(ours, twice=False),
    ),
    Rule(
        "loyalty_referralprogramme_store_id_key",
        broken_by=lambda ours, _: [make_referral_programme(ours), make_referral_programme(ours)],
        allows=lambda ours, theirs: [make_referral_programme(ours), make_referral_programme(theirs)],
    ),
    Rule(
        "loyalty_reviewcase_order_same_store",
        broken_by=lambda ours, theirs: make_review_case(make_order(theirs), store=ours),
        allows=lambda ours, _: make_review_case(make_order(ours)),
    ),
    Rule(
        "loyalty_reviewdecision_case_same_store",
        broken_by=lambda ours, theirs: make_review_decision(make_review_case(make_order(theirs)), store=ours),
        allows=lambda ours, _: make_review_decision(make_review_case(make_order(ours))),
    ),
    Rule(
        "loyalty_partner_store_id",
        broken_by=lambda ours, _: make_partner(ours, id=make_partner(ours).id),
        allows=lambda ours, _: [make_partner(ours), make_partner(ours)],
        without=("loyalty_partner", "loyalty_partner_pkey"),
    ),
    Rule(
        "loyalty_partnerlink_store_id",
        broken_by=lambda ours, _: make_partner_link(
            mine := make_partner(ours), id=make_partner_link(mine).id
        ),
        allows=lambda ours, _: [make_partner_link(mine := make_partner(ours)), make_partner_link(mine)],
        without=("loyalty_partnerlink", "loyalty_partnerlink_pkey"),
    ),
    Rule(
        "loyalty_payout_store_id",
        broken_by=lambda ours, _: make_payout(
            mine := make_partner(ours), id=make_payout(mine).id, month=date(2026, 9, 1)
        ),
        allows=lambda ours, _: [
            make_payout(mine := make_partner(ours)),
            make_payout(mine, month=date(2026, 9, 1)),
        ],
        without=("loyalty_payout", "loyalty_payout_pkey"),
    ),
    Rule(
        "loyalty_referrallink_store_id",
        broken_by=lambda ours, _: make_referral_link(
            make_customer(ours), id=make_referral_link(make_customer(ours)).id
        ),
        allows=lambda ours, _: [
            make_referral_link(make_customer(ours)),
            make_referral_link(make_customer(ours)),
        ],
        without=("loyalty_referrallink", "loyalty_referrallink_pkey"),
    ),
    Rule(
        "loyalty_reviewcase_store_id",
        broken_by=lambda ours, _: make_review_case(
            make_order(ours), id=make_review_case(make_order(ours)).id
        ),
        allows=lambda ours, _: [make_review_case(make_order(ours)), make_review_case(make_order(ours))],
        without=("loyalty_reviewcase", "loyalty_reviewcase_pkey"),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_database_keeps(rule: Rule) -> None:
    assert_database_keeps(rule)
