"""Signals send a reward to a person's desk; a person's decision gives it or lets it go, once."""

from typing import Any

import pytest
from django.db import transaction

from loyalty.models import ReviewCase, ReviewDecision
from loyalty.referrals.review import ReviewFault, ReviewRefused, decide_case
from loyalty.referrals.signals import stem_of
from shop.know_visitors import know_visitor
from shop.models import Customer, Order, Store
from tests.checkout.reverse import mugs, refund
from tests.factories import AT, DAY, make_person, make_visitor
from tests.loyalty.friends import balance, bought, brings, follow, line_of, member, shop_with_programme

pytestmark = pytest.mark.django_db


def decide(store: Store, made: Order, *, is_approved: bool, reason: str = "I called them.") -> ReviewDecision:
    case = ReviewCase.objects.get(order=made)
    with transaction.atomic():
        return decide_case(
            store, case.pk, is_approved=is_approved, reason=reason, by=None, at=AT, at_recorded=AT
        )


def signals(made: Order) -> list[str]:
    case = ReviewCase.objects.filter(order=made).first()
    return case.signals if case else []


@pytest.mark.parametrize("told", ["address_key", "card_key"])
def test_the_same_address_or_card_waits_for_a_person(told: str) -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    before: dict[str, Any] = {told: "1 Crescent Row, Bath"}
    after: dict[str, Any] = {told: " 1 crescent row,  BATH"}
    bought(store, anna, at=AT - DAY, **before)
    made = bought(store, boris, **after)
    assert signals(made) == [{"address_key": "same_address", "card_key": "same_card"}[told]]
    assert balance(anna) == 0


def test_the_same_browser_waits_for_a_person() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    visitor = make_visitor(store)
    know_visitor(store, visitor.key, customer=anna, at=AT)
    made = bought(store, boris, visitor=visitor.key)
    assert signals(made) == ["same_device"]


def test_nearly_the_same_address_of_mail_waits_for_a_person() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    make_person(anna, email="anna.example@mail.example")
    make_person(boris, email="AnnaExample+shop2@mail.example")
    assert signals(bought(store, boris)) == ["same_email"]


@pytest.mark.parametrize(
    ("email", "stem"),
    [
        ("a.nna+shop2@x.org", "anna@x.org"),
        ("anna3@X.org", "anna@x.org"),
        ("boris@x.org", "boris@x.org"),
        ("007@x.org", "007@x.org"),
        ("", ""),
    ],
)
def test_stem_is_what_one_persons_addresses_share(email: str, stem: str) -> None:
    assert stem_of(email) == stem


def test_many_joins_within_an_hour_wait_for_a_person() -> None:
    store = shop_with_programme(joins_an_hour_max=2)
    anna, friends = member(store), [member(store) for _ in range(3)]
    for friend in friends[:2]:
        brings(anna, friend)
    assert signals(bought(store, friends[0])) == []
    brings(anna, friends[2])
    assert signals(bought(store, friends[1])) == ["many_joins"]


def suspicious(store: Store) -> tuple[Order, Customer]:
    anna, boris = line_of(store, 2)
    bought(store, anna, at=AT - DAY, card_key="4242")
    return bought(store, boris, card_key="4242", lines=mugs(4)), anna


def test_an_approved_reward_is_given_less_what_came_back_meanwhile() -> None:
    store = shop_with_programme()
    made, anna = suspicious(store)
    refund(made, (1, 1))
    follow()
    decide(store, made, is_approved=True)
    assert balance(anna) == 150


def test_a_rejected_reward_is_never_given() -> None:
    store = shop_with_programme()
    made, anna = suspicious(store)
    decide(store, made, is_approved=False)
    follow()
    assert balance(anna) == 0
    assert list(made.referral_rewards.values_list("status", flat=True)) == ["refused"]


def test_a_case_is_decided_once_and_with_a_reason() -> None:
    store = shop_with_programme()
    made, _anna = suspicious(store)
    with pytest.raises(ReviewRefused, match=ReviewFault.NO_REASON):
        decide(store, made, is_approved=True, reason="  ")
    decide(store, made, is_approved=True)
    with pytest.raises(ReviewRefused, match=ReviewFault.DECIDED):
        decide(store, made, is_approved=False)


def test_what_was_approved_once_is_not_asked_again() -> None:
    store = shop_with_programme(first_order_only=False)
    made, anna = suspicious(store)
    decide(store, made, is_approved=True)
    assert made.customer is not None
    again = bought(store, made.customer, card_key="4242", at=AT + DAY)
    assert signals(again) == []
    assert balance(anna) == 250


def test_nobody_else_is_suspected() -> None:
    store = shop_with_programme()
    anna, boris = line_of(store, 2)
    bought(store, anna, at=AT - DAY, card_key="1111", address_key="Bath")
    made = bought(store, boris, card_key="2222", address_key="Leeds")
    assert signals(made) == []
    assert balance(anna) == 50
