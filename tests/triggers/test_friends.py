"""Said to a customer: a friend has joined, and points have come for a friend's order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from loyalty.models import Transfer
from panel.playbooks.start_mails import start_mails
from panel.referrals.mails import FRIEND_MAILS
from shop.models import Customer, Store
from tests.factories import (
    make_account,
    make_customer,
    make_order,
    make_programme_account,
    make_store,
    make_transfer,
)
from tests.factories.friend_rows import make_referral, make_referral_reward
from triggers.models import Message, Purpose
from triggers.occasions.referral_rewarded import ReferralRewarded
from triggers.tick import find_due

# Triggers count from the moment they are made, which is the clock's.
pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    made = make_store()
    start_mails(made, FRIEND_MAILS, by=None, at=timezone.now())
    return made


def test_a_friend_who_joined_is_said_once(store: Store) -> None:
    now = timezone.now() + timedelta(minutes=1)
    anna, boris = make_customer(store), make_customer(store)
    make_referral(boris, anna, at=now)
    find_due(at=now)
    find_due(at=now + timedelta(hours=1))
    message = Message.objects.get()
    assert (message.customer, message.purpose) == (anna, Purpose.SERVICE)


def test_points_for_a_friend_are_said_with_what_is_left_of_them(store: Store) -> None:
    now = timezone.now() + timedelta(minutes=1)
    anna = make_customer(store)
    reward = make_referral_reward(
        make_order(store), anna, status="granted", transfer=_transfer(anna, at=now), points=50, taken_back=20
    )
    find_due(at=now)
    message = Message.objects.get()
    assert ReferralRewarded().facts(message, at=now).points == 30
    assert ReferralRewarded().reason_against(message, at=now) is None
    type(reward).objects.update(taken_back=50, status="withdrawn")
    assert ReferralRewarded().reason_against(message, at=now) == "nothing_left"


def _transfer(customer: Customer, *, at: object) -> Transfer:
    source = make_programme_account(customer.store)
    return make_transfer(source, make_account(customer), amount=50, effective_at=at)
