"""Seals, rechecks of the books, corrections by hand, points given to others."""

import pytest

from shop.models import Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    AT,
    make_adjustment,
    make_allowance,
    make_customer,
    make_day_seal,
    make_ledger_check,
    make_points_limits,
    make_points_move,
    make_user,
)


def _adjust(store: Store, **given: object) -> object:
    return make_adjustment(make_customer(store), make_user(), **given)


def _move(store: Store, **given: object) -> object:
    return make_points_move(make_customer(store), make_customer(store), **given)


def _move_to_oneself(store: Store) -> object:
    anna = make_customer(store)
    return make_points_move(anna, anna)


BOOKS = [
    Rule(
        "loyalty_dayseal_once",
        broken_by=lambda ours, _: [make_day_seal(ours), make_day_seal(ours, previous_hash=b"1" * 32)],
        allows=lambda ours, theirs: [make_day_seal(ours), make_day_seal(theirs)],
    ),
    Rule(
        "loyalty_dayseal_one_chain",
        broken_by=lambda ours, _: [make_day_seal(ours), make_day_seal(ours, day="2026-01-01")],
        allows=lambda ours, theirs: [
            make_day_seal(ours),
            make_day_seal(ours, day="2026-01-01", previous_hash=b"1" * 32),
            make_day_seal(theirs),
        ],
    ),
    Rule(
        "loyalty_dayseal_of_a_day_with_movements",
        broken_by=lambda ours, _: make_day_seal(ours, transfers=0),
        allows=lambda ours, _: make_day_seal(ours, transfers=1),
    ),
    Rule(
        "loyalty_ledgercheck_once",
        broken_by=lambda ours, _: [
            make_ledger_check(ours, key="night"),
            make_ledger_check(ours, key="night"),
        ],
        allows=lambda ours, theirs: [
            make_ledger_check(ours, key="night"),
            make_ledger_check(theirs, key="night"),
        ],
    ),
    Rule(
        "loyalty_ledgercheck_found_when_finished",
        broken_by=lambda ours, _: make_ledger_check(ours, finished_at=None, found=1),
        allows=lambda ours, _: [make_ledger_check(ours, finished_at=None), make_ledger_check(ours, found=1)],
    ),
    Rule(
        "loyalty_allowance_once",
        broken_by=lambda ours, _: [make_allowance(ours, key="a"), make_allowance(ours, key="a")],
        allows=lambda ours, theirs: [make_allowance(ours, key="a"), make_allowance(theirs, key="a")],
    ),
    Rule(
        "loyalty_allowance_within_limit",
        broken_by=lambda ours, _: make_allowance(ours, used=11, used_max=10),
        allows=lambda ours, _: make_allowance(ours, used=10, used_max=10),
    ),
    Rule(
        "loyalty_pointslimits_store_id_key",
        broken_by=lambda ours, _: [make_points_limits(ours), make_points_limits(ours)],
        allows=lambda ours, theirs: [make_points_limits(ours), make_points_limits(theirs)],
    ),
    Rule(
        "loyalty_adjustment_key_once",
        broken_by=lambda ours, _: [_adjust(ours, key="a"), _adjust(ours, key="a")],
        allows=lambda ours, theirs: [_adjust(ours, key="a"), _adjust(theirs, key="a")],
    ),
    Rule(
        "loyalty_adjustment_points_positive",
        broken_by=lambda ours, _: _adjust(ours, points=0),
        allows=lambda ours, _: _adjust(ours, points=1),
    ),
    Rule(
        "loyalty_adjustment_says_why",
        broken_by=lambda ours, _: _adjust(ours, reason="why "),
        allows=lambda ours, _: _adjust(ours, reason="lorry"),
    ),
    Rule(
        "loyalty_adjustment_given_points_end",
        broken_by=lambda ours, _: _adjust(ours, ends_at=None),
        allows=lambda ours, _: [_adjust(ours, ends_at=AT), _adjust(ours, way="take", ends_at=None)],
    ),
    Rule(
        "loyalty_adjustment_customer_same_store",
        broken_by=lambda ours, theirs: make_adjustment(make_customer(ours), make_user(), store=theirs),
        allows=lambda ours, _: _adjust(ours),
    ),
    Rule(
        "loyalty_pointsmove_ref_once",
        broken_by=lambda ours, _: [_move(ours, ref="1"), _move(ours, ref="1")],
        allows=lambda ours, theirs: [_move(ours, ref="1"), _move(theirs, ref="1")],
    ),
    Rule(
        "loyalty_pointsmove_points_positive",
        broken_by=lambda ours, _: _move(ours, points=0),
        allows=lambda ours, _: _move(ours, points=1),
    ),
    Rule(
        "loyalty_pointsmove_between_two",
        broken_by=lambda ours, _: _move_to_oneself(ours),
        allows=lambda ours, _: _move(ours),
    ),
    Rule(
        "loyalty_pointsmove_source_same_store",
        broken_by=lambda ours, theirs: make_points_move(
            make_customer(theirs), make_customer(ours), store=ours
        ),
        allows=lambda ours, _: _move(ours),
    ),
    Rule(
        "loyalty_pointsmove_target_same_store",
        broken_by=lambda ours, theirs: make_points_move(make_customer(ours), make_customer(theirs)),
        allows=lambda ours, _: _move(ours),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", BOOKS, ids=str)
def test_the_database_keeps(rule: Rule) -> None:
    assert_database_keeps(rule)
