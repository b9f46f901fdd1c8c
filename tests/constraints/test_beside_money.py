"""Countdowns, and what offers gave an order beside money off."""

from typing import Any

import pytest

from loyalty.models import OfferVersion, Reward
from shop.models import Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    AT,
    make_customer,
    make_offer,
    make_order,
    make_personal_window,
    make_promise,
    make_reward,
    make_version,
    make_visitor,
)


def _version(store: Store) -> OfferVersion:
    return make_version(make_offer(store))


def _promise(store: Store, **given: Any) -> Reward:
    return make_promise(make_customer(store), **given)


RULES = [
    Rule(
        "loyalty_personalwindow_once_per_visitor",
        broken_by=lambda ours, _: [
            make_personal_window(offer := make_offer(ours), visitor=(who := make_visitor(ours))),
            make_personal_window(offer, visitor=who),
        ],
        allows=lambda ours, _: [
            make_personal_window(offer := make_offer(ours), visitor=(who := make_visitor(ours))),
            make_personal_window(offer, visitor=make_visitor(ours)),
            make_personal_window(make_offer(ours), visitor=who),
        ],
    ),
    Rule(
        "loyalty_personalwindow_once_per_customer",
        broken_by=lambda ours, _: [
            make_personal_window(offer := make_offer(ours), customer=(who := make_customer(ours))),
            make_personal_window(offer, customer=who),
        ],
        allows=lambda ours, _: [
            make_personal_window(offer := make_offer(ours), customer=(who := make_customer(ours))),
            make_personal_window(offer, customer=make_customer(ours)),
            make_personal_window(make_offer(ours), customer=who),
        ],
    ),
    Rule(
        "loyalty_personalwindow_of_one",
        broken_by=lambda ours, _: make_personal_window(make_offer(ours)),
        allows=lambda ours, _: make_personal_window(make_offer(ours), customer=make_customer(ours)),
    ),
    Rule(  # whoever is known twice has two
        "loyalty_personalwindow_of_one",
        broken_by=lambda ours, _: make_personal_window(
            make_offer(ours), customer=make_customer(ours), visitor=make_visitor(ours)
        ),
        allows=lambda ours, _: make_personal_window(make_offer(ours), visitor=make_visitor(ours)),
    ),
    Rule(
        "loyalty_personalwindow_in_order",
        broken_by=lambda ours, _: make_personal_window(
            make_offer(ours), visitor=make_visitor(ours), starts_at=AT, ends_at=AT
        ),
        allows=lambda ours, _: make_personal_window(make_offer(ours), visitor=make_visitor(ours)),
    ),
    Rule(
        "loyalty_reward_once",
        broken_by=lambda ours, _: [
            make_reward(order := make_order(ours), version := _version(ours)),
            make_reward(order, version),
        ],
        allows=lambda ours, _: [
            make_reward(order := make_order(ours), version := _version(ours)),
            make_reward(order, version, kind="coupon", campaign="next"),
            make_reward(order, version, kind="coupon", campaign="another"),
            make_reward(make_order(ours), version),
        ],
    ),
    Rule(
        "loyalty_reward_key_once",
        broken_by=lambda ours, _: [_promise(ours, key="tier:1"), _promise(ours, key="tier:1")],
        allows=lambda ours, theirs: [
            _promise(ours, key="tier:1"),
            _promise(ours, key="tier:2"),
            _promise(theirs, key="tier:1"),
        ],
    ),
    Rule(  # an order's reward is no promise to a customer
        "loyalty_reward_of_one",
        broken_by=lambda ours, _: make_reward(
            make_order(ours), _version(ours), customer=make_customer(ours), key="tier:1", due_at=AT
        ),
        allows=lambda ours, _: [make_reward(make_order(ours), _version(ours)), _promise(ours)],
    ),
    Rule(  # a promise has a key and a moment
        "loyalty_reward_of_one",
        broken_by=lambda ours, _: _promise(ours, due_at=None),
        allows=lambda ours, _: _promise(ours),
    ),
    Rule(
        "loyalty_reward_kind_whole",
        broken_by=lambda ours, _: _promise(ours, kind="gift", campaign=""),
        allows=lambda ours, _: _promise(ours, kind="gift", campaign="", item="MUG-1"),
    ),
    Rule(
        "loyalty_reward_kind_whole",
        broken_by=lambda ours, _: make_reward(make_order(ours), _version(ours), kind="coupon"),
        allows=lambda ours, _: make_reward(make_order(ours), _version(ours), kind="coupon", campaign="next"),
    ),
    Rule(
        "loyalty_reward_kind_whole",
        broken_by=lambda ours, _: make_reward(
            make_order(ours), _version(ours), kind="points", campaign="next"
        ),
        allows=lambda ours, _: make_reward(make_order(ours), _version(ours), kind="points"),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_database_refuses_what_breaks_the_rule(rule: Rule) -> None:
    assert_database_keeps(rule)
