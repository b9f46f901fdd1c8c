"""No more marketing by mail, on the word of whoever holds the link from a mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from shop.clock import store_moment
from shop.find_customer import same_person
from shop.give_consent import Answer, give_consent
from shop.models import Consent, Customer, Person
from triggers.models import Message
from triggers.suppress import UNSUBSCRIBED, suppress

SALT = "triggers.unsubscribe"
TOKEN_MAX = 200
INSTANT = timedelta(microseconds=1)


class LinkUnknown(Exception):
    """The link was not made by us, or not whole."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom the link was made for."""

    customer: Customer
    is_subscribed: bool


def unsubscribe_url(message: Message) -> str:
    """The address that a mail carries. It works for ever, and for any number of clicks."""
    token = signing.Signer(salt=SALT, sep="~").sign(str(message.customer_id))
    return f"{settings.PUBLIC_URL.rstrip('/')}/unsubscribe/{token}/"


def holder_of(token: str) -> Holder:
    """Raises LinkUnknown. Changes nothing."""
    customer = _customer_of(token)
    newest = _newest_answer(customer)
    return Holder(customer, is_subscribed=newest is None or newest.is_given)


def unsubscribe(token: str, *, at: datetime) -> Holder:
    """Withdraw the customer's consent and suppress the address. A second time is the same as the first.

    Raises LinkUnknown.
    """
    with transaction.atomic():
        locked = Customer.objects.select_related("store", "person").select_for_update(of=("self",))
        customer = locked.get(pk=_customer_of(token).pk)
        newest = _newest_answer(customer)
        if newest is None or newest.is_given:
            now = store_moment(customer.store, at)
            _withdraw(customer, at=max(now, newest.at + INSTANT) if newest else now)
    return Holder(customer, is_subscribed=False)


def _customer_of(token: str) -> Customer:
    if len(token) > TOKEN_MAX:
        raise LinkUnknown
    try:
        number = int(signing.Signer(salt=SALT, sep="~").unsign(token))
    except (signing.BadSignature, ValueError):
        raise LinkUnknown from None
    people = Customer.objects.select_related("store", "person", "merged_into__store", "merged_into__person")
    customer = people.filter(pk=number).first()
    if customer is None:
        raise LinkUnknown
    return customer.merged_into or customer


def _newest_answer(customer: Customer) -> Consent | None:
    answers = Consent.objects.filter(
        same_person(customer), purpose=Consent.Purpose.MARKETING, channel=Consent.Channel.EMAIL
    )
    return answers.order_by("-at", "-id").first()


def _withdraw(customer: Customer, *, at: datetime) -> None:
    answer = Answer(
        purpose=Consent.Purpose.MARKETING,
        channel=Consent.Channel.EMAIL,
        is_given=False,
        wording=_("I do not want offers by e-mail any more."),
        source="mail",
        at=at,
    )
    give_consent(customer, answer, at=at)
    person: Person | None = getattr(customer, "person", None)
    if person is not None and person.email:
        suppress(customer.store, person.email, reason=UNSUBSCRIBED, at=at)
