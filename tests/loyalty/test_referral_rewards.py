"""From a friend's order to the points of those who stand behind it, and back again for what comes back."""

import pytest
from django.db import transaction

from loyalty.models import Account, Acquisition, Debt, Lot, ReferralReward, Reward, TierStatus, Transfer
from loyalty.queries import points_of
from loyalty.tiers.recompute import recompute
from shop.models import Outbox
from tests.checkout.ask import order
from tests.checkout.reverse import THREE, cancel, fulfil, mugs, pay, refund
from tests.factories import AT, DAY, make_order, make_store
from tests.factories.status_rows import make_tier, make_tier_rules, make_tier_step
from tests.loyalty.friends import (
    assert_books_balance,
    balance,
    bought,
    brings,
    follow,
    handed_on,
    line_of,
    link_of,
    member,
    pending,
    programme,
    rewards_of,
    shop_with_programme,
)

pytestmark = pytest.mark.django_db


def test_a_friends_order_brings_points_that_wait_for_the_return_window() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    bought(store, boris, lines=mugs(4))
    assert balance(anna) == 200, "5 % of 40.00, each point worth 0.01"
    assert pending(anna) == 200
    window_ends = AT + 28 * DAY  # 14 days to arrive, 14 to come back
    assert points_of(anna, at=window_ends).active == 200


def test_tiers_hear_of_points_that_a_friend_brought_and_of_those_taken_back() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    heard = Outbox.objects.filter(kind="points.earned", consumer="loyalty.tiers", subject_id=anna.pk)
    made = bought(store, boris, lines=mugs(4))
    assert heard.count() == 1
    cancel(made)
    follow()
    assert (balance(anna), heard.count()) == (0, 2)


def test_a_code_told_with_the_order_ties_and_pays() -> None:
    store = shop_with_programme()
    anna, stranger = member(store), member(store)
    bought(store, stranger, lines=mugs(1), referral=link_of(anna).code.lower())
    assert balance(anna) == 50


def test_each_level_up_the_line_earns_its_share() -> None:
    store = shop_with_programme()
    anna, boris, clara, dan, eve = line_of(store, 5)
    made = bought(store, eve, lines=mugs(10))
    assert [balance(each) for each in (dan, clara, boris, anna)] == [500, 200, 100, 0]
    assert Acquisition.objects.get(order=made).line == [each.pk for each in (dan, clara, boris, anna)]


def test_facts_told_twenty_times_pay_once() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    made = bought(store, boris)
    for _ in range(20):
        pay(made, told=AT)
        fulfil(made)
        follow()
    assert balance(anna) == 50
    assert Transfer.objects.filter(key__startswith="referral:").count() == 1


def test_an_order_brings_nothing_before_it_is_paid() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    made = order(store, customer=boris.ref).order
    follow()
    assert rewards_of(made) == [(1, 50, 0, "waiting")]
    pay(made)
    follow()
    assert balance(anna) == 50


def test_terms_are_those_of_the_moment_the_order_was_placed() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    made = order(store, customer=boris.ref).order
    follow()
    store.referral_programme.__class__.objects.filter(store=store).update(level_1=100)
    pay(made)
    follow()
    assert balance(anna) == 50


def test_the_delivery_moves_the_window() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    made = bought(store, boris)
    fulfil(made, at=AT + 3 * DAY)
    follow(at=AT + 3 * DAY)
    assert Lot.objects.get(account__customer=anna).active_at == AT + 17 * DAY


@pytest.mark.parametrize(
    "parts",
    [
        [((1, 4), (2, 3), (3, 1))],
        [((1, 1),), ((2, 3),), ((1, 3), (3, 1))],
        [((1, 2), (2, 1)), ((1, 2), (2, 2), (3, 1))],
    ],
)
def test_any_split_of_refunds_takes_all_back(parts: list[tuple[tuple[int, int], ...]]) -> None:
    store = shop_with_programme(level_1=333, level_2=77)
    anna, boris, clara = line_of(store, 3)
    made = bought(store, clara, lines=THREE)
    assert balance(boris) == 67  # 3.33 % of 20.00, rounded half up
    for part in parts:
        refund(made, *part)
        follow()
    assert [balance(anna), balance(boris)] == [0, 0]
    assert {state for *_, state in rewards_of(made)} == {"withdrawn"}
    assert_books_balance(store)


def test_a_part_that_comes_back_takes_its_part() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    made = bought(store, boris, lines=mugs(4))
    refund(made, (1, 1))
    follow()
    assert balance(anna) == 150
    assert rewards_of(made) == [(1, 200, 50, "granted")]


def test_a_refund_that_is_heard_of_first_leaves_the_same() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    made = order(store, customer=boris.ref, lines=mugs(4), paid_at=AT).order
    refund(made, (1, 1))
    follow()
    assert balance(anna) == 150


def test_a_cancelled_order_brings_nothing() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    made = bought(store, boris)
    cancel(made)
    follow()
    assert balance(anna) == 0


def test_points_that_were_spent_meanwhile_become_a_debt() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    made = bought(store, boris, lines=mugs(4))
    later = AT + 40 * DAY
    order(store, customer=anna.ref, points_to_spend=150, at=later)
    refund(made, (1, 4), at=later)
    follow(at=later)
    assert balance(anna) == 0
    assert anna.accounts.get(asset="points").owed == 150


def test_points_taken_back_as_a_debt_do_not_count_towards_a_tier() -> None:
    store = shop_with_programme()
    make_tier_step(
        make_tier_rules(store, measure="points", in_force_at=AT - DAY), make_tier(store), threshold=150
    )
    anna, boris = line_of(store, 2)
    made = bought(store, boris, lines=mugs(4))
    with transaction.atomic():
        recompute(store, [anna.pk], at=AT, at_recorded=AT)
    assert TierStatus.objects.get(customer=anna).tier is not None
    Lot.objects.update(left=0)
    Account.objects.filter(customer=anna).update(balance=0)
    cancel(made)
    follow()
    assert Debt.objects.get().amount == 200
    with transaction.atomic():
        recompute(store, [anna.pk], at=AT, at_recorded=AT)
    assert TierStatus.objects.get(customer=anna).tier is None


def test_only_the_first_order_counts_unless_the_store_says_otherwise() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    bought(store, boris)
    bought(store, boris, at=AT + DAY)
    assert balance(anna) == 50


def test_every_order_counts_until_the_window_of_joining_ends() -> None:
    store = shop_with_programme(first_order_only=False, window_days=10)
    anna, boris = line_of(store, 2)
    bought(store, boris)
    bought(store, boris, at=AT + 9 * DAY)
    bought(store, boris, at=AT + 10 * DAY)
    assert balance(anna) == 100


def test_a_first_order_after_the_window_brings_nothing() -> None:
    store = shop_with_programme(window_days=10)
    anna, boris = line_of(store, 2)
    bought(store, boris, at=AT + 10 * DAY)
    assert balance(anna) == 0


def test_a_gift_that_went_from_hand_to_hand_rewards_its_giver() -> None:
    store = shop_with_programme()
    anna, boris = member(store), member(store)
    coupon = handed_on(store, anna)
    made = bought(store, boris, lines=mugs(4), codes=(coupon.code,))
    assert Acquisition.objects.get(order=made).kind == "gift"
    assert balance(anna) == 180, "5 % of what the friend paid, 36.00"
    refund(made, (1, 4))
    follow()
    assert balance(anna) == 0


def test_a_gift_brings_nothing_with_a_later_order_nor_to_its_own_buyer() -> None:
    store = shop_with_programme()
    anna, boris = member(store), member(store)
    bought(store, boris, at=AT - DAY)
    bought(store, boris, codes=(handed_on(store, anna).code,))
    bought(store, anna, codes=(handed_on(store, anna).code,))
    assert balance(anna) == 0


def test_a_number_of_points_does_not_ask_what_was_paid() -> None:
    store = shop_with_programme(unit="points", level_1=300, level_2=0, level_3=0, cap=300)
    anna, boris = line_of(store, 2)
    bought(store, boris)
    assert balance(anna) == 300


def test_a_coupon_is_promised_for_the_end_of_the_return_window() -> None:
    store = shop_with_programme(gives="coupon", reward_campaign="thanks", friend_campaign="welcome")
    anna, boris = line_of(store, 2)
    assert Reward.objects.get(customer=boris).campaign == "welcome"
    made = bought(store, boris)
    promise = Reward.objects.get(customer=anna)
    assert (promise.campaign, promise.due_at) == ("thanks", AT + 28 * DAY)
    refund(made, (1, 1))
    follow()
    promise.refresh_from_db()
    assert promise.withdrawn_at is not None
    assert balance(anna) == 0


def test_whoever_has_not_joined_the_programme_earns_nothing() -> None:
    store = shop_with_programme()
    anna, boris, clara = member(store), member(store, joined_at=None), member(store)
    brings(anna, boris)
    brings(boris, clara)
    bought(store, clara)
    assert [balance(boris), balance(anna)] == [0, 20]


def test_a_programme_that_is_off_pays_nothing() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    store.referral_programme.__class__.objects.update(is_on=False)
    bought(store, boris)
    assert balance(anna) == 0


def test_imported_history_pays_nobody() -> None:
    store = shop_with_programme()
    _anna, boris = line_of(store, 2)
    make_order(store, customer=boris, source="import")
    follow()
    assert not ReferralReward.objects.exists()


def test_levels_together_stay_within_the_cap() -> None:
    with pytest.raises(Exception, match="loyalty_referralprogramme_levels_within_cap"):
        programme(make_store(), level_1=900, level_2=101, level_3=0)
