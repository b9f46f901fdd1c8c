"""Recheck every customer's tier: replayed from the facts, it is what is stored."""

from collections.abc import Iterator
from itertools import islice

from loyalty.findings import Finding, FindingCode
from loyalty.models import TierStatus
from loyalty.tiers.follow import CONSUMER
from loyalty.tiers.recompute import Wrong, wrong_tiers
from loyalty.tiers.recompute_store import KIND
from shop.models import Job, Outbox, Store

BATCH = 500


def tier_findings(store: Store, *, limit: int) -> Iterator[Finding]:
    """At most `limit`, by customer; tiers by their numbers, 0: none. Batches of a bounded number of customers.

    Nothing is said while facts of the store or a change of its ladder wait: what differs by them is acted on soon.
    """
    for wrong in islice(_wrong(store), limit):
        if _is_waiting(store):
            return
        subject = f"customer:{wrong.customer_id}"
        yield Finding(FindingCode.TIER_IS_NOT_ITS_FACTS, subject, wrong.expected or 0, wrong.found or 0)


def _is_waiting(store: Store) -> bool:
    jobs = Job.objects.filter(store=store, kind=KIND, status__in=[Job.Status.QUEUED, Job.Status.RUNNING])
    return jobs.exists() or Outbox.objects.filter(store=store, consumer=CONSUMER).exists()


def _wrong(store: Store) -> Iterator[Wrong]:
    last = 0
    rows = TierStatus.objects.filter(store=store).order_by("customer_id")
    while ids := list(rows.filter(customer_id__gt=last).values_list("customer_id", flat=True)[:BATCH]):
        yield from wrong_tiers(store, ids)
        last = ids[-1]
