"""Mails of tiers and stamp cards: reached, nearly reached, a full card; each once, and not when it is no longer so."""

from datetime import timedelta

import pytest
from django.db import transaction

from panel.playbooks.start_mails import start_mails
from panel.tiers.mails import TIER_MAILS
from shop.models import Customer, Store
from tests.factories import AT, DAY, make_person, make_store
from tests.factories.status_rows import make_full_card, make_stamp_card, make_stamp_holder
from tests.loyalty.tiers.ladder import buy, follow, give_back, make_member, start_ladder
from triggers.channels.email.wording import values_of
from triggers.checks import Case
from triggers.models import Message, Trigger
from triggers.occasions import OCCASIONS
from triggers.reasons import Reason
from triggers.tick import find_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    store = make_store()
    start_ladder(store)
    with transaction.atomic():
        start_mails(store, TIER_MAILS, by=None, at=AT - DAY)
    Trigger.objects.update(created_at=AT - DAY)
    return store


@pytest.fixture
def anna(store: Store) -> Customer:
    anna = make_member(store)
    make_person(anna)
    return anna


def said(occasion: str) -> Message:
    return Message.objects.select_related("trigger", "store", "customer").get(trigger__occasion=occasion)


def words_of(message: Message, *, language: str) -> dict[str, str]:
    occasion = OCCASIONS[message.trigger.occasion]
    assert occasion.reason_against(message, at=AT) is None
    case = Case(message, address="", name="Anna", facts=occasion.facts(message, at=AT), at=AT)
    return values_of(case, language=language)


def test_who_reaches_a_tier_is_told_once(anna: Customer) -> None:
    buy(anna, 12_000)
    follow(AT)
    for minutes in (1, 2):
        find_due(at=AT + timedelta(minutes=minutes))
    message = said("tier_changed")
    assert message.purpose == "service"
    assert words_of(message, language="en")["tier"] == "Silver"


def test_a_tier_that_a_return_took_back_is_not_spoken_of(anna: Customer) -> None:
    order = buy(anna, 12_000)
    follow(AT)
    find_due(at=AT)
    give_back(order, 12_000, at=AT + timedelta(minutes=5))
    follow(AT + timedelta(minutes=5))
    message = said("tier_changed")
    at = AT + timedelta(minutes=6)
    assert OCCASIONS["tier_changed"].reason_against(message, at=at) is Reason.OVERTAKEN


def test_who_is_near_hears_what_is_missing(anna: Customer) -> None:
    buy(anna, 8_000)
    follow(AT)
    find_due(at=AT)
    words = words_of(said("reward_near"), language="en")
    assert (words["missing"], words["next_tier"]) == ("£20.00 to Silver", "Silver")


def test_a_fifth_is_near_and_more_is_not(anna: Customer) -> None:
    buy(anna, 7_999)
    follow(AT)
    find_due(at=AT)
    assert not Message.objects.exists()


def test_a_full_card_is_told_of_by_its_name(store: Store, anna: Customer) -> None:
    make_full_card(make_stamp_holder(make_stamp_card(store), anna))
    find_due(at=AT)
    assert words_of(said("stamp_card_full"), language="en")["card"] == "Coffee card"
