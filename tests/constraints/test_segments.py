"""What the database keeps true of segments."""

import pytest

from loyalty.models import Segment
from shop.models import Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import AT, DAY, make_customer
from tests.factories.segment_rows import (
    make_limits,
    make_listed_row,
    make_member_row,
    make_segment_day,
    make_segment_row,
)


def _archived(store: Store, **given: object) -> Segment:
    return make_segment_row(store, **{"archived_at": AT, "due_at": None} | given)


RULES = [
    Rule(
        "loyalty_segment_code_once",
        broken_by=lambda ours, _: [make_segment_row(ours, code="lost"), make_segment_row(ours, code="lost")],
        allows=lambda ours, theirs: [
            make_segment_row(ours, code="lost"),
            make_segment_row(theirs, code="lost"),
        ],
    ),
    Rule(
        "loyalty_segment_archived_is_empty",
        broken_by=lambda ours, _: _archived(ours, size=1),
        allows=lambda ours, _: [_archived(ours), make_segment_row(ours, size=1)],
    ),
    Rule(
        "loyalty_segmentmember_once",
        broken_by=lambda ours, _: [
            make_member_row(lost := make_segment_row(ours), anna := make_customer(ours)),
            make_member_row(lost, anna),
        ],
        allows=lambda ours, _: [
            make_member_row(lost := make_segment_row(ours), anna := make_customer(ours)),
            make_member_row(lost, make_customer(ours)),
            make_member_row(make_segment_row(ours), anna),
        ],
    ),
    Rule(
        "loyalty_segmentlisted_once",
        broken_by=lambda ours, _: [
            make_listed_row(lost := make_segment_row(ours), anna := make_customer(ours)),
            make_listed_row(lost, anna),
        ],
        allows=lambda ours, _: [
            make_listed_row(lost := make_segment_row(ours), make_customer(ours)),
            make_listed_row(lost, make_customer(ours)),
        ],
    ),
    Rule(
        "loyalty_segmentday_once",
        broken_by=lambda ours, _: [
            make_segment_day(lost := make_segment_row(ours)),
            make_segment_day(lost),
        ],
        allows=lambda ours, _: [
            make_segment_day(lost := make_segment_row(ours)),
            make_segment_day(lost, day=(AT + DAY).date()),
        ],
    ),
    Rule(
        "loyalty_lifecyclelimits_in_order",
        broken_by=lambda ours, _: make_limits(ours, passive_days=365),
        allows=lambda ours, _: make_limits(ours, active_days=60, passive_days=60, lost_days=61),
    ),
    Rule(
        "loyalty_lifecyclelimits_store_id_key",
        broken_by=lambda ours, _: [make_limits(ours), make_limits(ours)],
        allows=lambda ours, theirs: [make_limits(ours), make_limits(theirs)],
    ),
    Rule(
        "loyalty_segmentmember_segment_same_store",
        broken_by=lambda ours, theirs: make_member_row(
            make_segment_row(theirs), make_customer(ours), store=ours
        ),
        allows=lambda ours, _: make_member_row(make_segment_row(ours), make_customer(ours)),
    ),
    Rule(
        "loyalty_segmentmember_customer_same_store",
        broken_by=lambda ours, theirs: make_member_row(make_segment_row(ours), make_customer(theirs)),
        allows=lambda ours, _: make_member_row(make_segment_row(ours), make_customer(ours)),
    ),
    Rule(
        "loyalty_segmentlisted_segment_same_store",
        broken_by=lambda ours, theirs: make_listed_row(
            make_segment_row(theirs), make_customer(ours), store=ours
        ),
        allows=lambda ours, _: make_listed_row(make_segment_row(ours), make_customer(ours)),
    ),
    Rule(
        "loyalty_segmentlisted_customer_same_store",
        broken_by=lambda ours, theirs: make_listed_row(make_segment_row(ours), make_customer(theirs)),
        allows=lambda ours, _: make_listed_row(make_segment_row(ours), make_customer(ours)),
    ),
    Rule(
        "loyalty_segmentday_segment_same_store",
        broken_by=lambda ours, theirs: make_segment_day(make_segment_row(theirs), store=ours),
        allows=lambda ours, _: make_segment_day(make_segment_row(ours)),
    ),
    Rule(
        "loyalty_segment_store_id",
        broken_by=lambda ours, _: make_segment_row(ours, id=make_segment_row(ours).id),
        allows=lambda ours, theirs: [make_segment_row(ours), make_segment_row(theirs)],
        without=("loyalty_segment", "loyalty_segment_pkey"),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_the_database_keeps_it(rule: Rule) -> None:
    assert_database_keeps(rule)
