"""Points as payment, refunds, debts."""

import pytest

from loyalty.models import Lot, Transfer
from shop.models import OrderLine, Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    make_account,
    make_customer,
    make_debt,
    make_line_earning,
    make_lot,
    make_lot_use,
    make_order,
    make_order_line,
    make_refund,
    make_refund_line,
    make_store,
    make_transfer,
)


def _transfer(store: Store) -> Transfer:
    return make_transfer(make_account(make_customer(store)), make_account(make_customer(store)))


def _lot(store: Store) -> Lot:
    return make_lot(_transfer(store))


def _line(store: Store, **given: object) -> OrderLine:
    return make_order_line(make_order(store), **given)


ORDERS = [
    Rule(  # money is points times their worth
        "shop_order_points_within_goods",
        broken_by=lambda ours, _: make_order(
            ours, payable=700, points_spent=299, points_value=1, points_amount=300
        ),
        allows=lambda ours, _: make_order(
            ours, payable=700, points_spent=300, points_value=1, points_amount=300
        ),
    ),
    Rule(  # points pay no delivery
        "shop_order_points_within_goods",
        broken_by=lambda ours, _: make_order(
            ours, delivery=300, payable=299, points_spent=1001, points_value=1, points_amount=1001
        ),
        allows=lambda ours, _: make_order(
            ours, delivery=300, payable=300, points_spent=1000, points_value=1, points_amount=1000
        ),
    ),
    Rule(
        "shop_order_delivery_refunded_within",
        broken_by=lambda ours, _: make_order(
            ours, delivery=300, delivery_discount=100, payable=1200, refunded=201, delivery_refunded=201
        ),
        allows=lambda ours, _: make_order(
            ours, delivery=300, delivery_discount=100, payable=1200, refunded=200, delivery_refunded=200
        ),
    ),
    Rule(
        "shop_orderline_points_within_total",
        broken_by=lambda ours, _: _line(ours, points_spent=1001, points_amount=1001),
        allows=lambda ours, _: _line(ours, points_spent=1000, points_amount=1000),
    ),
    Rule(
        "shop_orderline_gift_costs_nothing",
        broken_by=lambda ours, _: _line(ours, is_gift=True),
        allows=lambda ours, _: [
            _line(ours, is_gift=False),
            _line(ours, is_gift=True, discount=1000, total=0),
        ],
    ),
    Rule(
        "shop_refund_delivery_within_amount",
        broken_by=lambda ours, _: make_refund(ours, amount=500, delivery=501),
        allows=lambda ours, _: make_refund(ours, amount=500, delivery=500),
    ),
    Rule(
        "shop_refundline_points_not_negative",
        broken_by=lambda ours, _: make_refund_line(make_refund(ours), points_returned=-1),
        allows=lambda ours, _: make_refund_line(make_refund(ours), points_returned=0),
    ),
    Rule(
        "shop_store_points_share_at_most_whole",
        broken_by=lambda ours, _: make_store(points_share_bp=10_001),
        allows=lambda ours, _: make_store(points_share_bp=10_000),
    ),
    Rule(
        "shop_store_points_step_positive",
        broken_by=lambda ours, _: make_store(points_step=0),
        allows=lambda ours, _: make_store(points_step=1),
    ),
    Rule(
        "shop_store_return_policy_known",
        broken_by=lambda ours, _: make_store(return_policy="guess"),
        allows=lambda ours, _: make_store(return_policy="reprice"),
    ),
]

POINTS = [
    Rule(
        "loyalty_account_owes_only_when_empty",
        broken_by=lambda ours, _: make_account(make_customer(ours), balance=1, owed=1),
        allows=lambda ours, _: make_account(make_customer(ours), balance=0, owed=1),
    ),
    Rule(
        "loyalty_lotuse_once",
        broken_by=lambda ours, _: [
            make_lot_use(lot := _lot(ours), transfer := _transfer(ours)),
            make_lot_use(lot, transfer),
        ],
        allows=lambda ours, _: [
            make_lot_use(lot := _lot(ours), transfer := _transfer(ours)),
            make_lot_use(lot, transfer, line=_line(ours)),
        ],
    ),
    Rule(
        "loyalty_lotuse_amount_positive",
        broken_by=lambda ours, _: make_lot_use(_lot(ours), _transfer(ours), amount=0),
        allows=lambda ours, _: make_lot_use(_lot(ours), _transfer(ours), amount=1),
    ),
    Rule(
        "loyalty_lotuse_returned_within_amount",
        broken_by=lambda ours, _: make_lot_use(_lot(ours), _transfer(ours), amount=10, returned=11),
        allows=lambda ours, _: make_lot_use(_lot(ours), _transfer(ours), amount=10, returned=10),
    ),
    Rule(
        "loyalty_lineearning_line_id_key",
        broken_by=lambda ours, _: [
            make_line_earning(line := _line(ours), _transfer(ours)),
            make_line_earning(line, _transfer(ours)),
        ],
        allows=lambda ours, _: [
            make_line_earning(_line(ours), accrual := _transfer(ours)),
            make_line_earning(_line(ours), accrual),
        ],
    ),
    Rule(
        "loyalty_lineearning_taken_within_amount",
        broken_by=lambda ours, _: make_line_earning(_line(ours), _transfer(ours), amount=10, taken_back=11),
        allows=lambda ours, _: make_line_earning(_line(ours), _transfer(ours), amount=10, taken_back=10),
    ),
    Rule(
        "loyalty_debt_key_once",
        broken_by=lambda ours, _: [
            make_debt(_transfer(ours), key="refund:1"),
            make_debt(_transfer(ours), key="refund:1"),
        ],
        allows=lambda ours, theirs: [
            make_debt(_transfer(ours), key="refund:1"),
            make_debt(_transfer(theirs), key="refund:1"),
        ],
    ),
    Rule(
        "loyalty_debt_amount_positive",
        broken_by=lambda ours, _: make_debt(_transfer(ours), amount=0),
        allows=lambda ours, _: make_debt(_transfer(ours), amount=1),
    ),
    Rule(
        "loyalty_debt_repaid_within_amount",
        broken_by=lambda ours, _: make_debt(_transfer(ours), amount=10, repaid=11),
        allows=lambda ours, _: make_debt(_transfer(ours), amount=10, repaid=10),
    ),
    Rule(
        "loyalty_debt_account_same_store",
        broken_by=lambda ours, theirs: make_debt(
            _transfer(ours), account=make_account(make_customer(theirs))
        ),
        allows=lambda ours, _: make_debt(_transfer(ours), account=make_account(make_customer(ours))),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", [*ORDERS, *POINTS], ids=str)
def test_database_refuses_what_breaks_the_rule(rule: Rule) -> None:
    assert_database_keeps(rule)
