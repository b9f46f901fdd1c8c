"""Mails of gift balances: the code to whoever holds it, once, and a warning before the end with what is left then."""

from datetime import timedelta

import pytest
from django.db import transaction

from coupons.issue_balance import code_of
from coupons.models import GiftBalance
from panel.gift_balances.mails import BALANCE_MAILS
from panel.playbooks.start_mails import start_mails
from shop.models import Customer, Store
from tests.checkout.gift import gift
from tests.factories import AT, DAY, make_customer, make_person, make_store
from triggers.channels.email.build import write_mail
from triggers.checks import Case
from triggers.models import Message, Trigger
from triggers.occasions import OCCASIONS
from triggers.reasons import Reason
from triggers.tick import find_due

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store() -> Store:
    store = make_store()
    with transaction.atomic():
        start_mails(store, BALANCE_MAILS, by=None, at=AT - DAY)
    Trigger.objects.update(created_at=AT - DAY)
    return store


@pytest.fixture
def anna(store: Store) -> Customer:
    anna = make_customer(store)
    make_person(anna)
    return anna


def said(occasion: str) -> Message:
    return Message.objects.select_related("trigger__campaign", "store", "customer", "step").get(
        trigger__occasion=occasion
    )


def mail_of(message: Message) -> str:
    """Both parts, decoded."""
    occasion = OCCASIONS[message.trigger.occasion]
    message.message_id = "<one@example.com>"
    facts = occasion.facts(message, at=AT + MINUTE)
    case = Case(message, AT + MINUTE, "anna@example.com", "Anna", facts=facts)
    from_bytes = write_mail(case).content.replace(b"=\r\n", b"")
    return from_bytes.decode()


def test_the_holder_of_a_new_balance_gets_its_code_once(store: Store, anna: Customer) -> None:
    balance, _code = gift(store, 2_500, customer=anna)
    for minutes in (1, 2):
        find_due(at=AT + minutes * MINUTE)
    message = said("gift_balance_issued")
    assert (message.customer, message.purpose) == (anna, "service")
    mail = mail_of(message)
    assert mail.count(code_of(balance)) == 2, "in the text and in the HTML"
    assert code_of(balance) not in repr(OCCASIONS["gift_balance_issued"].facts(message, at=AT))


def test_a_balance_without_a_holder_is_written_to_nobody(store: Store) -> None:
    gift(store, 2_500)
    find_due(at=AT + MINUTE)
    assert not Message.objects.exists()


def test_an_empty_balance_is_not_sent(store: Store, anna: Customer) -> None:
    balance, _code = gift(store, 2_500, customer=anna)
    find_due(at=AT + MINUTE)
    message = said("gift_balance_issued")
    GiftBalance.objects.filter(pk=balance.pk).update(ends_at=AT + MINUTE)
    reason = OCCASIONS["gift_balance_issued"].reason_against(message, at=AT + MINUTE)
    assert reason is Reason.NOTHING_LEFT


def test_one_warning_tells_of_all_that_end_on_a_day(store: Store, anna: Customer) -> None:
    for amount in (2_500, 1_000):
        gift(store, amount, customer=anna, days=10)
    gift(store, 700, customer=anna, days=200)
    find_due(at=AT + MINUTE)
    warning = said("gift_balance_expiring")
    facts = OCCASIONS["gift_balance_expiring"].facts(warning, at=AT + MINUTE)
    assert facts.gift is not None
    assert (facts.gift.left, facts.gift.count, len(facts.gift.codes)) == (3_500, 2, 2)
    assert facts.last_day == (AT + 10 * DAY).date()
