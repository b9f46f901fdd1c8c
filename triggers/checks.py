"""What is asked again at the moment of sending, under the message's lock. A new check is one function, listed below."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from loyalty.models import Offer
from loyalty.snapshot import snapshot
from shop.models import Consent
from triggers.models import Message, Purpose, Suppression, Trigger
from triggers.occasions import OCCASIONS
from triggers.reasons import Reason
from triggers.suppress import UNSUBSCRIBED, address_hash


@dataclass(frozen=True, slots=True)
class Case:
    """One message that is about to be said. `at` is the store's moment; `address` is empty where none is known."""

    message: Message
    at: datetime
    address: str
    name: str


Check = Callable[[Case], Reason | None]


def reason_against(case: Case) -> Reason | None:
    """The first reason not to say it, or None."""
    checks = EVERY_MESSAGE + (MARKETING if case.message.purpose == Purpose.MARKETING else ())
    return next((reason for check in checks if (reason := check(case))), None)


def trigger_is_running(case: Case) -> Reason | None:
    return None if case.message.trigger.status == Trigger.Status.RUNNING else Reason.PAUSED


def occasion_still_holds(case: Case) -> Reason | None:
    occasion = OCCASIONS.get(case.message.trigger.occasion)
    return occasion.reason_against(case.message) if occasion else Reason.PAUSED


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


def _newest_consent(case: Case) -> Consent | None:
    answers = Consent.objects.filter(
        customer_id=case.message.customer_id,
        purpose=Consent.Purpose.MARKETING,
        channel=case.message.channel,
    )
    return answers.order_by("-at", "-id").first()


EVERY_MESSAGE: tuple[Check, ...] = (
    trigger_is_running,
    occasion_still_holds,
    offer_is_valid,
    address_is_known,
)

# A service message asks none of these.
MARKETING: tuple[Check, ...] = (
    consent_is_given,
    address_is_not_suppressed,
)
