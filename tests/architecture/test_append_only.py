"""What happened stays: which tables are append-only, and that each of their partitions is as well.

What the triggers refuse is seen in tests/constraints/test_append_only.py; here, that none is forgotten.
"""

from datetime import UTC, datetime

import pytest
from django.db import connection

from shop.partitions import PARTITIONED, ensure_partition
from tests.architecture.read_tree import our_tables
from tests.constraints.test_append_only import GUARDS, ROWS

# By the models' own words: a docstring that says "append-only" is a promise.
APPEND_ONLY = {
    "coupons_giftwithdrawal",
    "coupons_handover",
    "coupons_redemption",
    "coupons_revocation",
    "loyalty_dayseal",
    "loyalty_acquisition",
    "loyalty_discount",
    "loyalty_prolongation",
    "loyalty_referral",
    "loyalty_ruleearning",
    "loyalty_reviewdecision",
    "loyalty_tierchange",
    "loyalty_tiergrant",
    "loyalty_tierrules",
    "loyalty_tierstep",
    "loyalty_transfer",
    "shop_activity",
    "shop_consent",
    "triggers_delivery",
}
ALL_THREE = 1 << 4 | 1 << 3 | 1 << 5  # UPDATE, DELETE, TRUNCATE: bits of pg_trigger.tgtype

REFUSED = """
    SELECT relname, bit_or(tgtype) FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE proname IN ('shop_refuse_change', 'loyalty_refuse_change_but_erasure') AND tgenabled = 'O' AND tgtype & 2 <> 0
    GROUP BY relname
"""


def _refused() -> dict[str, int]:
    """Table -> bits of the statements that its BEFORE triggers refuse."""
    with connection.cursor() as cursor:
        cursor.execute(REFUSED)
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_append_only_tables_refuse_all_three() -> None:
    refused = _refused()
    assert {table for table in our_tables() if refused.get(table, 0) & ALL_THREE == ALL_THREE} == APPEND_ONLY


@pytest.mark.django_db
@pytest.mark.parametrize("table", PARTITIONED)
def test_a_new_month_refuses_them_too(table: str) -> None:
    ensure_partition(table, datetime(2031, 2, 28, 23, 59, tzinfo=UTC))
    assert _refused()[f"{table}_y2031m02"] & ALL_THREE == ALL_THREE


def test_each_is_tried_with_all_three() -> None:
    assert set(ROWS) == APPEND_ONLY
    for verb in ("UPDATE", "DELETE"):
        assert {table for table, _, statement in GUARDS if statement.startswith(verb)} == APPEND_ONLY
