"""Promises to customers: made once under a key, issued by a job when they are due."""

import pytest
from django.db import transaction

from checkout.grant_rewards import RETRY_AFTER, grant_due, withdraw_granted
from clubcards.models import Membership
from coupons.models import Coupon, CouponCampaign, Revocation
from loyalty.models import Offer, Reward
from loyalty.promise_reward import RewardConflict, promise_reward, withdraw_promise
from shop.models import Customer, Store
from tests.factories import AT, DAY, make_campaign, make_customer, make_store
from tests.factories.card_rows import open_plan
from tests.factories.offers_that_run import run_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return make_customer(store)


@pytest.fixture
def campaign(store: Store) -> CouponCampaign:
    return make_campaign(run_offer(store, code="next-10"), code="next")


def promise(anna: Customer, *, kind: str = "coupon", key: str = "tier:1", **said: object) -> Reward:
    given = {"campaign": "next"} if kind == "coupon" else {}
    with transaction.atomic():
        return promise_reward(anna.store, customer=anna, kind=kind, key=key, at=AT, **given | said)  # type: ignore[arg-type]


def test_a_promised_coupon_is_issued_once(anna: Customer, campaign: CouponCampaign) -> None:
    assert promise(anna) == promise(anna)
    assert [grant_due(at=AT), grant_due(at=AT)] == [1, 0]
    coupon = Coupon.objects.get()
    assert (coupon.customer, coupon.campaign) == (anna, campaign)
    assert Reward.objects.get().granted_at == AT


def test_a_key_stands_for_one_promise(anna: Customer, campaign: CouponCampaign) -> None:
    promise(anna)
    with pytest.raises(RewardConflict):
        promise(anna, campaign="another")


def test_what_is_due_later_comes_later(anna: Customer, campaign: CouponCampaign) -> None:
    promise(anna, due_at=AT + DAY)
    assert grant_due(at=AT) == 0
    assert grant_due(at=AT + DAY) == 1


def test_a_sandbox_goes_by_its_own_clock(campaign: CouponCampaign, anna: Customer) -> None:
    promise(anna, due_at=AT + DAY)
    Store.objects.filter(pk=anna.store_id).update(is_sandbox=True, clock_shift_seconds=86_400)
    assert grant_due(at=AT) == 1
    assert Coupon.objects.get().issued_at == AT + DAY


def test_a_campaign_that_rests_is_asked_again_and_says_why(anna: Customer, campaign: CouponCampaign) -> None:
    promise(anna)
    Offer.objects.filter(code="next-10").update(status=Offer.Status.PAUSED)
    assert [grant_due(at=AT), grant_due(at=AT)] == [1, 0]
    assert Reward.objects.get().refusal == "offer_not_running"
    Offer.objects.filter(code="next-10").update(status=Offer.Status.RUNNING)
    grant_due(at=AT + RETRY_AFTER)
    assert (Coupon.objects.count(), Reward.objects.get().refusal) == (1, "")


def test_a_campaign_that_is_not_there_is_no_end_of_the_others(
    anna: Customer, campaign: CouponCampaign
) -> None:
    promise(anna, key="tier:0", campaign="gone")
    promise(anna)
    assert grant_due(at=AT) == 2
    assert Coupon.objects.count() == 1


def test_a_promised_card_is_given(anna: Customer) -> None:
    open_plan(anna.store, "gold")
    promise(anna, kind="card", item="gold")
    grant_due(at=AT)
    assert Membership.objects.get().customer == anna


def test_a_gift_waits_for_somebody_to_hand_it_over(anna: Customer) -> None:
    promise(anna, kind="gift", item="MUG")
    assert grant_due(at=AT) == 0
    assert Reward.objects.get().granted_at is None


def test_a_promise_that_is_taken_back_issues_nothing(anna: Customer, campaign: CouponCampaign) -> None:
    promise(anna)
    with transaction.atomic():
        assert withdraw_promise(anna.store, "tier:1", at=AT) is not None
        assert withdraw_promise(anna.store, "tier:1", at=AT) is None
    assert grant_due(at=AT) == 0


def test_an_issued_coupon_is_taken_back_unless_it_was_used(anna: Customer, campaign: CouponCampaign) -> None:
    promised = promise(anna)
    grant_due(at=AT)
    with transaction.atomic():
        withdraw_granted(promised, at=AT)
    assert Revocation.objects.get().coupon == Coupon.objects.get()
