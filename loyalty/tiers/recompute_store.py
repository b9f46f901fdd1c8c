"""Look at all customers of a store again after its ladder has changed: a job with progress, in bounded batches."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty.tiers.recompute import recompute
from shop.clock import store_moment
from shop.jobs import advance
from shop.models import Customer, Job, Store, User

KIND = "recompute_tiers"
BATCH = 500


def ask_to_recompute(store: Store, *, by: User | None) -> Job:
    """The waiting job of the store, made where none waits: whatever has changed by its start is in it."""
    waiting = Job.objects.filter(store=store, kind=KIND, status=Job.Status.QUEUED).first()
    return waiting or Job.objects.create(
        store=store, kind=KIND, title=_("Tiers of all customers"), created_by=by
    )


def recompute_store(job: Job) -> None:
    """The work of the job: goes on behind the last customer that was looked at."""
    store, customers = job.store, Customer.objects.filter(store=job.store).order_by("id")
    total = customers.count()
    while True:
        behind = job.result.get("last", 0)
        ids = list(customers.filter(pk__gt=behind).values_list("pk", flat=True)[:BATCH])
        if not ids:
            return
        now = timezone.now()
        written = recompute_batch(store, ids, at=now)
        job.result = {"last": ids[-1], "steps": job.result.get("steps", 0) + written}
        job.save(update_fields=["result"])
        advance(job, done=min(job.done_count + len(ids), total), total=total, stage="", at=now)


def recompute_batch(store: Store, ids: list[int], *, at: datetime) -> int:
    """One transaction. `at` is the clock."""
    with transaction.atomic():
        return recompute(store, ids, at=store_moment(store, at), at_recorded=at)
