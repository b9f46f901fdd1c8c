"""What is asked again at the moment of sending, under the message's lock. A new check is one function, listed below."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from loyalty.models import Offer, SegmentMember
from loyalty.snapshot import snapshot
from shop.clock import zone_of
from shop.find_customer import same_person
from shop.models import Consent, Customer
from triggers.facts import NO_FACTS, Facts
from triggers.models import Message, Purpose, Suppression, Trigger
from triggers.occasions import OCCASIONS
from triggers.pace import Pace, pace_of, quiet_ends_at
from triggers.reasons import Objection, Reason, Wait
from triggers.suppress import UNSUBSCRIBED, address_hash


class Sibling(NamedTuple):
    """A message of the same occasion, this one among them: one for each step."""

    id: int
    delay_seconds: int
    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """One message that is about to be said. `at` is the store's moment; `address` is empty where none is known;
    `facts` are there once nothing speaks against it."""

    message: Message
    at: datetime
    address: str
    name: str
    siblings: tuple[Sibling, ...] = ()
    facts: Facts = NO_FACTS


Check = Callable[[Case], Objection | None]


def objection_to(case: Case) -> Objection | None:
    """The first reason not to say it at all or not now, or None."""
    checks = EVERY_MESSAGE + (MARKETING if case.message.purpose == Purpose.MARKETING else ())
    return next((objection for check in checks if (objection := check(case))), None)


def trigger_is_running(case: Case) -> Reason | None:
    return None if case.message.trigger.status == Trigger.Status.RUNNING else Reason.PAUSED


def customer_is_not_merged(case: Case) -> Reason | None:
    """A person is written to under one address."""
    return None if case.message.customer.merged_into_id is None else Reason.MERGED


def occasion_still_holds(case: Case) -> Objection | None:
    occasion = OCCASIONS.get(case.message.trigger.occasion)
    return occasion.reason_against(case.message, at=case.at) if occasion else Reason.PAUSED


def no_later_step_is_due(case: Case) -> Reason | None:
    """After a night or an outage the step that fits is said, and not all of them in a row."""
    mine = case.message.step.delay_seconds
    is_due = [one.due_at <= case.at < one.expires_at for one in case.siblings if one.delay_seconds > mine]
    return Reason.OVERTAKEN if any(is_due) else None


def offer_is_valid(case: Case) -> Reason | None:
    """Only a running offer whose terms in force have not ended may be promised."""
    campaign, store = case.message.trigger.campaign, case.message.store
    if campaign is None:
        return None
    if campaign.offer.status == Offer.Status.PAUSED:
        return Reason.PAUSED
    running = snapshot(store.pk, store.offers_version).offer(campaign.offer_id, at=case.at)
    if running is None:
        return Reason.OFFER_ENDED
    ends_at = running.terms.ends_at
    return Reason.OFFER_ENDED if ends_at is not None and ends_at <= case.at.timestamp() else None


def person_is_in_the_audience(case: Case) -> Reason | None:
    """A trigger for segments writes only to whoever is in one of them at this moment."""
    codes, store_id = case.message.trigger.segments, case.message.store_id
    if not codes:
        return None
    head = case.message.customer.merged_into_id or case.message.customer_id
    mine = SegmentMember.objects.filter(customer=head, segment__store=store_id, segment__code__in=codes)
    return None if mine.exists() else Reason.NOT_IN_SEGMENT


def address_is_known(case: Case) -> Reason | None:
    try:
        validate_email(case.address)
    except ValidationError:
        return Reason.NO_ADDRESS
    return None


def consent_is_given(case: Case) -> Reason | None:
    """The newest answer for this purpose and way counts."""
    newest = _newest_consent(case)
    return None if newest and newest.is_given else Reason.NO_CONSENT


def address_is_not_suppressed(case: Case) -> Reason | None:
    """An unsubscribing is lifted by a later consent; a bounce or a complaint is not."""
    row = Suppression.objects.filter(
        store_id=case.message.store_id,
        channel=case.message.channel,
        address_hash=address_hash(case.message.store, case.address),
    ).first()
    if row is None:
        return None
    newest = _newest_consent(case) if row.reason == UNSUBSCRIBED else None
    return None if newest and newest.is_given and newest.at > row.at else Reason.SUPPRESSED


def it_is_not_too_often(case: Case) -> Reason | None:
    """At most so many marketing messages by this way within so many days, those on their way counted too."""
    pace, message = _pace(case), case.message
    if pace.mails_max is None:
        return None
    # Two senders may hold two messages of one customer: the second waits here until the first is counted.
    Customer.objects.select_for_update(no_key=True).get(pk=message.customer_id)
    said = Message.objects.filter(
        same_person(message.customer),
        channel=message.channel,
        purpose=Purpose.MARKETING,
        status__in=[Message.Status.SENDING, Message.Status.SENT, Message.Status.UNKNOWN],
        claimed_at__gt=case.at - timedelta(days=pace.days),
    )
    return Reason.TOO_OFTEN if said.count() >= pace.mails_max else None


def it_is_not_night(case: Case) -> Wait | None:
    """In the customer's zone, the store's where it is unknown."""
    zone = zone_of(case.message.store, case.message.customer)
    over_at = quiet_ends_at(_pace(case), zone, at=case.at)
    return Wait(over_at) if over_at else None


def _pace(case: Case) -> Pace:
    occasion = OCCASIONS.get(case.message.trigger.occasion)
    return pace_of(case.message.store, is_usual=occasion is not None and occasion.keeps_hours)


def _newest_consent(case: Case) -> Consent | None:
    answers = Consent.objects.filter(
        same_person(case.message.customer),
        purpose=Consent.Purpose.MARKETING,
        channel=case.message.channel,
    )
    return answers.order_by("-at", "-id").first()


EVERY_MESSAGE: tuple[Check, ...] = (
    trigger_is_running,
    customer_is_not_merged,
    no_later_step_is_due,
    occasion_still_holds,
    person_is_in_the_audience,
    offer_is_valid,
    address_is_known,
)

# A service message asks none of these.
MARKETING: tuple[Check, ...] = (
    consent_is_given,
    address_is_not_suppressed,
    it_is_not_too_often,
    it_is_not_night,
)
