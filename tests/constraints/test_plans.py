"""What a month is to sell."""

from datetime import date
from typing import Any

import pytest

from loyalty.models import SalesPlan
from shop.models import Store
from tests.constraints.rule import Rule, assert_database_keeps

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 1)


def _plan(store: Store, **given: Any) -> SalesPlan:
    return SalesPlan.objects.create(**{"store": store, "month": MAY, "revenue": 4_000_000} | given)


RULES = [
    Rule(
        "loyalty_salesplan_month_once",
        broken_by=lambda ours, _: [_plan(ours), _plan(ours)],
        allows=lambda ours, theirs: [_plan(ours), _plan(ours, month=date(2026, 6, 1)), _plan(theirs)],
    ),
    Rule(
        "loyalty_salesplan_month_by_first_day",
        broken_by=lambda ours, _: _plan(ours, month=date(2026, 5, 2)),
        allows=lambda ours, _: _plan(ours),
    ),
    Rule(
        "loyalty_salesplan_in_order",
        broken_by=lambda ours, _: _plan(ours, margin=4_000_001),
        allows=lambda ours, _: [
            _plan(ours, margin=4_000_000),
            _plan(ours, month=date(2026, 6, 1), revenue=1),
        ],
    ),
    Rule(
        "loyalty_salesplan_in_order",
        broken_by=lambda ours, _: _plan(ours, revenue=0),
        allows=lambda ours, _: _plan(ours, revenue=1, margin=1),
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_the_database_keeps(rule: Rule) -> None:
    assert_database_keeps(rule)
