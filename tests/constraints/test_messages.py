"""Triggers, messages, suppressions, and requests that the API remembers."""

import pytest

from shop.models import Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    AT,
    DAY,
    make_customer,
    make_delivery,
    make_message,
    make_remembered_request,
    make_step,
    make_suppression,
    make_throttle_count,
    make_trigger,
)
from triggers.models import Message


def _message(store: Store, **given: object) -> Message:
    return make_message(make_step(make_trigger(store)), make_customer(store), **given)


MESSAGES = [
    Rule(
        "triggers_trigger_code_once",
        broken_by=lambda ours, _: [make_trigger(ours, code="back"), make_trigger(ours, code="back")],
        allows=lambda ours, theirs: [make_trigger(ours, code="back"), make_trigger(theirs, code="back")],
    ),
    Rule(
        "triggers_trigger_purpose_known",
        broken_by=lambda ours, _: make_trigger(ours, purpose="fun"),
        allows=lambda ours, _: make_trigger(ours, purpose="service"),
    ),
    Rule(
        "triggers_trigger_status_known",
        broken_by=lambda ours, _: make_trigger(ours, status="lost"),
        allows=lambda ours, _: make_trigger(ours, status="ended"),
    ),
    Rule(
        "triggers_step_ordinal_once",
        broken_by=lambda ours, _: [
            make_step(trigger := make_trigger(ours), ordinal=1),
            make_step(trigger, ordinal=1),
        ],
        allows=lambda ours, _: [
            make_step(trigger := make_trigger(ours), ordinal=1),
            make_step(trigger, ordinal=2),
        ],
    ),
    Rule(
        "triggers_message_once_per_occasion",
        broken_by=lambda ours, _: [
            make_message(step := make_step(make_trigger(ours)), who := make_customer(ours), occasion_key="o"),
            make_message(step, who, occasion_key="o"),
        ],
        allows=lambda ours, _: [
            make_message(step := make_step(make_trigger(ours)), who := make_customer(ours), occasion_key="o"),
            make_message(step, who, occasion_key="p"),
            make_message(step, who, occasion_key="o", channel="onsite"),
            make_message(step, make_customer(ours), occasion_key="o"),
        ],
    ),
    Rule(
        "triggers_message_id_once",
        broken_by=lambda ours, theirs: [
            _message(ours, message_id="<1@a>"),
            _message(theirs, message_id="<1@a>"),
        ],
        allows=lambda ours, _: [_message(ours, message_id=""), _message(ours, message_id="")],
    ),
    Rule(
        "triggers_message_status_known",
        broken_by=lambda ours, _: _message(ours, status="lost", decided_at=AT),
        allows=lambda ours, _: _message(ours, status="unknown", decided_at=AT),
        without=("triggers_message", "triggers_message_decided_has_time"),
    ),
    Rule(
        "triggers_message_decided_has_time",
        broken_by=lambda ours, _: _message(ours, status="sent", decided_at=None),
        allows=lambda ours, _: _message(ours, status="sent", decided_at=AT),
    ),
    Rule(
        "triggers_message_decided_has_time",
        broken_by=lambda ours, _: _message(ours, status="sending", decided_at=AT),
        allows=lambda ours, _: _message(ours, status="sending", decided_at=None),
    ),
    Rule(
        "triggers_message_due_before_expiry",
        broken_by=lambda ours, _: _message(ours, due_at=AT, expires_at=AT),
        allows=lambda ours, _: _message(ours, due_at=AT, expires_at=AT + DAY),
    ),
    Rule(
        "triggers_delivery_outcome_known",
        broken_by=lambda ours, _: make_delivery(_message(ours), outcome="lost"),
        allows=lambda ours, _: make_delivery(_message(ours), outcome="unknown"),
    ),
    Rule(
        "triggers_delivery_key",
        broken_by=lambda ours, _: [
            make_delivery(message := _message(ours), id=7, at=AT),
            make_delivery(message, id=7, at=AT),
        ],
        allows=lambda ours, _: [
            make_delivery(message := _message(ours), id=7, at=AT),
            make_delivery(message, id=7, at=AT + DAY),
        ],
        reported_as="triggers_delivery_y2026m11_pkey",
    ),
    Rule(
        "triggers_suppression_once",
        broken_by=lambda ours, _: [
            make_suppression(ours, address_hash=bytes(32)),
            make_suppression(ours, address_hash=bytes(32)),
        ],
        allows=lambda ours, theirs: [
            make_suppression(ours, address_hash=bytes(32)),
            make_suppression(theirs, address_hash=bytes(32)),
        ],
    ),
    Rule(
        "storefront_idempotentrequest_key_once",
        broken_by=lambda ours, _: [
            make_remembered_request(ours, key="k"),
            make_remembered_request(ours, key="k"),
        ],
        allows=lambda ours, theirs: [
            make_remembered_request(ours, key="k"),
            make_remembered_request(theirs, key="k"),
        ],
    ),
    Rule(
        "storefront_idempotentrequest_decided_only",
        broken_by=lambda ours, _: make_remembered_request(ours, status=500),
        allows=lambda ours, _: make_remembered_request(ours, status=499),
    ),
    Rule(
        "storefront_throttlecount_not_negative",
        broken_by=lambda *_: make_throttle_count(used=-1),
        allows=lambda *_: make_throttle_count(used=0),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", MESSAGES, ids=str)
def test_database_refuses_what_breaks_the_rule(rule: Rule) -> None:
    assert_database_keeps(rule)
