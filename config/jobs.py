"""All periodic work, in one list. Beat and `manage.py tick` both run it; each job finds in the database what is due."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from loyalty.earn import earn_waiting
from shop.heartbeat import note_tick
from shop.partitions import make_partitions


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


JOBS: tuple[PeriodicJob, ...] = (
    PeriodicJob("heartbeat", 10, note_tick),
    PeriodicJob("partitions", 3600, make_partitions),
    PeriodicJob("earn", 2, earn_waiting, drain=True),
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
