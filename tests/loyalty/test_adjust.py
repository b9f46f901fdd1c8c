"""Corrections by hand: a reason, a limit a day for each person, and a second person beyond it."""

import pytest

from loyalty.adjust import (
    AdjustFault,
    AdjustmentRefused,
    Hand,
    Wish,
    adjust,
    decide,
    waiting_approvals,
)
from loyalty.models import Account, Adjustment, Lot, Transfer
from loyalty.points_limits import left_today
from loyalty.verify import verify_ledger
from shop.models import Activity, Approval, Customer, Store
from tests.checkout.reverse import give, member, points_store
from tests.factories import AT, DAY, make_points_limits, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    store = points_store()
    make_points_limits(store, support_day_max=100, admin_day_max=1000)
    return store


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


def hand(role: str = "support", by: object = None, at: object = AT) -> Hand:
    return Hand(by or make_user(), role, at, at)  # type: ignore[arg-type]


def giving(points: int, reason: str = "a late parcel") -> Wish:
    return Wish("give", points, reason, AT + 365 * DAY)


def taking(points: int) -> Wish:
    return Wish("take", points, "given twice")


def balance(customer: Customer) -> int:
    return Account.objects.get(customer=customer).balance


def test_points_given_by_hand_can_be_spent_until_their_last_day(anna: Customer) -> None:
    done = adjust(anna, giving(100), key="a", hand=hand())
    assert not done.waits
    lot = Lot.objects.get()
    assert (balance(anna), lot.active_at, lot.ends_at) == (100, AT, AT + 365 * DAY)
    assert Transfer.objects.get().source.kind == "adjusted"
    assert verify_ledger(anna.store) == []


def test_points_taken_by_hand_are_those_that_end_first(anna: Customer) -> None:
    give(anna, 50, ends_at=AT + 10 * DAY)
    give(anna, 50, ends_at=AT + 5 * DAY)
    adjust(anna, taking(60), key="a", hand=hand())
    assert list(Lot.objects.order_by("ends_at").values_list("left", flat=True)) == [0, 40]
    assert verify_ledger(anna.store) == []


def test_more_than_the_customer_can_spend_is_not_taken(anna: Customer) -> None:
    give(anna, 50)
    with pytest.raises(AdjustmentRefused) as refused:
        adjust(anna, taking(51), key="a", hand=hand())
    assert refused.value.code is AdjustFault.NOT_ENOUGH
    assert (balance(anna), Adjustment.objects.count()) == (50, 0)


@pytest.mark.parametrize("reason", ["", "why", "    late   "])
def test_a_correction_without_a_reason_is_refused(anna: Customer, reason: str) -> None:
    with pytest.raises(AdjustmentRefused) as refused:
        adjust(anna, giving(1, reason), key="a", hand=hand())
    assert refused.value.code is AdjustFault.REASON_MISSING
    assert not Adjustment.objects.exists()


def test_points_that_end_now_are_not_given(anna: Customer) -> None:
    with pytest.raises(AdjustmentRefused) as refused:
        adjust(anna, Wish("give", 1, "a late parcel", AT), key="a", hand=hand())
    assert refused.value.code is AdjustFault.ENDS_IN_PAST


def test_exactly_the_limit_of_the_day_goes_alone_and_one_point_more_waits(anna: Customer) -> None:
    tom = make_user()
    assert not adjust(anna, giving(60), key="a", hand=hand(by=tom)).waits
    assert left_today(anna.store, tom, role="support", at=AT) == 40
    assert not adjust(anna, taking(40), key="b", hand=hand(by=tom)).waits
    assert adjust(anna, giving(1), key="c", hand=hand(by=tom)).waits
    assert balance(anna) == 20


def test_what_waits_uses_nothing_of_the_limit(anna: Customer) -> None:
    tom = make_user()
    assert adjust(anna, giving(101), key="a", hand=hand(by=tom)).waits
    assert not adjust(anna, giving(100), key="b", hand=hand(by=tom)).waits


def test_the_limit_is_each_persons_and_begins_anew_with_the_day(anna: Customer) -> None:
    tom, mary = make_user(), make_user()
    assert not adjust(anna, giving(100), key="a", hand=hand(by=tom)).waits
    assert not adjust(anna, giving(100), key="b", hand=hand(by=mary)).waits
    assert not adjust(anna, giving(100), key="c", hand=hand(by=tom, at=AT + DAY)).waits


def test_a_limit_made_smaller_during_the_day_holds_at_once(anna: Customer) -> None:
    tom = make_user()
    adjust(anna, giving(60), key="a", hand=hand(by=tom))
    anna.store.points_limits.support_day_max = 50
    anna.store.points_limits.save()
    assert adjust(anna, giving(1), key="b", hand=hand(by=tom)).waits
    assert left_today(anna.store, tom, role="support", at=AT) == 0


def test_each_role_has_its_own_limit(anna: Customer) -> None:
    assert not adjust(anna, giving(1000), key="a", hand=hand("admin")).waits
    assert adjust(anna, giving(1001), key="b", hand=hand("admin")).waits
    assert adjust(anna, giving(1), key="c", hand=hand("marketer")).waits


def test_without_a_limit_an_owner_needs_nobody() -> None:
    anna = member(points_store())
    assert not adjust(anna, giving(1_000_000), key="a", hand=hand("owner")).waits


def test_a_second_person_lets_the_points_move(anna: Customer) -> None:
    adjustment = adjust(anna, giving(500), key="a", hand=hand()).adjustment
    ((approval, waiting),) = waiting_approvals(anna.store)
    assert (waiting, approval.detail) == (adjustment, {"customer": anna.ref, "way": "give", "points": 500})
    assert not Transfer.objects.exists()
    decide(approval, is_given=True, hand=hand("admin", at=AT + DAY))
    assert (balance(anna), Lot.objects.get().active_at) == (500, AT + DAY)
    assert waiting_approvals(anna.store) == []
    assert verify_ledger(anna.store) == []


def test_nobody_approves_their_own(anna: Customer) -> None:
    tom = make_user()
    adjust(anna, giving(500), key="a", hand=hand(by=tom))
    with pytest.raises(AdjustmentRefused) as refused:
        decide(Approval.objects.get(), is_given=True, hand=hand("owner", by=tom))
    assert refused.value.code is AdjustFault.ASKED_BY_YOU
    assert Approval.objects.get().status == "asked"


def test_what_was_refused_moves_nothing_and_is_not_decided_again(anna: Customer) -> None:
    adjust(anna, giving(500), key="a", hand=hand())
    approval = Approval.objects.get()
    decide(approval, is_given=False, hand=hand("admin"))
    with pytest.raises(AdjustmentRefused) as refused:
        decide(approval, is_given=True, hand=hand("admin"))
    assert refused.value.code is AdjustFault.DECIDED_BEFORE
    assert not Transfer.objects.exists()


def test_the_same_correction_sent_twice_is_made_once(anna: Customer) -> None:
    tom = hand()
    first = adjust(anna, giving(60), key="a", hand=tom)
    assert adjust(anna, giving(60), key="a", hand=tom) == first
    assert balance(anna) == 60
    with pytest.raises(AdjustmentRefused) as refused:
        adjust(anna, giving(61), key="a", hand=tom)
    assert refused.value.code is AdjustFault.KEY_TAKEN


def test_who_corrected_what_is_written_down(anna: Customer) -> None:
    tom, mary = make_user(), make_user()
    adjust(anna, giving(100), key="a", hand=hand(by=tom))
    adjust(anna, giving(101), key="b", hand=hand(by=tom))
    decide(Approval.objects.get(), is_given=True, hand=hand("admin", by=mary))
    kept = Activity.objects.filter(customer=anna, kind__startswith="points.adj").order_by("id")
    assert [(fact.kind, fact.data["points"], fact.data["by"]) for fact in kept] == [
        ("points.adjusted", 100, tom.pk),
        ("points.adjustment_asked", 101, tom.pk),
        ("points.adjusted", 101, mary.pk),
    ]
