"""What the tables of club cards refuse, and what they just allow."""

import pytest

from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import AT, DAY, make_customer, make_offer
from tests.factories.card_rows import make_membership, make_plan

PLANS = [
    Rule(
        "clubcards_plan_code_once",
        broken_by=lambda ours, _: [make_plan(ours, code="vip"), make_plan(ours, code="vip")],
        allows=lambda ours, theirs: [make_plan(ours, code="vip"), make_plan(theirs, code="vip")],
    ),
    Rule(
        "clubcards_plan_store_id",
        broken_by=lambda ours, _: make_plan(ours, id=make_plan(ours).id),
        allows=lambda ours, theirs: [make_plan(ours), make_plan(theirs)],
        without=("clubcards_cardplan", "clubcards_cardplan_pkey"),
    ),
    Rule(
        "clubcards_plan_kind_known",
        broken_by=lambda ours, _: make_plan(ours, kind="gold"),
        allows=lambda ours, _: make_plan(ours, kind="premium"),
    ),
    Rule(
        "clubcards_plan_discount_at_most_whole",
        broken_by=lambda ours, _: make_plan(ours, discount_bp=10_001),
        allows=lambda ours, _: make_plan(ours, discount_bp=10_000),
    ),
    Rule(
        "clubcards_plan_line_limit_at_most_whole",
        broken_by=lambda ours, _: make_plan(ours, line_limit_bp=10_001),
        allows=lambda ours, _: [make_plan(ours, line_limit_bp=10_000), make_plan(ours, line_limit_bp=None)],
    ),
    Rule(
        "clubcards_plan_free_delivery_not_negative",
        broken_by=lambda ours, _: make_plan(ours, free_delivery_from=-1),
        allows=lambda ours, _: [
            make_plan(ours, free_delivery_from=0),
            make_plan(ours, free_delivery_from=None),
        ],
    ),
    Rule(
        "clubcards_cardplan_discount_offer_same_store",
        broken_by=lambda ours, theirs: make_plan(ours, discount_offer=make_offer(theirs)),
        allows=lambda ours, _: make_plan(ours, discount_offer=make_offer(ours)),
    ),
    Rule(
        "clubcards_cardplan_delivery_offer_same_store",
        broken_by=lambda ours, theirs: make_plan(ours, delivery_offer=make_offer(theirs)),
        allows=lambda ours, _: make_plan(ours, delivery_offer=make_offer(ours)),
    ),
]

MEMBERSHIPS = [
    Rule(
        "clubcards_membership_number_once",
        broken_by=lambda ours, _: [
            make_membership(make_plan(ours), make_customer(ours), number="123456789012") for _ in range(2)
        ],
        allows=lambda ours, theirs: [
            make_membership(make_plan(store), make_customer(store), number="123456789012")
            for store in (ours, theirs)
        ],
    ),
    Rule(
        "clubcards_membership_store_id",
        broken_by=lambda ours, _: make_membership(
            make_plan(ours),
            make_customer(ours),
            id=make_membership(make_plan(ours), make_customer(ours)).id,
        ),
        allows=lambda ours, _: [make_membership(make_plan(ours), make_customer(ours)) for _ in range(2)],
        without=("clubcards_membership", "clubcards_membership_pkey"),
    ),
    Rule(
        "clubcards_membership_number_form",
        broken_by=lambda ours, _: make_membership(make_plan(ours), make_customer(ours), number="12345678901"),
        allows=lambda ours, _: make_membership(make_plan(ours), make_customer(ours), number="123456789012"),
    ),
    Rule(
        "clubcards_membership_in_order",
        broken_by=lambda ours, _: make_membership(
            make_plan(ours), make_customer(ours), starts_at=AT, ends_at=AT - DAY
        ),
        allows=lambda ours, _: make_membership(
            make_plan(ours), make_customer(ours), starts_at=AT, ends_at=AT
        ),
    ),
    Rule(
        "clubcards_membership_never_overlaps",
        broken_by=lambda ours, _: [
            make_membership(plan := make_plan(ours), who := make_customer(ours), ends_at=AT + DAY),
            make_membership(plan, who, starts_at=AT),
        ],
        allows=lambda ours, _: [
            make_membership(plan := make_plan(ours), who := make_customer(ours), ends_at=AT),
            make_membership(plan, who, starts_at=AT),
            make_membership(plan, make_customer(ours), starts_at=AT),
            make_membership(make_plan(ours), who, starts_at=AT),
        ],
    ),
    Rule(
        "clubcards_membership_plan_same_store",
        broken_by=lambda ours, theirs: make_membership(make_plan(theirs), make_customer(ours), store=ours),
        allows=lambda ours, _: make_membership(make_plan(ours), make_customer(ours)),
    ),
    Rule(
        "clubcards_membership_customer_same_store",
        broken_by=lambda ours, theirs: make_membership(make_plan(ours), make_customer(theirs)),
        allows=lambda ours, _: make_membership(make_plan(ours), make_customer(ours)),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", [*PLANS, *MEMBERSHIPS], ids=str)
def test_the_database_keeps_cards_in_order(rule: Rule) -> None:
    assert_database_keeps(rule)
