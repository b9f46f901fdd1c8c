"""A gift goes from hand to hand: one coupon, one code that works, and everybody knows through whom it went."""

from datetime import timedelta

import pytest
from django.db import transaction

from coupons.hand_over import HandoverRefused, claim, coupon_of, hand_over, look
from coupons.models import Coupon, Handover, Revocation
from coupons.queries import State, chain_of, state_of
from coupons.redeem import CouponRefused, redeem
from coupons.revoke import revoke
from shop.models import Activity, Customer, Store
from tests.factories import AT, make_customer, make_order, make_store
from tests.factories.offers_that_run import gift_coupon, named_coupon, public_coupon

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return make_customer(store)


def link(coupon: Coupon, *, giver: Customer | None = None) -> str:
    return hand_over(coupon, giver=giver, at=AT).rstrip("/").rpartition("/")[2]


def claimed(coupon: Coupon, *, by: str = "phone") -> Coupon:
    found = claim(coupon_of(link(coupon)), claim_secret=by, at=AT).claimed
    assert found is not None
    return found


def fault(coupon: Coupon, *, by: str = "phone") -> str:
    with pytest.raises(HandoverRefused) as refused, transaction.atomic():
        claim(coupon, claim_secret=by, at=AT)
    return refused.value.code.value


def test_a_friend_gets_a_new_code_and_the_old_one_is_void(store: Store, anna: Customer) -> None:
    given = gift_coupon(store, anna)
    new = claimed(given)
    assert new.code != given.code
    assert (new.ends_at, new.customer_id) == (given.ends_at, None)
    with pytest.raises(CouponRefused, match="revoked"):
        redeem(given, make_order(store, customer=anna), amount=100, at=AT)
    redeem(new, make_order(store), amount=100, at=AT)


def test_who_gave_it_to_whom_and_when_stays_visible(store: Store, anna: Customer) -> None:
    first = gift_coupon(store, anna)
    second = claimed(first, by="bert")
    third = claimed(Coupon.objects.select_related("campaign", "store").get(pk=second.pk), by="cleo")
    chain = [(hand.source_id, hand.target_id, hand.level) for hand in chain_of(second)]
    assert chain == [(first.pk, second.pk, 1), (second.pk, third.pk, 2)]
    assert [hand.giver for hand in chain_of(third)] == [anna, None]
    assert Revocation.objects.filter(reason="handed_on").count() == 2
    assert list(
        Activity.objects.filter(kind="coupon.handed_over").order_by("id").values_list("customer", flat=True)
    ) == [anna.pk, None]


def test_only_the_browser_that_claimed_it_sees_the_code_again(store: Store) -> None:
    given = gift_coupon(store)
    token = link(given)
    new = claimed(given, by="phone")
    again = claim(coupon_of(token), claim_secret="phone", at=AT)
    assert again.claimed == new
    stranger = look(coupon_of(token), claim_secret="another", at=AT)
    assert (stranger.claimed, stranger.fault) == (None, "claimed")
    assert look(coupon_of(token), claim_secret="", at=AT).claimed is None
    assert fault(coupon_of(token), by="another") == "claimed"
    assert Handover.objects.count() == 1


def test_looking_claims_nothing(store: Store) -> None:
    token = link(gift_coupon(store))
    assert look(coupon_of(token), claim_secret="phone", at=AT).fault is None
    assert not Handover.objects.exists()


def test_a_named_coupon_is_its_holders_alone(store: Store, anna: Customer) -> None:
    with pytest.raises(HandoverRefused, match="not_a_gift"):
        hand_over(named_coupon(store, anna), giver=anna, at=AT)


def test_a_public_code_has_nothing_to_hand_on(store: Store) -> None:
    with pytest.raises(HandoverRefused, match="public_code"):
        hand_over(public_coupon(store), giver=None, at=AT)


def test_nobody_gives_away_what_another_holds(store: Store, anna: Customer) -> None:
    with pytest.raises(HandoverRefused, match="not_yours"):
        hand_over(gift_coupon(store, anna), giver=make_customer(store), at=AT)


def test_a_used_coupon_cannot_be_claimed_any_more(store: Store) -> None:
    given = gift_coupon(store)
    token = link(given)
    redeem(given, make_order(store), amount=100, at=AT)
    assert fault(coupon_of(token)) == "used_up"


def test_a_coupon_that_a_cart_holds_cannot_be_claimed(store: Store) -> None:
    given = gift_coupon(store)
    token = link(given)
    Coupon.objects.filter(pk=given.pk).update(held=1)
    assert fault(coupon_of(token)) == "used_up"


def test_a_gift_can_be_claimed_until_just_before_its_end(store: Store) -> None:
    late, in_time = gift_coupon(store), gift_coupon(store)
    tokens = link(late), link(in_time)
    with pytest.raises(HandoverRefused, match="expired"), transaction.atomic():
        claim(coupon_of(tokens[0]), claim_secret="a", at=late.ends_at)
    assert claim(coupon_of(tokens[1]), claim_secret="a", at=in_time.ends_at - MOMENT).claimed


def test_a_coupon_taken_back_cannot_be_claimed(store: Store) -> None:
    given = gift_coupon(store)
    token = link(given)
    revoke(given, by=None, at=AT, reason="mistake")
    assert fault(coupon_of(token)) == "revoked"


@pytest.mark.parametrize("token", ["", "1", "1~abc", "x" * 300, "1:~", "\x00"])
def test_a_link_that_is_not_ours_is_not_whole(token: str) -> None:
    with pytest.raises(HandoverRefused, match="link_unknown"):
        coupon_of(token)


def test_through_more_than_twenty_hands_no_gift_goes(store: Store) -> None:
    coupon = gift_coupon(store)
    for hand in range(20):
        coupon = Coupon.objects.select_related("campaign", "store").get(
            pk=claimed(coupon, by=f"friend {hand}").pk
        )
    with pytest.raises(HandoverRefused, match="too_many_hands"):
        hand_over(coupon, giver=None, at=AT)


def test_revoking_twice_is_revoking_once(store: Store, anna: Customer) -> None:
    coupon = named_coupon(store, anna)
    assert revoke(coupon, by=None, at=AT, reason="mistake") == revoke(coupon, by=None, at=AT, reason="abuse")
    assert Revocation.objects.get().reason == "mistake"
    assert Activity.objects.filter(kind="coupon.revoked").count() == 1
    with pytest.raises(CouponRefused, match="revoked"):
        redeem(coupon, make_order(store, customer=anna), amount=100, at=AT)


def test_what_a_cart_holds_stays_its_own_when_the_coupon_is_taken_back(store: Store) -> None:
    coupon = gift_coupon(store)
    Coupon.objects.filter(pk=coupon.pk).update(held=1)
    revoke(coupon, by=None, at=AT, reason="abuse")
    coupon.refresh_from_db()
    assert (coupon.uses_max, coupon.held) == (1, 1)


def test_each_state_is_told(store: Store, anna: Customer) -> None:
    coupon = gift_coupon(store, anna)
    assert state_of(coupon, at=AT) == State.USABLE
    assert state_of(coupon, at=AT - MOMENT) == State.NOT_STARTED
    assert state_of(coupon, at=coupon.ends_at) == State.EXPIRED
    coupon.used = 1
    assert state_of(coupon, at=AT) == State.USED_UP
    claimed(given := gift_coupon(store, anna))
    assert state_of(Coupon.objects.select_related("revocation").get(pk=given.pk), at=AT) == State.HANDED_ON


def test_a_gifts_holder_may_use_it_and_so_may_whoever_brings_it(store: Store, anna: Customer) -> None:
    redeem(gift_coupon(store, anna), make_order(store, customer=anna), amount=100, at=AT)
    redeem(gift_coupon(store, anna), make_order(store, customer=make_customer(store)), amount=100, at=AT)
    redeem(gift_coupon(store, anna), make_order(store), amount=100, at=AT)
