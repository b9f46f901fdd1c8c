"""Revocations and hand-overs: what the database refuses by itself."""

import pytest

from coupons.models import Coupon
from shop.models import Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    make_campaign,
    make_coupon,
    make_customer,
    make_handover,
    make_offer,
    make_revocation,
)


def _coupon(store: Store) -> Coupon:
    return make_coupon(make_campaign(make_offer(store)))


RULES = [
    Rule(
        "coupons_revocation_reason_known",
        broken_by=lambda ours, _: make_revocation(_coupon(ours), reason="lost"),
        allows=lambda ours, _: make_revocation(_coupon(ours), reason="abuse"),
    ),
    Rule(
        "coupons_revocation_coupon_id_key",
        broken_by=lambda ours, _: [make_revocation(coupon := _coupon(ours)), make_revocation(coupon)],
        allows=lambda ours, _: [make_revocation(_coupon(ours)), make_revocation(_coupon(ours))],
    ),
    Rule(
        "coupons_revocation_coupon_same_store",
        broken_by=lambda ours, theirs: make_revocation(_coupon(theirs), store=ours),
        allows=lambda ours, _: make_revocation(_coupon(ours), store=ours),
    ),
    Rule(  # a coupon is claimed once
        "coupons_handover_source_id_key",
        broken_by=lambda ours, _: [
            make_handover(given := _coupon(ours), _coupon(ours)),
            make_handover(given, _coupon(ours)),
        ],
        allows=lambda ours, _: [
            make_handover(_coupon(ours), given := _coupon(ours)),
            make_handover(given, _coupon(ours), level=2),
        ],
    ),
    Rule(
        "coupons_handover_target_id_key",
        broken_by=lambda ours, _: [
            make_handover(_coupon(ours), new := _coupon(ours)),
            make_handover(_coupon(ours), new),
        ],
        allows=lambda ours, _: [
            make_handover(_coupon(ours), _coupon(ours)),
            make_handover(_coupon(ours), _coupon(ours)),
        ],
    ),
    Rule(
        "coupons_handover_two_coupons",
        broken_by=lambda ours, _: make_handover(coupon := _coupon(ours), coupon),
        allows=lambda ours, _: make_handover(_coupon(ours), _coupon(ours)),
    ),
    Rule(
        "coupons_handover_level_within",
        broken_by=lambda ours, _: make_handover(_coupon(ours), _coupon(ours), level=21),
        allows=lambda ours, _: make_handover(_coupon(ours), _coupon(ours), level=20),
    ),
    Rule(
        "coupons_handover_level_within",
        broken_by=lambda ours, _: make_handover(_coupon(ours), _coupon(ours), level=0),
        allows=lambda ours, _: make_handover(_coupon(ours), _coupon(ours), level=1),
    ),
    Rule(
        "coupons_handover_source_same_store",
        broken_by=lambda ours, theirs: make_handover(_coupon(theirs), _coupon(ours), store=ours),
        allows=lambda ours, _: make_handover(_coupon(ours), _coupon(ours), store=ours),
    ),
    Rule(
        "coupons_handover_target_same_store",
        broken_by=lambda ours, theirs: make_handover(_coupon(ours), _coupon(theirs)),
        allows=lambda ours, _: make_handover(_coupon(ours), _coupon(ours)),
    ),
    Rule(
        "coupons_handover_giver_same_store",
        broken_by=lambda ours, theirs: make_handover(
            _coupon(ours), _coupon(ours), giver=make_customer(theirs)
        ),
        allows=lambda ours, _: make_handover(_coupon(ours), _coupon(ours), giver=make_customer(ours)),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_database_refuses_what_breaks_the_rule(rule: Rule) -> None:
    assert_database_keeps(rule)
