"""Who may be tied to whom: once and for ever, never to oneself, never in a circle."""

import re

import pytest
from django.db import transaction

from loyalty.models import Referral
from loyalty.referrals.join import JoinFault, JoinRefused
from loyalty.referrals.links import LENGTH
from shop.keep_customer import keep_customer
from shop.know_visitors import know_visitor
from tests.checkout.ask import order
from tests.factories import AT, DAY, make_order, make_store, make_visitor
from tests.loyalty.friends import (
    brings,
    click,
    follow,
    line_of,
    link_of,
    member,
    programme,
    shop_with_programme,
)

pytestmark = pytest.mark.django_db


def test_a_link_is_made_once_and_can_not_be_guessed() -> None:
    anna = member(shop_with_programme())
    code = link_of(anna).code
    assert link_of(anna).code == code
    assert len(code) == LENGTH >= 12
    assert re.fullmatch("[2-9A-HJ-KM-NP-Z]+", code)


def test_the_first_tie_stays_for_ever() -> None:
    store = shop_with_programme()
    anna, boris, clara = member(store), member(store), member(store)
    brings(anna, clara)
    assert brings(boris, clara).referrer_id == anna.pk
    assert Referral.objects.count() == 1


def test_nobody_brings_himself() -> None:
    anna = member(shop_with_programme())
    with pytest.raises(JoinRefused, match=JoinFault.ONESELF):
        brings(anna, anna)


def test_nobody_brings_an_ancestor_however_far_up() -> None:
    people = line_of(shop_with_programme(), 7)
    with pytest.raises(JoinRefused, match=JoinFault.CIRCLE):
        brings(people[-1], people[0])


def test_whoever_has_bought_is_not_new() -> None:
    store = shop_with_programme()
    anna, boris = member(store), member(store)
    make_order(store, customer=boris)
    with pytest.raises(JoinRefused, match=JoinFault.NOT_NEW):
        brings(anna, boris)


def test_a_cancelled_order_was_no_purchase() -> None:
    store = shop_with_programme()
    anna, boris = member(store), member(store)
    make_order(store, customer=boris, status="cancelled", cancelled_at=AT)
    assert brings(anna, boris).referrer_id == anna.pk


def test_a_programme_that_is_off_ties_nobody() -> None:
    store = make_store()
    programme(store, is_on=False)
    with pytest.raises(JoinRefused, match=JoinFault.OFF):
        brings(member(store), member(store))


def test_a_visitor_who_followed_the_link_is_tied_with_the_first_order() -> None:
    store = shop_with_programme()
    anna, stranger = member(store), member(store)
    visitor = make_visitor(store)
    click(store, visitor, link_of(anna).code, at=AT - 30 * DAY + DAY / 24)
    order(store, customer=stranger.ref, visitor=visitor.key)
    follow()
    assert Referral.objects.get(customer=stranger).how == "click"


def test_a_click_older_than_thirty_days_ties_nobody() -> None:
    store = shop_with_programme()
    anna, stranger = member(store), member(store)
    visitor = make_visitor(store)
    click(store, visitor, link_of(anna).code, at=AT - 30 * DAY)
    order(store, customer=stranger.ref, visitor=visitor.key)
    follow()
    assert not Referral.objects.exists()


def test_a_customer_who_joins_after_following_a_link_is_tied_at_once() -> None:
    store = shop_with_programme()
    anna, stranger = member(store), member(store, joined_at=None)
    visitor = make_visitor(store)
    click(store, visitor, link_of(anna).code, at=AT - DAY)
    know_visitor(store, visitor.key, customer=stranger, at=AT)
    with transaction.atomic():
        keep_customer(store, stranger.ref, profile={}, person={}, joined_at=AT, at=AT)
    follow()
    assert Referral.objects.get(customer=stranger).referrer == anna
