"""What the database keeps true of tiers and stamp cards."""

from typing import Any

import pytest

from loyalty.models import FullCard, StampHolder, TierStep
from shop.models import Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import AT, DAY, make_customer, make_order
from tests.factories.status_rows import (
    make_full_card,
    make_stamp,
    make_stamp_card,
    make_stamp_holder,
    make_tier,
    make_tier_change,
    make_tier_grant,
    make_tier_rules,
    make_tier_status,
    make_tier_step,
)


def _step(store: Store, **given: Any) -> TierStep:
    return make_tier_step(make_tier_rules(store), make_tier(store), **given)


def _holder(store: Store) -> StampHolder:
    return make_stamp_holder(make_stamp_card(store), make_customer(store))


def _full(store: Store) -> FullCard:
    return make_full_card(_holder(store))


TIERS = [
    Rule(
        "loyalty_tier_code_once",
        broken_by=lambda ours, _: [make_tier(ours, code="gold"), make_tier(ours, code="gold")],
        allows=lambda ours, theirs: [make_tier(ours, code="gold"), make_tier(theirs, code="gold")],
    ),
    Rule(
        "loyalty_tierrules_number_once",
        broken_by=lambda ours, _: [make_tier_rules(ours, number=1), make_tier_rules(ours, number=1)],
        allows=lambda ours, theirs: [make_tier_rules(ours, number=1), make_tier_rules(theirs, number=1)],
    ),
    Rule(
        "loyalty_tierrules_period_whole",
        broken_by=lambda ours, _: make_tier_rules(ours, period="year", months=12),
        allows=lambda ours, _: [make_tier_rules(ours, period="year", months=None), make_tier_rules(ours)],
    ),
    Rule(
        "loyalty_tierrules_measure_known",
        broken_by=lambda ours, _: make_tier_rules(ours, measure="visits"),
        allows=lambda ours, _: make_tier_rules(ours, measure="orders"),
    ),
    Rule(
        "loyalty_tierrules_grace_within_year",
        broken_by=lambda ours, _: make_tier_rules(ours, grace_days=367),
        allows=lambda ours, _: make_tier_rules(ours, grace_days=366),
    ),
    Rule(
        "loyalty_tierstep_tier_once",
        broken_by=lambda ours, _: make_tier_step(
            (first := _step(ours, threshold=1)).rules, first.tier, threshold=2
        ),
        allows=lambda ours, _: make_tier_step(
            (first := _step(ours, threshold=1)).rules, make_tier(first.store), threshold=2
        ),
    ),
    Rule(
        "loyalty_tierstep_threshold_once",
        broken_by=lambda ours, _: make_tier_step(_step(ours).rules, make_tier(ours)),
        allows=lambda ours, _: [_step(ours), _step(ours)],
    ),
    Rule(
        "loyalty_tierstep_threshold_positive",
        broken_by=lambda ours, _: _step(ours, threshold=0),
        allows=lambda ours, _: _step(ours, threshold=1),
    ),
    Rule(
        "loyalty_tiergrant_whole",
        broken_by=lambda ours, _: make_tier_grant(make_customer(ours), make_tier(ours), until_at=AT),
        allows=lambda ours, _: [
            make_tier_grant(make_customer(ours), make_tier(ours), until_at=AT + DAY),
            make_tier_grant(make_customer(ours), None),
        ],
    ),
    Rule(
        "loyalty_tiergrant_says_why",
        broken_by=lambda ours, _: make_tier_grant(make_customer(ours), None, reason=""),
        allows=lambda ours, _: make_tier_grant(make_customer(ours), None),
    ),
    Rule(
        "loyalty_tierstatus_whole",
        broken_by=lambda ours, _: make_tier_status(make_customer(ours), tier=make_tier(ours)),
        allows=lambda ours, _: [
            make_tier_status(make_customer(ours)),
            make_tier_status(make_customer(ours), tier=make_tier(ours), since_at=AT, until_at=AT + DAY),
        ],
    ),
    Rule(
        "loyalty_tierstatus_customer_id_key",
        broken_by=lambda ours, _: [make_tier_status(anna := make_customer(ours)), make_tier_status(anna)],
        allows=lambda ours, _: [make_tier_status(make_customer(ours)), make_tier_status(make_customer(ours))],
    ),
    Rule(
        "loyalty_tierchange_number_once",
        broken_by=lambda ours, _: [make_tier_change(anna := make_customer(ours)), make_tier_change(anna)],
        allows=lambda ours, _: [
            make_tier_change(anna := make_customer(ours)),
            make_tier_change(anna, number=2),
            make_tier_change(make_customer(ours)),
        ],
    ),
    Rule(
        "loyalty_tierchange_whole",
        broken_by=lambda ours, _: make_tier_change(make_customer(ours), until_at=AT),
        allows=lambda ours, _: make_tier_change(make_customer(ours), tier=make_tier(ours), until_at=AT + DAY),
    ),
]

STAMPS = [
    Rule(
        "loyalty_stampcard_code_once",
        broken_by=lambda ours, _: [make_stamp_card(ours, code="tea"), make_stamp_card(ours, code="tea")],
        allows=lambda ours, theirs: [make_stamp_card(ours, code="tea"), make_stamp_card(theirs, code="tea")],
    ),
    Rule(
        "loyalty_stampcard_needed_in_range",
        broken_by=lambda ours, _: make_stamp_card(ours, needed=0),
        allows=lambda ours, _: [make_stamp_card(ours, needed=1), make_stamp_card(ours, needed=100)],
    ),
    Rule(
        "loyalty_stampcard_reward_whole",
        broken_by=lambda ours, _: make_stamp_card(ours, reward="coupon", points=None),
        allows=lambda ours, _: [
            make_stamp_card(ours),
            make_stamp_card(ours, reward="coupon", points=None, campaign="next"),
        ],
    ),
    Rule(
        "loyalty_stampcard_day_max_positive",
        broken_by=lambda ours, _: make_stamp_card(ours, day_max=0),
        allows=lambda ours, _: [make_stamp_card(ours, day_max=1), make_stamp_card(ours, day_max=None)],
    ),
    Rule(
        "loyalty_stampcard_life_positive",
        broken_by=lambda ours, _: make_stamp_card(ours, life_days=0),
        allows=lambda ours, _: [make_stamp_card(ours, life_days=1), make_stamp_card(ours, life_days=None)],
    ),
    Rule(
        "loyalty_stampholder_once",
        broken_by=lambda ours, _: make_stamp_holder((first := _holder(ours)).card, first.customer),
        allows=lambda ours, _: make_stamp_holder(_holder(ours).card, make_customer(ours)),
    ),
    Rule(
        "loyalty_fullcard_number_once",
        broken_by=lambda ours, _: make_full_card(_full(ours).holder),
        allows=lambda ours, _: make_full_card(_full(ours).holder, number=2),
    ),
    Rule(
        "loyalty_stamp_key_once",
        broken_by=lambda ours, _: [
            make_stamp(mine := _holder(ours), key="order:7"),
            make_stamp(mine, key="order:7"),
        ],
        allows=lambda ours, _: [
            make_stamp(_holder(ours), key="order:7"),
            make_stamp(_holder(ours), key="order:7"),
        ],
    ),
    Rule(
        "loyalty_stamp_withdrawn_fills_nothing",
        broken_by=lambda ours, _: make_stamp((full := _full(ours)).holder, full_card=full, withdrawn_at=AT),
        allows=lambda ours, _: [
            make_stamp((full := _full(ours)).holder, full_card=full),
            make_stamp(full.holder, withdrawn_at=AT),
        ],
    ),
]

APART = [
    Rule(
        "loyalty_tierstep_rules_same_store",
        broken_by=lambda ours, theirs: make_tier_step(make_tier_rules(theirs), make_tier(ours), store=ours),
        allows=lambda ours, _: _step(ours),
    ),
    Rule(
        "loyalty_tierstep_tier_same_store",
        broken_by=lambda ours, theirs: make_tier_step(make_tier_rules(ours), make_tier(theirs)),
        allows=lambda ours, _: _step(ours),
    ),
    Rule(
        "loyalty_tiergrant_customer_same_store",
        broken_by=lambda ours, theirs: make_tier_grant(make_customer(theirs), None, store=ours),
        allows=lambda ours, _: make_tier_grant(make_customer(ours), None),
    ),
    Rule(
        "loyalty_tiergrant_tier_same_store",
        broken_by=lambda ours, theirs: make_tier_grant(make_customer(ours), make_tier(theirs)),
        allows=lambda ours, _: make_tier_grant(make_customer(ours), make_tier(ours)),
    ),
    Rule(
        "loyalty_tierstatus_customer_same_store",
        broken_by=lambda ours, theirs: make_tier_status(make_customer(theirs), store=ours),
        allows=lambda ours, _: make_tier_status(make_customer(ours)),
    ),
    Rule(
        "loyalty_tierstatus_tier_same_store",
        broken_by=lambda ours, theirs: make_tier_status(
            make_customer(ours), tier=make_tier(theirs), since_at=AT, until_at=AT + DAY
        ),
        allows=lambda ours, _: make_tier_status(make_customer(ours)),
    ),
    Rule(
        "loyalty_tierstatus_next_tier_same_store",
        broken_by=lambda ours, theirs: make_tier_status(make_customer(ours), next_tier=make_tier(theirs)),
        allows=lambda ours, _: make_tier_status(make_customer(ours), next_tier=make_tier(ours)),
    ),
    Rule(
        "loyalty_tierchange_customer_same_store",
        broken_by=lambda ours, theirs: make_tier_change(make_customer(theirs), store=ours),
        allows=lambda ours, _: make_tier_change(make_customer(ours)),
    ),
    Rule(
        "loyalty_tierchange_before_same_store",
        broken_by=lambda ours, theirs: make_tier_change(make_customer(ours), before=make_tier(theirs)),
        allows=lambda ours, _: make_tier_change(make_customer(ours), before=make_tier(ours)),
    ),
    Rule(
        "loyalty_tierchange_tier_same_store",
        broken_by=lambda ours, theirs: make_tier_change(
            make_customer(ours), tier=make_tier(theirs), until_at=AT + DAY
        ),
        allows=lambda ours, _: make_tier_change(make_customer(ours), tier=make_tier(ours), until_at=AT + DAY),
    ),
    Rule(
        "loyalty_tierchange_order_same_store",
        broken_by=lambda ours, theirs: make_tier_change(make_customer(ours), order=make_order(theirs)),
        allows=lambda ours, _: make_tier_change(make_customer(ours), order=make_order(ours)),
    ),
    Rule(
        "loyalty_tierchange_grant_same_store",
        broken_by=lambda ours, theirs: make_tier_change(
            make_customer(ours), grant=make_tier_grant(make_customer(theirs), None)
        ),
        allows=lambda ours, _: make_tier_change(
            anna := make_customer(ours), grant=make_tier_grant(anna, None)
        ),
    ),
    Rule(
        "loyalty_stampholder_card_same_store",
        broken_by=lambda ours, theirs: make_stamp_holder(
            make_stamp_card(theirs), make_customer(ours), store=ours
        ),
        allows=lambda ours, _: _holder(ours),
    ),
    Rule(
        "loyalty_stampholder_customer_same_store",
        broken_by=lambda ours, theirs: make_stamp_holder(make_stamp_card(ours), make_customer(theirs)),
        allows=lambda ours, _: _holder(ours),
    ),
    Rule(
        "loyalty_fullcard_holder_same_store",
        broken_by=lambda ours, theirs: make_full_card(_holder(theirs), store=ours),
        allows=lambda ours, _: _full(ours),
    ),
    Rule(
        "loyalty_stamp_holder_same_store",
        broken_by=lambda ours, theirs: make_stamp(_holder(theirs), store=ours),
        allows=lambda ours, _: make_stamp(_holder(ours)),
    ),
    Rule(
        "loyalty_stamp_order_same_store",
        broken_by=lambda ours, theirs: make_stamp(_holder(ours), order=make_order(theirs)),
        allows=lambda ours, _: make_stamp(_holder(ours), order=make_order(ours)),
    ),
    Rule(
        "loyalty_stamp_full_card_same_store",
        broken_by=lambda ours, theirs: make_stamp(_holder(ours), full_card=_full(theirs)),
        allows=lambda ours, _: make_stamp((full := _full(ours)).holder, full_card=full),
    ),
]

KEYS = [
    Rule(
        "loyalty_tier_store_id",
        broken_by=lambda ours, _: make_tier(ours, id=make_tier(ours).id),
        allows=lambda ours, theirs: [make_tier(ours), make_tier(theirs)],
        without=("loyalty_tier", "loyalty_tier_pkey"),
    ),
    Rule(
        "loyalty_tierrules_store_id",
        broken_by=lambda ours, _: make_tier_rules(ours, id=make_tier_rules(ours).id),
        allows=lambda ours, theirs: [make_tier_rules(ours), make_tier_rules(theirs)],
        without=("loyalty_tierrules", "loyalty_tierrules_pkey"),
    ),
    Rule(
        "loyalty_tiergrant_store_id",
        broken_by=lambda ours, _: make_tier_grant(
            anna := make_customer(ours), None, id=make_tier_grant(anna, None).id
        ),
        allows=lambda ours, _: [
            make_tier_grant(anna := make_customer(ours), None),
            make_tier_grant(anna, None),
        ],
        without=("loyalty_tiergrant", "loyalty_tiergrant_pkey"),
    ),
    Rule(
        "loyalty_stampcard_store_id",
        broken_by=lambda ours, _: make_stamp_card(ours, id=make_stamp_card(ours).id),
        allows=lambda ours, theirs: [make_stamp_card(ours), make_stamp_card(theirs)],
        without=("loyalty_stampcard", "loyalty_stampcard_pkey"),
    ),
    Rule(
        "loyalty_stampholder_store_id",
        broken_by=lambda ours, _: make_stamp_holder(
            (first := _holder(ours)).card, make_customer(ours), id=first.id
        ),
        allows=lambda ours, _: [_holder(ours), _holder(ours)],
        without=("loyalty_stampholder", "loyalty_stampholder_pkey"),
    ),
    Rule(
        "loyalty_fullcard_store_id",
        broken_by=lambda ours, _: make_full_card((first := _full(ours)).holder, number=2, id=first.id),
        allows=lambda ours, _: [_full(ours), _full(ours)],
        without=("loyalty_fullcard", "loyalty_fullcard_pkey"),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", [*TIERS, *STAMPS, *APART, *KEYS], ids=str)
def test_the_database_keeps_it(rule: Rule) -> None:
    assert_database_keeps(rule)
