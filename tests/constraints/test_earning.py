"""Earning rules, what they gave, how much of their caps is used, and ends that were moved later."""

from typing import Any

import pytest

from loyalty.models import EarningCount, EarningRule, Lot, Transfer
from shop.models import Customer, Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    AT,
    make_account,
    make_customer,
    make_earning_rule,
    make_lot,
    make_order,
    make_programme_account,
    make_prolongation,
    make_rule_earning,
    make_store,
    make_transfer,
)


def _accrual(store: Store) -> Transfer:
    customer = make_customer(store)
    issued = store.account_set.filter(kind="issued").first() or make_programme_account(store)
    return make_transfer(issued, make_account(customer))


def _lot(store: Store) -> Lot:
    return make_lot(_accrual(store))


def _count(customer: Customer, **given: Any) -> EarningCount:
    fresh = {"store": customer.store, "customer": customer, "code": "review", "period": "2026", "last_at": AT}
    return EarningCount.objects.create(**fresh | given)


def _event(store: Store, **given: Any) -> EarningRule:
    return make_earning_rule(store, **{"kind": "event", "event": "review", "per_amount": None} | given)


def _store(**given: Any) -> Store:
    return make_store(**given)


RULES = [
    Rule(
        "loyalty_earningrule_version_once",
        broken_by=lambda ours, _: [make_earning_rule(ours, code="tea"), make_earning_rule(ours, code="tea")],
        allows=lambda ours, theirs: [
            make_earning_rule(ours, code="tea"),
            make_earning_rule(ours, code="tea", number=2),
            make_earning_rule(theirs, code="tea"),
        ],
    ),
    Rule(
        "loyalty_earningrule_kind_whole",
        broken_by=lambda ours, _: make_earning_rule(ours, per_amount=None),
        allows=lambda ours, _: [
            make_earning_rule(ours),
            make_earning_rule(ours, kind="order", per_amount=None),
            make_earning_rule(ours, kind="multiplier", per_amount=None, points=0, factor_bp=20_000),
            _event(ours),
        ],
    ),
    Rule(  # once is no multiplier
        "loyalty_earningrule_kind_whole",
        broken_by=lambda ours, _: make_earning_rule(
            ours, kind="multiplier", per_amount=None, points=0, factor_bp=10_000
        ),
        allows=lambda ours, _: make_earning_rule(
            ours, kind="multiplier", per_amount=None, points=0, factor_bp=10_001
        ),
    ),
    Rule(
        "loyalty_earningrule_kind_whole",
        broken_by=lambda ours, _: _event(ours, event=""),
        allows=lambda ours, _: _event(ours),
    ),
    Rule(
        "loyalty_earningrule_cap_whole",
        broken_by=lambda ours, _: make_earning_rule(ours, cap_points=10),
        allows=lambda ours, _: make_earning_rule(ours, cap_points=10, cap_period="day"),
    ),
    Rule(
        "loyalty_earningrule_cooldown_of_event",
        broken_by=lambda ours, _: make_earning_rule(ours, cooldown_days=1),
        allows=lambda ours, _: _event(ours, cooldown_days=1),
    ),
    Rule(
        "loyalty_earningcount_once",
        broken_by=lambda ours, _: [_count(who := make_customer(ours)), _count(who)],
        allows=lambda ours, _: [
            _count(who := make_customer(ours)),
            _count(who, period="2027"),
            _count(who, code="like"),
            _count(make_customer(ours)),
        ],
    ),
    Rule(
        "loyalty_earningcount_within_cap",
        broken_by=lambda ours, _: _count(make_customer(ours), points=11, points_max=10),
        allows=lambda ours, _: _count(make_customer(ours), points=10, points_max=10),
    ),
    Rule(
        "loyalty_ruleearning_once",
        broken_by=lambda ours, _: [
            make_rule_earning(accrual := _accrual(ours), rule := make_earning_rule(ours)),
            make_rule_earning(accrual, rule),
        ],
        allows=lambda ours, _: [
            make_rule_earning(accrual := _accrual(ours), make_earning_rule(ours)),
            make_rule_earning(accrual, make_earning_rule(ours)),
        ],
    ),
    Rule(
        "loyalty_ruleearning_points_positive",
        broken_by=lambda ours, _: make_rule_earning(_accrual(ours), make_earning_rule(ours), points=0),
        allows=lambda ours, _: make_rule_earning(_accrual(ours), make_earning_rule(ours), points=1),
    ),
    Rule(
        "loyalty_prolongation_once",
        broken_by=lambda ours, _: [
            make_prolongation(lot := _lot(ours), bought := make_order(ours)),
            make_prolongation(lot, bought),
        ],
        allows=lambda ours, _: [
            make_prolongation(lot := _lot(ours), make_order(ours)),
            make_prolongation(lot, make_order(ours)),
        ],
    ),
    Rule(
        "loyalty_prolongation_only_later",
        broken_by=lambda ours, _: make_prolongation(_lot(ours), make_order(ours), to_at=AT),
        allows=lambda ours, _: make_prolongation(_lot(ours), make_order(ours)),
    ),
    Rule(
        "shop_store_points_expiry_known",
        broken_by=lambda *_: _store(points_expiry="never"),
        allows=lambda *_: _store(points_expiry="sliding"),
    ),
    Rule(
        "shop_store_points_grace_bounded",
        broken_by=lambda *_: _store(points_grace_days=3_661),
        allows=lambda *_: _store(points_grace_days=3_660),
    ),
    Rule(
        "shop_store_points_slide_bounded",
        broken_by=lambda *_: _store(points_slide_days=0),
        allows=lambda *_: _store(points_slide_days=1),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_database_refuses_what_breaks_the_rule(rule: Rule) -> None:
    assert_database_keeps(rule)
