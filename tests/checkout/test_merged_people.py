"""What is asked of a person is asked of all their numbers, and a number that stands alone again is as it would be."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from loyalty.adjust import AdjustmentRefused, Hand, Wish, adjust
from loyalty.earn import earn_waiting
from loyalty.hand_on import MoveRefused, hand_on
from loyalty.models import Lot, TierStatus
from loyalty.referrals.line import line_above
from loyalty.tell_points import tell_of_points
from loyalty.tiers.follow import follow_facts
from loyalty.verify import verify_ledger
from shop.keep_customer import keep_customer
from shop.models import Customer, Outbox, Store
from tests.checkout.ask import order
from tests.checkout.merging import merge, undo
from tests.checkout.reverse import balance, give, member, mugs, points_store, refund
from tests.factories import AT, DAY, make_customer, make_points_limits, make_user
from tests.factories.friend_rows import make_referral
from tests.factories.status_rows import make_tier, make_tier_rules, make_tier_step
from tests.loyalty.friends import bought, follow, programme, rewards_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return points_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


@pytest.fixture
def old(store: Store) -> Customer:
    """The number that Anna had before."""
    return member(store)


def earn_late() -> None:
    while earn_waiting(at=timezone.now() + timedelta(minutes=1)):
        pass


def joined_at(customer: Customer) -> object:
    return Customer.objects.values_list("joined_at", flat=True).get(pk=customer.pk)


def test_who_brought_the_kept_number_stands_above_whom_the_old_one_brought(
    store: Store, anna: Customer, old: Customer
) -> None:
    clara, friend = member(store), member(store)
    make_referral(anna, clara)
    make_referral(friend, old)
    done = merge(anna, old)
    assert line_above(friend.pk) == (anna.pk, clara.pk)
    undo(done)
    assert line_above(friend.pk) == (old.pk,)


def test_an_order_heard_of_after_the_merge_pays_who_brought_the_kept_number(
    store: Store, anna: Customer, old: Customer
) -> None:
    programme(store)
    make_referral(anna, member(store))
    made = order(store, customer=old.ref, lines=mugs(4), paid_at=AT).order
    merge(anna, old)
    follow()
    assert rewards_of(made) == [(1, 200, 0, "granted")]


def test_two_numbers_that_brought_one_another_are_still_brought_by_somebody(
    store: Store, anna: Customer, old: Customer
) -> None:
    programme(store, window_days=30)
    boris = member(store)
    make_referral(anna, old, at=AT - 60 * DAY)
    make_referral(old, boris, at=AT - 10 * DAY)
    merge(anna, old)
    made = bought(store, anna, lines=mugs(4))
    assert rewards_of(made) == [(1, 200, 0, "granted")], "and the days count from Boris's tie"


def test_what_was_bought_as_a_guest_earns_once_the_guest_is_a_member(store: Store, anna: Customer) -> None:
    guest = make_customer(store)
    made = order(store, customer=guest.ref, lines=mugs(3)).order
    merge(anna, guest)
    earn_late()
    assert (balance(anna), balance(guest)) == (30, 0)
    refund(made, (1, 3))
    assert (balance(anna), verify_ledger(store)) == (0, [])


def test_who_joins_under_one_number_earns_for_what_was_bought_under_the_other(store: Store) -> None:
    kept, guest = make_customer(store), make_customer(store)
    order(store, customer=guest.ref, lines=mugs(3))
    merge(kept, guest)
    earn_late()
    assert not Lot.objects.exists()
    keep_customer(store, guest.ref, profile={}, person={}, joined_at=AT + DAY, at=AT + DAY)
    earn_late()
    assert balance(kept) == 30


def test_merges_undone_in_the_order_in_which_they_were_made_leave_a_guest(store: Store) -> None:
    guest = make_customer(store)
    first, second = make_customer(store, joined_at=AT - 9 * DAY), make_customer(store, joined_at=AT - 5 * DAY)
    merges = [merge(guest, first), merge(guest, second)]
    undo(merges[0])
    assert joined_at(guest) == AT - 5 * DAY, "as the one who is still merged"
    undo(merges[1])
    assert joined_at(guest) is None


def test_points_told_of_an_old_number_count_for_the_kept_one(
    store: Store, anna: Customer, old: Customer
) -> None:
    """The fact was written before the merge and is heard of after it."""
    tier = make_tier(store)
    make_tier_step(make_tier_rules(store, measure="points", in_force_at=AT - DAY), tier, threshold=30)
    with transaction.atomic():
        tell_of_points(store, [old.pk], at=AT)
    merge(anna, old)
    order(store, customer=anna.ref, lines=mugs(3))
    TierStatus.objects.all().delete()
    Outbox.objects.exclude(kind="points.earned").delete()
    follow_facts(at=timezone.now())
    assert TierStatus.objects.get(customer=anna).tier == tier


def test_points_given_on_are_told_again_after_both_have_become_one(
    store: Store, anna: Customer, old: Customer
) -> None:
    make_points_limits(store, may_move=True, move_max=100, move_month_max=150)
    give(old, 80)
    given = hand_on(old, anna, 50, ref="m", at=AT, at_recorded=AT)
    done = merge(anna, old)
    again = hand_on(anna, anna, 50, ref="m", at=AT, at_recorded=AT)
    assert (again.move, again.created, balance(anna)) == (given.move, False, 80)
    with pytest.raises(MoveRefused, match="to_oneself"):
        hand_on(anna, anna, 50, ref="other", at=AT, at_recorded=AT)
    undo(done)
    assert hand_on(old, anna, 50, ref="m", at=AT, at_recorded=AT).move == given.move


def test_a_correction_told_again_finds_the_one_of_the_old_number(
    store: Store, anna: Customer, old: Customer
) -> None:
    wish, hand = Wish("give", 70, "a late parcel", AT + 365 * DAY), Hand(make_user(), "owner", AT, AT)
    first = adjust(old, wish, key="k", hand=hand)
    merge(anna, old)
    assert adjust(anna, wish, key="k", hand=hand).adjustment == first.adjustment
    with pytest.raises(AdjustmentRefused, match="key_taken"):
        adjust(member(store), wish, key="k", hand=hand)
    assert balance(anna) == 70
