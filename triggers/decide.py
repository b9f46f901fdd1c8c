"""How a message ends, and the record of each attempt to say it."""

from datetime import datetime

from shop.partitions import ensure_partition
from shop.record import record
from triggers.models import Delivery, Message
from triggers.reasons import Reason

OPEN = (Message.Status.DUE, Message.Status.SENDING)
# Who was taken for dead may come back and know better.
CORRECTABLE = (*OPEN, Message.Status.UNKNOWN)


def decide(message: Message, status: Message.Status, *, at: datetime, reason: Reason | None = None) -> bool:
    """Give the message its end, once; False if it already had another. Belongs to the caller's transaction."""
    assert status not in OPEN, "a decision is final"
    changed = Message.objects.filter(pk=message.pk, status__in=CORRECTABLE).update(
        status=status, reason=reason or "", decided_at=at, coupon_id=message.coupon_id
    )
    if not changed:
        return False
    message.status, message.reason, message.decided_at = status, reason or "", at
    if status == Message.Status.SENT:
        record(
            "message.sent",
            store=message.store,
            at=at,
            customer=message.customer,
            subject=f"message:{message.pk}",
            data={"trigger": message.trigger.code, "channel": message.channel},
        )
    return True


def postpone(message: Message, *, at: datetime, until: datetime) -> None:
    """Back among the waiting, to be tried again at `until`; where that is too late, it has failed."""
    if until >= message.expires_at:
        decide(message, Message.Status.FAILED, at=at, reason=Reason.GAVE_UP)
        return
    Message.objects.filter(pk=message.pk, status__in=CORRECTABLE).update(
        status=Message.Status.DUE, due_at=until, claimed_at=None, decided_at=None, reason=""
    )


def hold_back(message: Message, *, at: datetime, until: datetime) -> None:
    """Let it wait, untried, until `until`; where that is too late, it has expired. Belongs to the lock's holder."""
    assert until > at, "or it would be taken up again at once"
    if until >= message.expires_at:
        decide(message, Message.Status.EXPIRED, at=at, reason=Reason.TOO_LATE)
        return
    Message.objects.filter(pk=message.pk, status=Message.Status.DUE).update(due_at=until)


def note_delivery(message: Message, outcome: str, *, at: datetime, detail: str = "") -> None:
    """One Delivery row: `outcome` is sent, failed or unknown, `detail` what was answered, free of addresses."""
    ensure_partition("triggers_delivery", at)
    Delivery.objects.create(
        store_id=message.store_id, message=message, outcome=outcome, detail=detail[:200], at=at
    )
