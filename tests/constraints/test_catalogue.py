"""The rewards catalogue."""

import pytest

from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import AT, DAY, make_catalogue_item, make_catalogue_take, make_customer

RULES = [
    Rule(  # what the keys of takes refer to
        "loyalty_catalogueitem_store_id",
        broken_by=lambda ours, _: make_catalogue_item(ours, id=make_catalogue_item(ours).pk),
        allows=lambda ours, _: [make_catalogue_item(ours), make_catalogue_item(ours)],
        without=("loyalty_catalogueitem", "loyalty_catalogueitem_pkey"),
    ),
    Rule(
        "loyalty_catalogueitem_code_once",
        broken_by=lambda ours, _: [
            make_catalogue_item(ours, code="mug"),
            make_catalogue_item(ours, code="mug"),
        ],
        allows=lambda ours, theirs: [
            make_catalogue_item(ours, code="mug"),
            make_catalogue_item(theirs, code="mug"),
        ],
    ),
    Rule(
        "loyalty_catalogueitem_points_positive",
        broken_by=lambda ours, _: make_catalogue_item(ours, points=0),
        allows=lambda ours, _: make_catalogue_item(ours, points=1),
    ),
    Rule(
        "loyalty_catalogueitem_within_stock",
        broken_by=lambda ours, _: make_catalogue_item(ours, stock_max=2, taken=3),
        allows=lambda ours, _: make_catalogue_item(ours, stock_max=2, taken=2),
    ),
    Rule(
        "loyalty_catalogueitem_window_in_order",
        broken_by=lambda ours, _: make_catalogue_item(ours, starts_at=AT, ends_at=AT),
        allows=lambda ours, _: make_catalogue_item(ours, starts_at=AT, ends_at=AT + DAY),
    ),
    Rule(
        "loyalty_catalogueitem_kind_whole",
        broken_by=lambda ours, _: make_catalogue_item(ours, kind="coupon"),
        allows=lambda ours, _: make_catalogue_item(ours, kind="coupon", campaign="next", item=""),
    ),
    Rule(
        "loyalty_cataloguetake_key_once",
        broken_by=lambda ours, _: [
            make_catalogue_take(make_catalogue_item(ours), make_customer(ours), key="t-1"),
            make_catalogue_take(make_catalogue_item(ours), make_customer(ours), key="t-1"),
        ],
        allows=lambda ours, theirs: [
            make_catalogue_take(make_catalogue_item(ours), make_customer(ours), key="t-1"),
            make_catalogue_take(make_catalogue_item(theirs), make_customer(theirs), key="t-1"),
        ],
    ),
    Rule(
        "loyalty_cataloguetake_transfer_id_key",
        broken_by=lambda ours, _: [
            paid := make_catalogue_take(item := make_catalogue_item(ours), make_customer(ours)),
            make_catalogue_take(item, make_customer(ours), transfer=paid.transfer),
        ],
        allows=lambda ours, _: [
            make_catalogue_take(item := make_catalogue_item(ours), make_customer(ours)),
            make_catalogue_take(item, make_customer(ours)),
        ],
    ),
    Rule(
        "loyalty_cataloguetake_number_once",
        broken_by=lambda ours, _: [
            make_catalogue_take(item := make_catalogue_item(ours), who := make_customer(ours)),
            make_catalogue_take(item, who),
        ],
        allows=lambda ours, _: [
            make_catalogue_take(item := make_catalogue_item(ours), who := make_customer(ours)),
            make_catalogue_take(item, who, n=2),
            make_catalogue_take(item, make_customer(ours)),
        ],
    ),
    Rule(
        "loyalty_cataloguetake_counts_until_cancelled",
        broken_by=lambda ours, _: make_catalogue_take(
            make_catalogue_item(ours), make_customer(ours), cancelled_at=AT
        ),
        allows=lambda ours, _: make_catalogue_take(
            make_catalogue_item(ours), make_customer(ours), cancelled_at=AT, n=None
        ),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_database_refuses_what_breaks_the_rule(rule: Rule) -> None:
    assert_database_keeps(rule)
