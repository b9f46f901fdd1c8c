"""Decide what a sender that died left open, and what nobody came to send in time."""

from datetime import datetime, timedelta

from django.db import transaction

from shop.clock import store_moment
from shop.models import Store
from triggers.decide import decide, note_delivery, postpone
from triggers.models import Message, Purpose
from triggers.reasons import Reason

BATCH = 500
# Longer than a sender's batch and the slowest mail server together. Should a sender live on nevertheless, it finds
# its message decided as unknown, and corrects that.
SILENCE = timedelta(minutes=3)


def recover(*, at: datetime) -> int:
    """End or release up to a batch of messages for each store; returns how many.

    A message that was being sent when its sender died may have arrived: a marketing one ends as unknown and is not
    sent again, a service one is sent again under the same Message-ID.
    """
    return sum(
        _recover_sending(store, at=store_moment(store, at)) + _expire(store, at=store_moment(store, at))
        for store in Store.objects.order_by("id")
    )


@transaction.atomic
def _recover_sending(store: Store, *, at: datetime) -> int:
    left = Message.objects.filter(store=store, status=Message.Status.SENDING, claimed_at__lt=at - SILENCE)
    messages = list(left.order_by("id").select_for_update(skip_locked=True)[:BATCH])
    for message in messages:
        note_delivery(message, "unknown", at=at, detail="the sender was interrupted")
        if message.purpose == Purpose.MARKETING:
            decide(message, Message.Status.UNKNOWN, at=at, reason=Reason.INTERRUPTED)
        else:
            postpone(message, at=at, until=at)
    return len(messages)


@transaction.atomic
def _expire(store: Store, *, at: datetime) -> int:
    """Senders do this too, but not for a store whose sending is paused."""
    late = Message.objects.filter(store=store, status=Message.Status.DUE, expires_at__lte=at)
    messages = list(late.order_by("id").select_for_update(skip_locked=True)[:BATCH])
    for message in messages:
        decide(message, Message.Status.EXPIRED, at=at, reason=Reason.TOO_LATE)
    return len(messages)
