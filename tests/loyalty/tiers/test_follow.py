"""Tiers follow orders, returns, the passing of time and what is given by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.models import Tier, TierChange, TierStatus
from loyalty.tiers.grant import GrantRefused, end_grant, grant_tier
from loyalty.tiers.recompute import wrong_tiers
from loyalty.tiers.recompute_store import recompute_batch
from tests.factories import AT, DAY, make_account, make_customer, make_store, make_user
from tests.loyalty.tiers.ladder import (
    GOLD,
    SILVER,
    buy,
    call_off,
    follow,
    give_back,
    history_of,
    make_member,
    start_ladder,
    tell,
    tier_of,
)

pytestmark = pytest.mark.django_db


def test_exactly_the_threshold_is_enough() -> None:
    store = make_store()
    start_ladder(store)
    anna, boris = make_member(store), make_member(store)
    buy(anna, 10_000)
    buy(boris, 9_999)
    follow(AT)
    assert (tier_of(anna), tier_of(boris)) == ("silver", None)


def test_reached_at_once_and_kept_twelve_months() -> None:
    store = make_store(time_zone="Europe/London")
    start_ladder(store)
    anna = make_member(store)
    order = buy(anna, 60_000, at=datetime(2026, 3, 31, 9, tzinfo=UTC))
    follow(datetime(2026, 3, 31, 9, 1, tzinfo=UTC))
    status = TierStatus.objects.get(customer=anna)
    assert tier_of(anna) == "gold"
    assert status.since_at == order.placed_at
    assert status.until_at == datetime(2027, 3, 31, 23, tzinfo=UTC), "the end of 31 March, in summer time"
    assert TierChange.objects.get(customer=anna).order == order


def test_a_return_withdraws_at_once_what_it_unearned() -> None:
    store = make_store()
    start_ladder(store)
    anna = make_member(store)
    order = buy(anna, 60_000, quantity=6)
    follow(AT)
    give_back(order, 10_000, at=AT + DAY)
    follow(AT + DAY)
    assert tier_of(anna) == "gold", "50,000 are left"
    give_back(order, 10_000, at=AT + 2 * DAY)
    follow(AT + 2 * DAY)
    assert history_of(anna) == [
        ("earned", "gold", AT),
        ("withdrawn", "silver", AT + 2 * DAY),
    ]


def test_a_cancelled_order_counts_no_more() -> None:
    store = make_store()
    start_ladder(store, SILVER)
    anna = make_member(store)
    order = buy(anna, 20_000)
    follow(AT)
    call_off(order, at=AT + DAY)
    follow(AT + DAY)
    assert history_of(anna) == [("earned", "silver", AT), ("withdrawn", None, AT + DAY)]


def test_orders_count_unless_wholly_returned() -> None:
    store = make_store()
    start_ladder(store, type(SILVER)("regular", "Regular", 2), measure="orders")
    anna = make_member(store)
    buy(anna, 1_000)
    order = buy(anna, 1_000, at=AT + DAY, quantity=2)
    follow(AT + DAY)
    assert tier_of(anna) == "regular"
    give_back(order, 500, at=AT + 2 * DAY)
    follow(AT + 2 * DAY)
    assert tier_of(anna) == "regular", "one of two units was kept"
    give_back(order, 500, at=AT + 3 * DAY)
    follow(AT + 3 * DAY)
    assert tier_of(anna) is None


def test_whoever_has_not_joined_has_no_tier() -> None:
    store = make_store()
    start_ladder(store)
    stranger = make_customer(store)
    early = make_member(store, joined_at=AT + 30 * DAY)
    late = make_member(store, joined_at=AT + 31 * DAY)
    for customer in (stranger, early, late):
        buy(customer, 10_000)
    follow(AT + 31 * DAY)
    assert (tier_of(stranger), tier_of(early), tier_of(late)) == (None, "silver", None)


def test_a_tier_ends_with_its_time_and_falls_to_what_was_earned_since() -> None:
    store = make_store()
    start_ladder(store)
    anna = make_member(store)
    buy(anna, 60_000)
    buy(anna, 12_000, at=AT + 100 * DAY)
    follow(AT + 100 * DAY)
    follow(AT + 400 * DAY)
    first_end = datetime(2027, 11, 3, tzinfo=UTC)
    assert history_of(anna) == [("earned", "gold", AT), ("lapsed", "silver", first_end)]


def test_days_of_grace_leave_time_to_earn_it_again() -> None:
    store = make_store()
    start_ladder(store, SILVER, grace_days=30)
    anna, boris = make_member(store), make_member(store)
    for customer in (anna, boris):
        buy(customer, 10_000)
    follow(AT)
    ends = datetime(2027, 11, 3, tzinfo=UTC)
    follow(ends + 29 * DAY)
    assert (tier_of(anna), tier_of(boris)) == ("silver", "silver")
    buy(anna, 10_000, at=ends + 29 * DAY)
    follow(ends + 30 * DAY)
    assert history_of(anna)[-1] == ("kept", "silver", ends + 29 * DAY)
    assert history_of(boris)[-1] == ("lapsed", None, ends + 30 * DAY)


def test_points_count_though_pending_and_net_of_what_came_back() -> None:
    store = make_store()
    start_ladder(store, type(SILVER)("silver", "Silver", 100), measure="points")
    anna = make_member(store)
    make_account(anna)
    tell(buy(anna, 10_000), "points.earned", at=AT)
    follow(AT)
    assert tier_of(anna) is None, "money is not what is counted"


def test_given_by_hand_until_a_day() -> None:
    store, colleague = make_store(), make_user()
    start_ladder(store)
    anna = make_member(store)
    buy(anna, 10_000)
    follow(AT)
    gold = Tier.objects.get(store=store, code="gold")
    until = AT + 40 * DAY
    grant = grant_tier(anna, gold, until=until, reason="A friend", by=colleague, at=AT + DAY, at_recorded=AT)
    assert tier_of(anna) == "gold"
    assert TierChange.objects.get(customer=anna, cause="granted").grant == grant
    follow(until)
    assert history_of(anna) == [
        ("earned", "silver", AT),
        ("granted", "gold", AT + DAY),
        ("ended", "silver", until),
    ]


def test_what_was_given_can_be_taken_back() -> None:
    store, colleague = make_store(), make_user()
    start_ladder(store)
    anna, gold = make_member(store), Tier.objects.get(store=store, code="gold")
    grant_tier(anna, gold, until=AT + 40 * DAY, reason="A friend", by=colleague, at=AT, at_recorded=AT)
    end_grant(anna, reason="A mistake", by=colleague, at=AT + DAY, at_recorded=AT + DAY)
    assert tier_of(anna) is None
    with pytest.raises(GrantRefused, match="no_reason"):
        grant_tier(anna, gold, until=AT + 40 * DAY, reason=" ", by=colleague, at=AT, at_recorded=AT)


def test_a_repeated_fact_writes_nothing_new() -> None:
    store = make_store()
    start_ladder(store)
    anna = make_member(store)
    order = buy(anna, 10_000)
    follow(AT)
    tell(order, "order.placed", at=AT)
    follow(AT + timedelta(hours=1))
    assert len(history_of(anna)) == 1
    assert wrong_tiers(store, [anna.pk]) == []


def test_a_tier_that_the_facts_do_not_bear_out_is_found() -> None:
    store = make_store()
    start_ladder(store)
    anna = make_member(store)
    buy(anna, 10_000)
    follow(AT)
    gold = Tier.objects.get(store=store, code="gold")
    TierStatus.objects.filter(customer=anna).update(tier=gold)
    assert [(wrong.customer_id, wrong.found) for wrong in wrong_tiers(store, [anna.pk])] == [
        (anna.pk, gold.pk)
    ]


def test_a_changed_ladder_lifts_at_once_and_keeps_what_was_promised() -> None:
    store = make_store()
    start_ladder(store, SILVER, GOLD)
    anna, boris = make_member(store), make_member(store)
    buy(anna, 10_000)
    buy(boris, 20_000)
    follow(AT)
    higher = [type(SILVER)("silver", "Silver", 15_000), type(GOLD)("gold", "Gold", 20_000)]
    start_ladder(store, *higher, at=AT + DAY)
    recompute_batch(store, [anna.pk, boris.pk], at=AT + DAY)
    assert (tier_of(anna), tier_of(boris)) == ("silver", "gold")
    assert history_of(boris)[-1] == ("rules", "gold", AT + DAY)
