"""Whether the machinery behind the panel runs: what an owner must know before believing the other figures."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from shop.models import Heartbeat, Job, Store
from triggers.models import Message

RECENT = timedelta(days=7)
TICK_AGE_MAX = timedelta(minutes=2)
DUE_AGE_MAX = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SignsOfLife:
    """Ages in seconds (None: never seen, nothing waits); failures of the last seven days."""

    tick_age_seconds: int | None
    oldest_due_seconds: int | None
    failed_jobs: int
    failed_messages: int

    @property
    def is_ticking(self) -> bool:
        return self.tick_age_seconds is not None and self.tick_age_seconds <= TICK_AGE_MAX.total_seconds()

    @property
    def is_late(self) -> bool:
        return self.oldest_due_seconds is not None and self.oldest_due_seconds > DUE_AGE_MAX.total_seconds()

    @property
    def is_well(self) -> bool:
        return self.is_ticking and not self.is_late and not self.failed_jobs and not self.failed_messages


def signs_of_life(store: Store, *, at: datetime) -> SignsOfLife:
    """Four queries, each on an index or a small table."""
    tick = Heartbeat.objects.filter(name="tick").values_list("at", flat=True).first()
    due = Message.objects.filter(store=store, status=Message.Status.DUE, due_at__lte=at, expires_at__gt=at)
    oldest = due.aggregate(oldest=Min("due_at"))["oldest"]
    return SignsOfLife(
        tick_age_seconds=_age(tick, at=at),
        oldest_due_seconds=_age(oldest, at=at),
        failed_jobs=Job.objects.filter(
            store=store, status=Job.Status.FAILED, finished_at__gte=at - RECENT
        ).count(),
        failed_messages=Message.objects.filter(
            store=store, status=Message.Status.FAILED, decided_at__gte=at - RECENT
        ).count(),
    )


def _age(moment: datetime | None, *, at: datetime) -> int | None:
    return None if moment is None else max(0, int((at - moment).total_seconds()))
