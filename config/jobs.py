"""All periodic work, in one list. Beat and `manage.py tick` both run it; each job finds in the database what is due."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from checkout.acquire import acquire_waiting
from checkout.follow_stamps import follow_stamps
from checkout.grant_rewards import grant_due
from checkout.lapse import let_lapse
from checkout.prune import prune_quotes
from coupons.bulk_issue import KIND as ISSUE_COUPONS
from coupons.bulk_issue import run_issue
from coupons.settle_balances import end_due_balances
from loyalty.check_books import check_due, sample_due
from loyalty.check_on_request import KIND as CHECK_BOOKS
from loyalty.check_on_request import run_check
from loyalty.earn import earn_waiting
from loyalty.earn_birthdays import earn_birthdays
from loyalty.earn_events import earn_for_facts
from loyalty.expire import expire_due
from loyalty.follow_link import prune_clicks
from loyalty.prune import prune_countdowns, prune_day_uses
from loyalty.seal import seal_due
from loyalty.segments.follow import follow_facts as follow_into_segments
from loyalty.segments.recompute import recompute_due
from loyalty.tiers.follow import end_due, follow_facts
from loyalty.tiers.recompute_store import KIND as RECOMPUTE_TIERS
from loyalty.tiers.recompute_store import recompute_store
from reports.forecast.run_forecast import KIND as FORECAST
from reports.forecast.run_forecast import run_forecast
from shop.heartbeat import note_tick
from shop.importing.keep_upload import prune_uploads
from shop.importing.run import run_import
from shop.importing.start import KIND as IMPORT_ORDERS
from shop.jobs import Work, run_next_job
from shop.lowest_price import prune_prices
from shop.partitions import make_partitions
from storefront.prune import prune as prune_requests
from triggers.recover import recover
from triggers.send import send_due
from triggers.tick import find_due


class Run(Protocol):
    """One bounded batch; safe to run twice at once. Returns how many pieces of work were done, 0 when none was due."""

    def __call__(self, *, at: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """`run` every so many seconds. `drain`: run again at once while a batch found work."""

    name: str
    every_seconds: int
    run: Run
    drain: bool = False


# Long work that people start and watch: kind of Job -> what does it.
WORKS: dict[str, Work] = {
    IMPORT_ORDERS: run_import,
    ISSUE_COUPONS: run_issue,
    FORECAST: run_forecast,
    CHECK_BOOKS: run_check,
    RECOMPUTE_TIERS: recompute_store,
}

JOBS: tuple[PeriodicJob, ...] = (
    PeriodicJob("heartbeat", 10, note_tick),
    PeriodicJob("partitions", 3600, make_partitions),
    PeriodicJob("jobs", 2, partial(run_next_job, WORKS)),
    PeriodicJob("uploads", 3600, prune_uploads),
    PeriodicJob("requests", 600, prune_requests, drain=True),
    PeriodicJob("earn", 2, earn_waiting, drain=True),
    PeriodicJob("events", 2, earn_for_facts, drain=True),
    PeriodicJob("birthdays", 600, earn_birthdays, drain=True),
    PeriodicJob("acquirer", 2, acquire_waiting, drain=True),
    PeriodicJob("clicks", 3600, prune_clicks, drain=True),
    PeriodicJob("rewards", 5, grant_due, drain=True),
    PeriodicJob("tiers", 2, follow_facts, drain=True),
    PeriodicJob("tier_ends", 60, end_due, drain=True),
    PeriodicJob("stamps", 2, follow_stamps, drain=True),
    PeriodicJob("segments", 5, follow_into_segments, drain=True),
    PeriodicJob("segment_nights", 5, recompute_due, drain=True),  # one segment each time
    PeriodicJob("lapse", 5, let_lapse, drain=True),
    PeriodicJob("quotes", 3600, prune_quotes, drain=True),
    PeriodicJob("expire", 60, expire_due, drain=True),
    PeriodicJob("day_uses", 3600, prune_day_uses, drain=True),
    PeriodicJob("countdowns", 3600, prune_countdowns, drain=True),
    PeriodicJob("prices", 3600, prune_prices, drain=True),
    PeriodicJob("gift_ends", 60, end_due_balances, drain=True),
    PeriodicJob("seal", 600, seal_due, drain=True),
    PeriodicJob("books", 60, check_due),  # one store each time, by night
    PeriodicJob("sample", 600, sample_due, drain=True),
    PeriodicJob("occasions", 10, find_due, drain=True),
    PeriodicJob("send", 3, send_due),  # goes on by itself, for as long as a batch may take
    PeriodicJob("recover", 60, recover),
)

# A bound on how long one bell may keep a worker busy; the next bell goes on where this one stopped.
BATCHES_MAX = 50


def job_named(name: str) -> PeriodicJob:
    """Raises KeyError where no job has this name."""
    return {job.name: job for job in JOBS}[name]


def run_job(job: PeriodicJob, *, at: datetime) -> int:
    """Run the job, again while it finds work if it drains; returns the pieces of work done."""
    done = 0
    for _ in range(BATCHES_MAX if job.drain else 1):
        batch = job.run(at=at)
        done += batch
        if not batch:
            break
    return done
