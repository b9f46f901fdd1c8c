"""Points moved, discounts, redemptions, consents, activity and deliveries are never changed nor removed."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from shop.models import Store
from tests.factories import (
    make_account,
    make_activity,
    make_campaign,
    make_consent,
    make_coupon,
    make_customer,
    make_day_seal,
    make_delivery,
    make_discount,
    make_earning_rule,
    make_handover,
    make_lot,
    make_message,
    make_offer,
    make_order,
    make_programme_account,
    make_prolongation,
    make_redemption,
    make_revocation,
    make_rule_earning,
    make_step,
    make_store,
    make_transfer,
    make_trigger,
    make_version,
)
from tests.factories.friend_rows import (
    make_acquisition,
    make_referral,
    make_review_case,
    make_review_decision,
)
from tests.factories.gift_rows import make_gift_balance, make_gift_withdrawal
from tests.factories.status_rows import (
    make_tier,
    make_tier_change,
    make_tier_grant,
    make_tier_rules,
    make_tier_step,
)

# table -> a row of it, in words that any of these tables understands.
ROWS: dict[str, Callable[[Store], object]] = {
    "loyalty_transfer": lambda store: make_transfer(
        make_programme_account(store), make_account(make_customer(store))
    ),
    "loyalty_discount": lambda store: make_discount(make_order(store), make_version(make_offer(store))),
    "loyalty_ruleearning": lambda store: make_rule_earning(
        make_transfer(make_programme_account(store), make_account(make_customer(store))),
        make_earning_rule(store),
    ),
    "loyalty_prolongation": lambda store: make_prolongation(
        make_lot(make_transfer(make_programme_account(store), make_account(make_customer(store)))),
        make_order(store),
    ),
    "loyalty_dayseal": make_day_seal,
    "loyalty_tierrules": make_tier_rules,
    "loyalty_tierstep": lambda store: make_tier_step(make_tier_rules(store), make_tier(store)),
    "loyalty_tiergrant": lambda store: make_tier_grant(make_customer(store), make_tier(store)),
    "loyalty_tierchange": lambda store: make_tier_change(make_customer(store)),
    "loyalty_acquisition": lambda store: make_acquisition(make_order(store)),
    "loyalty_referral": lambda store: make_referral(make_customer(store), make_customer(store)),
    "loyalty_reviewdecision": lambda store: make_review_decision(make_review_case(make_order(store))),
    "coupons_redemption": lambda store: make_redemption(
        make_coupon(make_campaign(make_offer(store))), make_order(store)
    ),
    "coupons_revocation": lambda store: make_revocation(make_coupon(make_campaign(make_offer(store)))),
    "coupons_giftwithdrawal": lambda store: make_gift_withdrawal(make_gift_balance(store)),
    "coupons_handover": lambda store: make_handover(
        make_coupon(campaign := make_campaign(make_offer(store))), make_coupon(campaign)
    ),
    "shop_consent": lambda store: make_consent(make_customer(store)),
    "shop_activity": make_activity,
    "triggers_delivery": lambda store: make_delivery(
        make_message(make_step(make_trigger(store)), make_customer(store))
    ),
}

# Table, the trigger that guards it, and the statement it refuses. CASCADE, since references stop TRUNCATE.
# A row trigger reaches the partitions by itself; TRUNCATE of a partition meets only the partition's own.
GUARDS = [
    ("loyalty_transfer", "loyalty_transfer_append_only", "UPDATE loyalty_transfer SET store_id = store_id"),
    ("loyalty_transfer", "loyalty_transfer_append_only", "DELETE FROM loyalty_transfer"),
    (  # what rules gave of it and how its portion was prolonged go with it, and refuse as well
        "loyalty_transfer",
        "loyalty_transfer_no_truncate",
        "ALTER TABLE loyalty_ruleearning DISABLE TRIGGER loyalty_ruleearning_no_truncate; "
        "ALTER TABLE loyalty_prolongation DISABLE TRIGGER loyalty_prolongation_no_truncate; "
        "TRUNCATE loyalty_transfer CASCADE",
    ),
    ("loyalty_ruleearning", "loyalty_ruleearning_append_only", "UPDATE loyalty_ruleearning SET points = 2"),
    ("loyalty_ruleearning", "loyalty_ruleearning_append_only", "DELETE FROM loyalty_ruleearning"),
    ("loyalty_ruleearning", "loyalty_ruleearning_no_truncate", "TRUNCATE loyalty_ruleearning CASCADE"),
    (
        "loyalty_prolongation",
        "loyalty_prolongation_append_only",
        "UPDATE loyalty_prolongation SET to_at = to_at",
    ),
    ("loyalty_prolongation", "loyalty_prolongation_append_only", "DELETE FROM loyalty_prolongation"),
    ("loyalty_prolongation", "loyalty_prolongation_no_truncate", "TRUNCATE loyalty_prolongation CASCADE"),
    ("loyalty_dayseal", "loyalty_dayseal_append_only", "UPDATE loyalty_dayseal SET transfers = 2"),
    ("loyalty_dayseal", "loyalty_dayseal_append_only", "DELETE FROM loyalty_dayseal"),
    ("loyalty_dayseal", "loyalty_dayseal_no_truncate", "TRUNCATE loyalty_dayseal CASCADE"),
    (
        "loyalty_tierrules",
        "loyalty_tierrules_append_only",
        "UPDATE loyalty_tierrules SET store_id = store_id",
    ),
    ("loyalty_tierrules", "loyalty_tierrules_append_only", "DELETE FROM loyalty_tierrules"),
    ("loyalty_tierstep", "loyalty_tierstep_append_only", "UPDATE loyalty_tierstep SET store_id = store_id"),
    ("loyalty_tierstep", "loyalty_tierstep_append_only", "DELETE FROM loyalty_tierstep"),
    ("loyalty_tierstep", "loyalty_tierstep_no_truncate", "TRUNCATE loyalty_tierstep CASCADE"),
    (
        "loyalty_tiergrant",
        "loyalty_tiergrant_append_only",
        "UPDATE loyalty_tiergrant SET store_id = store_id",
    ),
    ("loyalty_tiergrant", "loyalty_tiergrant_append_only", "DELETE FROM loyalty_tiergrant"),
    (
        "loyalty_tierchange",
        "loyalty_tierchange_append_only",
        "UPDATE loyalty_tierchange SET store_id = store_id",
    ),
    ("loyalty_tierchange", "loyalty_tierchange_append_only", "DELETE FROM loyalty_tierchange"),
    ("loyalty_tierchange", "loyalty_tierchange_no_truncate", "TRUNCATE loyalty_tierchange CASCADE"),
    ("loyalty_discount", "loyalty_discount_append_only", "UPDATE loyalty_discount SET store_id = store_id"),
    ("loyalty_discount", "loyalty_discount_append_only", "DELETE FROM loyalty_discount"),
    ("loyalty_discount", "loyalty_discount_no_truncate", "TRUNCATE loyalty_discount CASCADE"),
    ("loyalty_acquisition", "loyalty_acquisition_append_only", "UPDATE loyalty_acquisition SET at = at"),
    ("loyalty_acquisition", "loyalty_acquisition_append_only", "DELETE FROM loyalty_acquisition"),
    ("loyalty_acquisition", "loyalty_acquisition_no_truncate", "TRUNCATE loyalty_acquisition CASCADE"),
    ("loyalty_referral", "loyalty_referral_append_only", "UPDATE loyalty_referral SET at = at"),
    ("loyalty_referral", "loyalty_referral_append_only", "DELETE FROM loyalty_referral"),
    ("loyalty_referral", "loyalty_referral_no_truncate", "TRUNCATE loyalty_referral CASCADE"),
    (
        "loyalty_reviewdecision",
        "loyalty_reviewdecision_append_only",
        "UPDATE loyalty_reviewdecision SET at = at",
    ),
    ("loyalty_reviewdecision", "loyalty_reviewdecision_append_only", "DELETE FROM loyalty_reviewdecision"),
    (
        "loyalty_reviewdecision",
        "loyalty_reviewdecision_no_truncate",
        "TRUNCATE loyalty_reviewdecision CASCADE",
    ),
    ("coupons_redemption", "coupons_redemption_append_only", "UPDATE coupons_redemption SET amount = 0"),
    ("coupons_redemption", "coupons_redemption_append_only", "DELETE FROM coupons_redemption"),
    ("coupons_redemption", "coupons_redemption_no_truncate", "TRUNCATE coupons_redemption CASCADE"),
    ("coupons_revocation", "coupons_revocation_append_only", "UPDATE coupons_revocation SET at = at"),
    ("coupons_revocation", "coupons_revocation_append_only", "DELETE FROM coupons_revocation"),
    ("coupons_revocation", "coupons_revocation_no_truncate", "TRUNCATE coupons_revocation CASCADE"),
    (
        "coupons_giftwithdrawal",
        "coupons_giftwithdrawal_append_only",
        "UPDATE coupons_giftwithdrawal SET at = at",
    ),
    ("coupons_giftwithdrawal", "coupons_giftwithdrawal_append_only", "DELETE FROM coupons_giftwithdrawal"),
    (
        "coupons_giftwithdrawal",
        "coupons_giftwithdrawal_no_truncate",
        "TRUNCATE coupons_giftwithdrawal CASCADE",
    ),
    ("coupons_handover", "coupons_handover_append_only", "UPDATE coupons_handover SET at = at"),
    ("coupons_handover", "coupons_handover_append_only", "DELETE FROM coupons_handover"),
    ("coupons_handover", "coupons_handover_no_truncate", "TRUNCATE coupons_handover CASCADE"),
    ("shop_consent", "shop_consent_append_only", "UPDATE shop_consent SET is_given = true"),
    ("shop_consent", "shop_consent_append_only", "DELETE FROM shop_consent"),
    ("shop_consent", "shop_consent_no_truncate", "TRUNCATE shop_consent CASCADE"),
    ("shop_activity", "shop_activity_append_only", "UPDATE shop_activity SET kind = 'x'"),
    ("shop_activity", "shop_activity_append_only", "DELETE FROM shop_activity"),
    ("shop_activity", "shop_activity_append_only", "UPDATE shop_activity_y2026m11 SET kind = 'x'"),
    ("shop_activity", "shop_activity_append_only", "DELETE FROM shop_activity_y2026m11"),
    ("triggers_delivery", "triggers_delivery_append_only", "UPDATE triggers_delivery SET detail = ''"),
    ("triggers_delivery", "triggers_delivery_append_only", "DELETE FROM triggers_delivery"),
    (
        "triggers_delivery",
        "triggers_delivery_append_only",
        "UPDATE triggers_delivery_y2026m11 SET at = at",
    ),
    ("triggers_delivery", "triggers_delivery_append_only", "DELETE FROM triggers_delivery_y2026m11"),
]

# Two triggers refuse here, the table's and that of its partition, or of what refers to it, as TRUNCATE comes to it.
TRUNCATES = [
    ("loyalty_tierrules", "loyalty_tierrules_no_truncate", "loyalty_tierstep_no_truncate"),
    ("loyalty_tiergrant", "loyalty_tiergrant_no_truncate", "loyalty_tierchange_no_truncate"),
    ("shop_activity", "shop_activity_no_truncate", "shop_activity_y2026m11_no_truncate"),
    ("triggers_delivery", "triggers_delivery_no_truncate", "triggers_delivery_y2026m11_no_truncate"),
]


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _make_row(table: str) -> None:
    ROWS[table](make_store())
    _execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while checks of it wait


def _assert_refused(statement: str) -> None:
    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        _execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "trigger", "statement"), GUARDS)
def test_what_happened_is_never_changed(table: str, trigger: str, statement: str) -> None:
    _make_row(table)
    _assert_refused(statement)
    # It is this trigger that refuses: without it the statement goes through.
    _execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}", statement)


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "trigger", "trigger_of_part"), TRUNCATES)
def test_neither_table_nor_month_is_emptied(table: str, trigger: str, trigger_of_part: str) -> None:
    part = trigger_of_part.removesuffix("_no_truncate")
    _make_row(table)
    _assert_refused(f"TRUNCATE {table} CASCADE")
    _assert_refused(f"TRUNCATE {part} CASCADE")
    _execute(f"ALTER TABLE {part} DISABLE TRIGGER {trigger_of_part}")
    _assert_refused(f"TRUNCATE {table} CASCADE")
    _execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}", f"TRUNCATE {table} CASCADE")
