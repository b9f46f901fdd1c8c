"""Take the next due message, ask everything again under its lock, and write it down as being sent."""

import logging
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import OperationalError, transaction

from coupons.issue import issue_named
from shop.models import Person, Store
from triggers.channels.outcome import Channel, Letter
from triggers.checks import Case, Sibling, objection_to
from triggers.decide import decide, hold_back
from triggers.models import Message
from triggers.occasions import OCCASIONS
from triggers.reasons import Reason, Wait

logger = logging.getLogger(__name__)

HOST_MAX = 120


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message that was taken up. Without a letter it has been decided already, or put off."""

    message: Message
    letter: Letter | None = None


def prepare_next(store: Store, name: str, channel: Channel, *, at: datetime) -> Prepared | None:
    """The store's next due message for the channel called `name`, decided or ready to go; None where none waits.

    Once this returns a letter, the message is stored as `sending` with its Message-ID: whatever happens from here on,
    it counts as possibly sent. Opens a transaction of its own and holds no lock afterwards.
    """
    with transaction.atomic():
        message = _lock_next(store, name, at=at)
        if message is None:
            return None
        letter = _letter_or_end(message, channel, at=at)
        if letter is not None:
            message.status, message.claimed_at = Message.Status.SENDING, at
            message.attempts += 1
            message.save(update_fields=["status", "claimed_at", "attempts", "message_id", "coupon"])
        return Prepared(message, letter)


def _lock_next(store: Store, name: str, *, at: datetime) -> Message | None:
    waiting = Message.objects.filter(store=store, channel=name, status=Message.Status.DUE, due_at__lte=at)
    related = ("store", "step", "trigger__campaign__offer", "customer__person")
    return (
        waiting.select_related(*related)
        .order_by("due_at", "id")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )


def _letter_or_end(message: Message, channel: Channel, *, at: datetime) -> Letter | None:
    """What to send, or None once the message has been decided without it, or put off."""
    if message.expires_at <= at:
        decide(message, Message.Status.EXPIRED, at=at, reason=Reason.TOO_LATE)
        return None
    case = case_of(message, at=at)
    objection = objection_to(case)
    if isinstance(objection, Wait):
        hold_back(message, at=at, until=objection.until)
        return None
    if objection is not None:
        decide(message, Message.Status.SUPPRESSED, at=at, reason=objection)
        return None
    try:
        with transaction.atomic():  # a coupon that nobody was told of is taken back
            return _write(case, channel)
    except OperationalError:
        raise  # the database's trouble, not the message's: it stays due
    except Exception as error:
        # One message that cannot be written must not hold up those behind it. The error's text may hold an address.
        logger.error("message %s cannot be written: %s", message.pk, type(error).__name__)
        message.coupon = None
        decide(message, Message.Status.FAILED, at=at, reason=Reason.NOT_WRITTEN)
        return None


def case_of(message: Message, *, at: datetime) -> Case:
    person: Person | None = getattr(message.customer, "person", None)
    return Case(
        message=message,
        at=at,
        address=person.email if person else "",
        name=person.name if person else "",
        siblings=_siblings(message),
    )


def _siblings(message: Message) -> tuple[Sibling, ...]:
    same = Message.objects.filter(
        trigger_id=message.trigger_id, customer_id=message.customer_id, occasion_key=message.occasion_key
    )
    rows = same.order_by("id").values_list("id", "step__delay_seconds", "due_at", "expires_at")
    return tuple(Sibling(*row) for row in rows)


def _write(case: Case, channel: Channel) -> Letter:
    message = case.message
    message.message_id = message.message_id or _new_message_id(message.store)
    campaign = message.trigger.campaign
    if campaign is not None:
        # The same for every step of an occasion: a reminder gives nothing twice.
        key = f"message:{min(one.id for one in case.siblings)}"
        message.coupon = issue_named(campaign, message.customer, issue_key=key, at=case.at)
    occasion = OCCASIONS[message.trigger.occasion]
    return channel.write(replace(case, facts=occasion.facts(message, at=case.at)))


def _new_message_id(store: Store) -> str:
    host = store.mail_from.rpartition("@")[2] or store.domain
    return f"<{secrets.token_hex(16)}@{host if 0 < len(host) <= HOST_MAX else 'reprise.invalid'}>"
