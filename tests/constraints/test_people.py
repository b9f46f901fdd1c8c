"""Stores, keys, colleagues, customers, consents and visitors."""

from datetime import time
from uuid import UUID

import pytest

from shop.models import Role
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    AT,
    DAY,
    make_api_key,
    make_approval,
    make_consent,
    make_customer,
    make_person,
    make_staff_role,
    make_store,
    make_user,
    make_visitor,
    make_widget,
)

LANES = ["sale", "card", "coupon", "order", "gifts", "delivery"]
STORES = [
    Rule(  # each step once
        "shop_store_lane_order_whole",
        broken_by=lambda *_: make_store(lane_order=["sale", "sale", "coupon", "order", "gifts", "delivery"]),
        allows=lambda *_: make_store(lane_order=["gifts", "order", "sale", "card", "coupon", "delivery"]),
    ),
    Rule(  # and delivery last
        "shop_store_lane_order_whole",
        broken_by=lambda *_: make_store(lane_order=["delivery", *LANES[:5]]),
        allows=lambda *_: make_store(lane_order=LANES),
    ),
    Rule(
        "shop_store_lanes_adding_known",
        broken_by=lambda *_: make_store(lanes_adding=["summer"]),
        allows=lambda *_: make_store(lanes_adding=[]),
    ),
    Rule(
        "shop_store_code_once",
        broken_by=lambda ours, _: make_store(code=ours.code),
        allows=lambda ours, _: make_store(code=f"{ours.code}-2"),
    ),
    Rule(
        "shop_store_currency_is_iso",
        broken_by=lambda *_: make_store(currency="gbp"),
        allows=lambda *_: make_store(currency="RUB"),
    ),
    Rule(
        "shop_store_only_sandbox_shifts",
        broken_by=lambda *_: make_store(is_sandbox=False, clock_shift_seconds=1),
        allows=lambda *_: make_store(is_sandbox=True, clock_shift_seconds=1),
    ),
    Rule(  # a sandbox's clock goes forward only
        "shop_store_only_sandbox_shifts",
        broken_by=lambda *_: make_store(is_sandbox=True, clock_shift_seconds=-1),
        allows=lambda *_: make_store(is_sandbox=True, clock_shift_seconds=0),
    ),
    Rule(
        "shop_store_margin_floor_below_whole",
        broken_by=lambda *_: make_store(margin_floor_bp=10_000),
        allows=lambda *_: make_store(margin_floor_bp=9_999),
    ),
    Rule(
        "shop_store_line_cap_at_most_whole",
        broken_by=lambda *_: make_store(line_cap_bp=10_001),
        allows=lambda *_: make_store(line_cap_bp=10_000),
    ),
    Rule(
        "shop_store_discount_share_at_most_whole",
        broken_by=lambda *_: make_store(discount_share_max_bp=10_001),
        allows=lambda *_: make_store(discount_share_max_bp=10_000),
    ),
    Rule(
        "shop_store_rounding_known",
        broken_by=lambda *_: make_store(rounding="up"),
        allows=lambda *_: [make_store(rounding="down"), make_store(rounding="half_up")],
    ),
    Rule(
        "shop_store_lowest_price_shown_known",
        broken_by=lambda *_: make_store(lowest_price_shown="sometimes"),
        allows=lambda *_: [make_store(lowest_price_shown=said) for said in ("by_country", "always", "never")],
    ),
    Rule(
        "shop_store_leftover_known",
        broken_by=lambda *_: make_store(leftover="middle"),
        allows=lambda *_: [make_store(leftover=line) for line in ("largest", "first", "last")],
    ),
    Rule(
        "shop_store_multiplier_cap_at_least_once",
        broken_by=lambda *_: make_store(multiplier_cap_bp=9_999),
        allows=lambda *_: make_store(multiplier_cap_bp=10_000),
    ),
    Rule(
        "shop_store_paydays_of_month",
        broken_by=lambda *_: make_store(paydays=[10, 32]),
        allows=lambda *_: [make_store(paydays=[]), make_store(paydays=[1, 31])],
    ),
    Rule(  # there is no day 0
        "shop_store_paydays_of_month",
        broken_by=lambda *_: make_store(paydays=[0]),
        allows=lambda *_: make_store(paydays=[1]),
    ),
    Rule(
        "shop_store_country_is_iso",
        broken_by=lambda *_: make_store(country="gb"),
        allows=lambda *_: [make_store(country=""), make_store(country="GB")],
    ),
    Rule(
        "shop_store_quiet_hours_whole",
        broken_by=lambda *_: make_store(quiet_from=time(21)),
        allows=lambda *_: make_store(quiet_from=time(21), quiet_until=time(9)),
    ),
    Rule(
        "shop_widgetsettings_store_id_key",
        broken_by=lambda ours, _: [make_widget(ours), make_widget(ours)],
        allows=lambda ours, theirs: [make_widget(ours), make_widget(theirs)],
    ),
    Rule(
        "shop_apikey_digest_once",
        broken_by=lambda ours, theirs: [
            make_api_key(ours, digest=b"\1" * 32),
            make_api_key(theirs, digest=b"\1" * 32),
        ],
        allows=lambda ours, _: [
            make_api_key(ours, digest=b"\2" * 32),
            make_api_key(ours, digest=b"\3" * 32),
        ],
    ),
    Rule(
        "shop_apikey_kind_known",
        broken_by=lambda ours, _: make_api_key(ours, kind="robot"),
        allows=lambda ours, _: make_api_key(ours, kind="widget"),
    ),
]

COLLEAGUES = [
    Rule(
        "shop_user_email_once",
        broken_by=lambda *_: [make_user(email="Anna@example.com"), make_user(email="anna@example.com")],
        allows=lambda *_: [make_user(email="boris@example.com"), make_user(email="boris@example.org")],
    ),
    Rule(
        "shop_staffrole_once_per_store",
        broken_by=lambda ours, _: [
            make_staff_role(ours, user := make_user(), role=Role.OWNER),
            make_staff_role(ours, user, role=Role.ANALYST),
        ],
        allows=lambda ours, theirs: [
            make_staff_role(ours, user := make_user()),
            make_staff_role(theirs, user),
        ],
    ),
    Rule(
        "shop_staffrole_role_known",
        broken_by=lambda ours, _: make_staff_role(ours, make_user(), role="emperor"),
        allows=lambda ours, _: make_staff_role(ours, make_user(), role="support"),
    ),
    Rule(
        "shop_approval_subject_once",
        broken_by=lambda ours, _: [
            make_approval(ours, make_user(), subject="adjustment:1"),
            make_approval(ours, make_user(), subject="adjustment:1"),
        ],
        allows=lambda ours, theirs: [
            make_approval(ours, make_user(), subject="adjustment:1"),
            make_approval(theirs, make_user(), subject="adjustment:1"),
        ],
    ),
    Rule(
        "shop_approval_by_another",
        broken_by=lambda ours, _: make_approval(
            ours, anna := make_user(), status="given", decided_by=anna, decided_at=AT
        ),
        allows=lambda ours, _: make_approval(
            ours, make_user(), status="given", decided_by=make_user(), decided_at=AT
        ),
    ),
    Rule(
        "shop_approval_decided_whole",
        broken_by=lambda ours, _: make_approval(ours, make_user(), status="given", decided_at=AT),
        allows=lambda ours, _: make_approval(ours, make_user(), status="asked"),
    ),
    Rule(  # nobody has decided what is still asked
        "shop_approval_decided_whole",
        broken_by=lambda ours, _: make_approval(
            ours, make_user(), status="asked", decided_by=make_user(), decided_at=AT
        ),
        allows=lambda ours, _: make_approval(
            ours, make_user(), status="refused", decided_by=make_user(), decided_at=AT
        ),
    ),
]

CUSTOMERS = [
    Rule(
        "shop_customer_ref_once",
        broken_by=lambda ours, _: [make_customer(ours, ref="17850"), make_customer(ours, ref="17850")],
        allows=lambda ours, theirs: [
            make_customer(ours, ref="17850"),
            make_customer(theirs, ref="17850"),
        ],
    ),
    Rule(
        "shop_customer_first_before_last",
        broken_by=lambda ours, _: make_customer(ours, first_order_at=AT, last_order_at=AT - DAY),
        allows=lambda ours, _: make_customer(ours, first_order_at=AT, last_order_at=AT),
    ),
    Rule(  # known both or not at all
        "shop_customer_first_before_last",
        broken_by=lambda ours, _: make_customer(ours, first_order_at=None, last_order_at=AT),
        allows=lambda ours, _: make_customer(ours, first_order_at=None, last_order_at=None),
    ),
    Rule(
        "shop_person_customer_id_key",
        broken_by=lambda ours, _: [make_person(customer := make_customer(ours)), make_person(customer)],
        allows=lambda ours, _: [make_person(make_customer(ours)), make_person(make_customer(ours))],
    ),
    Rule(
        "shop_consent_purpose_known",
        broken_by=lambda ours, _: make_consent(make_customer(ours), purpose="everything"),
        allows=lambda ours, _: make_consent(make_customer(ours), purpose="profiling"),
    ),
    Rule(
        "shop_consent_channel_known",
        broken_by=lambda ours, _: make_consent(make_customer(ours), channel="pigeon"),
        allows=lambda ours, _: make_consent(make_customer(ours), channel="onsite"),
    ),
    Rule(
        "shop_consent_answer_once",
        broken_by=lambda ours, _: [
            make_consent(customer := make_customer(ours), at=AT, is_given=True),
            make_consent(customer, at=AT, is_given=False),
        ],
        allows=lambda ours, _: [
            make_consent(customer := make_customer(ours), at=AT, is_given=True),
            make_consent(customer, at=AT + DAY, is_given=False),
        ],
    ),
    Rule(
        "shop_visitor_key_once",
        broken_by=lambda ours, _: [make_visitor(ours, key=UUID(int=7)), make_visitor(ours, key=UUID(int=7))],
        allows=lambda ours, theirs: [
            make_visitor(ours, key=UUID(int=7)),
            make_visitor(theirs, key=UUID(int=7)),
        ],
    ),
    Rule(
        "shop_visitor_seen_in_order",
        broken_by=lambda ours, _: make_visitor(ours, first_seen_at=AT, last_seen_at=AT - DAY),
        allows=lambda ours, _: make_visitor(ours, first_seen_at=AT, last_seen_at=AT),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", [*STORES, *COLLEAGUES, *CUSTOMERS], ids=str)
def test_database_refuses_what_breaks_the_rule(rule: Rule) -> None:
    assert_database_keeps(rule)
