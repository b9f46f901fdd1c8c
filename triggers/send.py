"""Say what is due.

What was decided, and where it is kept:
  1. Everything is asked again at the moment of sending, under the message's lock (`checks`). The answer ends the
     message (suppressed), or makes it wait (quiet hours, a cart that is being filled): then it stays due under a later
     `due_at`, keeps its occasion and its `expires_at`, and no attempt is counted (`decide.hold_back`).
  2. What would have to wait past its `expires_at` has expired at once: a message is two days late at most.
  3. A step whose turn comes when a later one is due already says nothing (overtaken): after a night or an outage a
     customer gets the one that fits, not all of them in a row.
  4. Consent and suppression are asked before cap and quiet hours, so that what will never be said does not wait.
  5. The cap is counted under the customer's lock, because two senders may hold two messages of one customer.
  6. All steps of one occasion name the same coupon (`prepare`), so a reminder gives nothing twice.
  7. What the mail tells (a cart's lines, points that are left) is read last, in the same transaction.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction

from shop.clock import store_moment
from shop.models import Store
from triggers.channels.outcome import Channel, Connection, Fate, Outcome, Unreachable
from triggers.channels.registry import CHANNELS
from triggers.decide import decide, note_delivery, postpone
from triggers.models import Message, Purpose
from triggers.prepare import Prepared, prepare_next
from triggers.reasons import Reason

logger = logging.getLogger(__name__)

BATCH = 500
# No longer than it takes beat to drop a bell that nobody heard, so that other work gets its turn.
SECONDS_MAX = 10.0
RETRY_FIRST = timedelta(minutes=1)
RETRY_MAX = timedelta(hours=6)


def send_due(*, at: datetime) -> int:
    """Send up to a batch of due messages for each store; returns how many were taken up.

    Safe to run many times at once: each message is locked by one sender only. Must not run in a transaction, since
    what it promises to remember has to be stored before a mail leaves.
    """
    stop = monotonic() + SECONDS_MAX
    done = 0
    for store in Store.objects.filter(is_sending_paused=False).exclude(postal_address="").order_by("id"):
        for name, channel in CHANNELS.items():
            done += _send_for(store, name, channel, at=store_moment(store, at), stop=stop)
    return done


def _send_for(store: Store, name: str, channel: Channel, *, at: datetime, stop: float) -> int:
    waiting = Message.objects.filter(store=store, channel=name, status=Message.Status.DUE, due_at__lte=at)
    if not waiting.exists():
        return 0
    try:
        with channel.connect() as connection:
            return sum(
                _say(prepared, connection, at=at)
                for prepared in _prepared(store, name, channel, at=at, stop=stop)
            )
    except Unreachable:
        logger.warning("store %s: %s cannot be reached, messages wait", store.pk, name)
        return 0


def _prepared(store: Store, name: str, channel: Channel, *, at: datetime, stop: float) -> Iterator[Prepared]:
    for _ in range(BATCH):
        prepared = prepare_next(store, name, channel, at=at) if monotonic() < stop else None
        if prepared is None:
            return
        yield prepared


def _say(prepared: Prepared, connection: Connection, *, at: datetime) -> int:
    if prepared.letter is None:
        return 1
    try:
        outcome = connection.send(prepared.letter)
    except Unreachable:
        conclude(prepared.message, Outcome(Fate.LATER, "unreachable"), at=at)
        raise
    conclude(prepared.message, outcome, at=at)
    return 1


def conclude(message: Message, outcome: Outcome, *, at: datetime) -> None:
    """Store what became of the attempt."""
    with transaction.atomic():
        if outcome.fate == Fate.SENT:
            note_delivery(message, "sent", at=at, detail=outcome.detail)
            decide(message, Message.Status.SENT, at=at)
        elif outcome.fate == Fate.REFUSED:
            note_delivery(message, "failed", at=at, detail=outcome.detail)
            decide(message, Message.Status.FAILED, at=at, reason=Reason.REJECTED)
        elif outcome.fate == Fate.UNKNOWN and message.purpose == Purpose.MARKETING:
            note_delivery(message, "unknown", at=at, detail=outcome.detail)
            decide(message, Message.Status.UNKNOWN, at=at, reason=Reason.NO_ANSWER)
        else:  # surely not sent; or service, which is said again under the same Message-ID
            note_delivery(message, outcome.fate.replace("later", "failed"), at=at, detail=outcome.detail)
            postpone(message, at=at, until=at + _wait(message.attempts))


def _wait(attempts: int) -> timedelta:
    """One minute, then twice as long each time."""
    doublings = min(max(attempts - 1, 0), 12)
    return min(RETRY_FIRST * (1 << doublings), RETRY_MAX)
