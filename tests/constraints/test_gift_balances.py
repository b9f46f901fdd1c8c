"""Gift balances: what the database refuses by itself."""

import pytest

from shop.models import OrderLine, Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    AT,
    DAY,
    make_account,
    make_customer,
    make_order,
    make_order_line,
    make_product,
    make_programme_account,
    make_refund,
    make_refund_line,
    make_transfer,
)
from tests.factories.gift_rows import (
    make_balance_payment,
    make_gift_account,
    make_gift_balance,
    make_gift_limit,
    make_gift_product,
    make_gift_withdrawal,
)


def _line(store: Store, **given: object) -> OrderLine:
    return make_order_line(make_order(store), **given)


LEDGER = [
    Rule(  # any number of gift balances, one account each
        "loyalty_account_once_per_kind",
        broken_by=lambda ours, _: [
            make_programme_account(ours, kind="withdrawn", asset="money"),
            make_programme_account(ours, kind="withdrawn", asset="money"),
        ],
        allows=lambda ours, _: [make_gift_account(ours), make_gift_account(ours)],
    ),
    Rule(
        "loyalty_account_balance_only_of_holders",
        broken_by=lambda ours, _: make_programme_account(ours, kind="issued", asset="money", balance=1),
        allows=lambda ours, _: make_gift_account(ours, balance=1),
    ),
    Rule(  # a gift balance is money, and nobody's but its code's
        "loyalty_account_balance_only_of_holders",
        broken_by=lambda ours, _: make_gift_account(ours, asset="points"),
        allows=lambda ours, _: make_gift_account(ours, asset="money"),
    ),
    Rule(
        "loyalty_account_balance_only_of_holders",
        broken_by=lambda ours, _: make_gift_account(ours, customer=make_customer(ours)),
        allows=lambda ours, _: make_gift_account(ours, customer=None),
    ),
    Rule(
        "loyalty_account_balance_not_negative",
        broken_by=lambda ours, _: make_gift_account(ours, balance=-1),
        allows=lambda ours, _: make_gift_account(ours, balance=0),
    ),
    Rule(
        "loyalty_account_held_within_balance",
        broken_by=lambda ours, _: make_gift_account(ours, balance=9, held=10),
        allows=lambda ours, _: make_gift_account(ours, balance=10, held=10),
    ),
    Rule(
        "loyalty_account_owes_only_when_empty",
        broken_by=lambda ours, _: make_gift_account(ours, owed=1),
        allows=lambda ours, _: make_gift_account(ours, owed=0),
    ),
    Rule(
        "loyalty_transfer_gifts_are_money",
        broken_by=lambda ours, _: make_transfer(
            make_programme_account(ours), make_account(make_customer(ours)), kind="issue"
        ),
        allows=lambda ours, _: make_transfer(
            make_programme_account(ours, asset="money"), make_gift_account(ours), kind="issue", asset="money"
        ),
    ),
    Rule(  # points never move into money
        "loyalty_transfer_target_one_asset",
        broken_by=lambda ours, _: make_transfer(make_programme_account(ours), make_gift_account(ours)),
        allows=lambda ours, _: make_transfer(
            make_programme_account(ours, asset="money"), make_gift_account(ours), asset="money"
        ),
    ),
    Rule(
        "loyalty_balancepayment_once",
        broken_by=lambda ours, _: [
            make_balance_payment(order := make_order(ours), account=(mine := make_gift_account(ours))),
            make_balance_payment(order, account=mine),
        ],
        allows=lambda ours, _: [
            make_balance_payment(order := make_order(ours), account=(mine := make_gift_account(ours))),
            make_balance_payment(order, account=mine, line=make_order_line(order)),
        ],
    ),
    Rule(
        "loyalty_balancepayment_amount_positive",
        broken_by=lambda ours, _: make_balance_payment(make_order(ours), amount=0),
        allows=lambda ours, _: make_balance_payment(make_order(ours), amount=1),
    ),
    Rule(
        "loyalty_balancepayment_returned_within_amount",
        broken_by=lambda ours, _: make_balance_payment(make_order(ours), amount=10, returned=11),
        allows=lambda ours, _: make_balance_payment(make_order(ours), amount=10, returned=10),
    ),
    Rule(
        "loyalty_balancepayment_order_same_store",
        broken_by=lambda ours, theirs: make_balance_payment(
            make_order(theirs), store=ours, account=make_gift_account(ours)
        ),
        allows=lambda ours, _: make_balance_payment(make_order(ours), account=make_gift_account(ours)),
    ),
    Rule(
        "loyalty_balancepayment_account_same_store",
        broken_by=lambda ours, theirs: make_balance_payment(
            make_order(ours), account=make_gift_account(theirs)
        ),
        allows=lambda ours, _: make_balance_payment(make_order(ours), account=make_gift_account(ours)),
    ),
]

ORDERS = [
    Rule(
        "shop_order_adds_up",
        broken_by=lambda ours, _: make_order(ours, payable=1000, balance_amount=300),
        allows=lambda ours, _: make_order(ours, payable=700, balance_amount=300),
    ),
    Rule(
        "shop_order_total_covers_balances",
        broken_by=lambda ours, _: make_order(ours, payable=-1, balance_amount=1001, refunded=0),
        allows=lambda ours, _: make_order(ours, payable=0, balance_amount=1000),
        without=("shop_order", "shop_order_refunded_within_paid"),
    ),
    Rule(
        "shop_order_balance_refunded_within",
        broken_by=lambda ours, _: make_order(ours, payable=700, balance_amount=300, balance_refunded=301),
        allows=lambda ours, _: make_order(ours, payable=700, balance_amount=300, balance_refunded=300),
    ),
    Rule(
        "shop_orderline_total_covers_balances",
        broken_by=lambda ours, _: _line(ours, points_spent=400, points_amount=400, balance_amount=601),
        allows=lambda ours, _: _line(ours, points_spent=400, points_amount=400, balance_amount=600),
    ),
    Rule(  # neither discount nor points nor another balance
        "shop_orderline_gift_balance_paid_in_full",
        broken_by=lambda ours, _: _line(ours, gift_value=500, balance_amount=1),
        allows=lambda ours, _: _line(ours, gift_value=500, balance_amount=0),
    ),
    Rule(
        "shop_refund_balances_within",
        broken_by=lambda ours, _: make_refund(ours, balance_amount=100, delivery_balance_amount=101),
        allows=lambda ours, _: make_refund(ours, balance_amount=100, delivery_balance_amount=100),
    ),
    Rule(
        "shop_refundline_balance_not_negative",
        broken_by=lambda ours, _: make_refund_line(make_refund(ours), balance_amount=-1),
        allows=lambda ours, _: make_refund_line(make_refund(ours), balance_amount=0),
    ),
]

COUPONS = [
    Rule(
        "coupons_giftbalance_code_once",
        broken_by=lambda ours, theirs: [
            make_gift_balance(ours, code_hash=bytes(32)),
            make_gift_balance(theirs, code_hash=bytes(32)),
        ],
        allows=lambda ours, _: [make_gift_balance(ours), make_gift_balance(ours)],
    ),
    Rule(
        "coupons_giftbalance_issued_once",
        broken_by=lambda ours, _: [
            make_gift_balance(ours, issue_key="line:1:1"),
            make_gift_balance(ours, issue_key="line:1:1"),
        ],
        allows=lambda ours, theirs: [
            make_gift_balance(ours, issue_key="line:1:1"),
            make_gift_balance(theirs, issue_key="line:1:1"),
        ],
    ),
    Rule(
        "coupons_giftbalance_once_per_unit",
        broken_by=lambda ours, _: [
            make_gift_balance(ours, line=(line := _line(ours)), unit=1),
            make_gift_balance(ours, line=line, unit=1),
        ],
        allows=lambda ours, _: [
            make_gift_balance(ours, line=(line := _line(ours)), unit=1),
            make_gift_balance(ours, line=line, unit=2),
            make_gift_balance(ours),
            make_gift_balance(ours),
        ],
    ),
    Rule(
        "coupons_giftbalance_line_and_unit",
        broken_by=lambda ours, _: make_gift_balance(ours, line=_line(ours), unit=None),
        allows=lambda ours, _: make_gift_balance(ours, line=_line(ours), unit=1),
    ),
    Rule(
        "coupons_giftbalance_worth_positive",
        broken_by=lambda ours, _: make_gift_balance(ours, face_value=0),
        allows=lambda ours, _: make_gift_balance(ours, face_value=1),
    ),
    Rule(
        "coupons_giftbalance_window_in_order",
        broken_by=lambda ours, _: make_gift_balance(ours, issued_at=AT, ends_at=AT),
        allows=lambda ours, _: make_gift_balance(ours, issued_at=AT, ends_at=AT + DAY),
    ),
    Rule(
        "coupons_giftbalance_ending_form",
        broken_by=lambda ours, _: make_gift_balance(ours, ending="WXY"),
        allows=lambda ours, _: make_gift_balance(ours, ending="WXYZ"),
    ),
    Rule(
        "coupons_giftbalance_account_id_key",
        broken_by=lambda ours, _: [
            make_gift_balance(ours, account=(mine := make_gift_account(ours))),
            make_gift_balance(ours, account=mine),
        ],
        allows=lambda ours, _: [make_gift_balance(ours), make_gift_balance(ours)],
    ),
    Rule(
        "coupons_giftbalance_account_same_store",
        broken_by=lambda ours, theirs: make_gift_balance(ours, account=make_gift_account(theirs)),
        allows=lambda ours, _: make_gift_balance(ours, account=make_gift_account(ours)),
    ),
    Rule(
        "coupons_giftbalance_customer_same_store",
        broken_by=lambda ours, theirs: make_gift_balance(ours, customer=make_customer(theirs)),
        allows=lambda ours, _: make_gift_balance(ours, customer=make_customer(ours)),
    ),
    Rule(
        "coupons_giftproduct_product_id_key",
        broken_by=lambda ours, _: [
            make_gift_product(ours, product=(product := make_product(ours))),
            make_gift_product(ours, product=product),
        ],
        allows=lambda ours, _: [make_gift_product(ours), make_gift_product(ours)],
    ),
    Rule(
        "coupons_giftproduct_product_same_store",
        broken_by=lambda ours, theirs: make_gift_product(ours, product=make_product(theirs)),
        allows=lambda ours, _: make_gift_product(ours, product=make_product(ours)),
    ),
    Rule(
        "coupons_giftproduct_worth_positive",
        broken_by=lambda ours, _: make_gift_product(ours, face_value=0),
        allows=lambda ours, _: [make_gift_product(ours, face_value=1), make_gift_product(ours)],
    ),
    Rule(
        "coupons_giftproduct_valid_days_positive",
        broken_by=lambda ours, _: make_gift_product(ours, valid_days=0),
        allows=lambda ours, _: make_gift_product(ours, valid_days=1),
    ),
    Rule(
        "coupons_giftwithdrawal_refunded_once",
        broken_by=lambda ours, _: [
            make_gift_withdrawal(balance := make_gift_balance(ours), reason="refund"),
            make_gift_withdrawal(balance, reason="refund"),
        ],
        allows=lambda ours, _: [
            make_gift_withdrawal(balance := make_gift_balance(ours), reason="refund"),
            make_gift_withdrawal(balance, reason="abuse"),
        ],
    ),
    Rule(
        "coupons_giftwithdrawal_revoked_once",
        broken_by=lambda ours, _: [
            make_gift_withdrawal(balance := make_gift_balance(ours), reason="mistake"),
            make_gift_withdrawal(balance, reason="abuse"),
        ],
        allows=lambda ours, _: make_gift_withdrawal(make_gift_balance(ours), reason="abuse"),
    ),
    Rule(
        "coupons_giftwithdrawal_reason_known",
        broken_by=lambda ours, _: make_gift_withdrawal(make_gift_balance(ours), reason="lost"),
        allows=lambda ours, _: make_gift_withdrawal(make_gift_balance(ours), reason="request"),
    ),
    Rule(
        "coupons_giftwithdrawal_amount_not_negative",
        broken_by=lambda ours, _: make_gift_withdrawal(make_gift_balance(ours), amount=-1),
        allows=lambda ours, _: make_gift_withdrawal(make_gift_balance(ours), amount=0),
    ),
    Rule(
        "coupons_giftwithdrawal_balance_same_store",
        broken_by=lambda ours, theirs: make_gift_withdrawal(make_gift_balance(theirs), store=ours),
        allows=lambda ours, _: make_gift_withdrawal(make_gift_balance(ours)),
    ),
    Rule(
        "coupons_giftlimit_role_once",
        broken_by=lambda ours, _: [make_gift_limit(ours), make_gift_limit(ours)],
        allows=lambda ours, theirs: [
            make_gift_limit(ours),
            make_gift_limit(ours, role="admin"),
            make_gift_limit(theirs),
        ],
    ),
    Rule(
        "coupons_giftlimit_not_negative",
        broken_by=lambda ours, _: make_gift_limit(ours, amount_max=-1),
        allows=lambda ours, _: make_gift_limit(ours, amount_max=0),
    ),
]

# The key that composite references to a gift balance need.
KEYS = ("coupons_giftbalance_store_id",)


@pytest.mark.django_db
@pytest.mark.parametrize("rule", [*LEDGER, *ORDERS, *COUPONS], ids=str)
def test_database_refuses_what_breaks_the_rule(rule: Rule) -> None:
    assert_database_keeps(rule)
