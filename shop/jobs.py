"""Long work that people can watch: claimed by a worker, resumable, with progress in its row."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from shop.models import Job

Work = Callable[[Job], None]

# A running job whose worker has not been heard of for this long has lost it, and is taken up again.
SILENCE = timedelta(minutes=2)


class JobFailed(Exception):
    """The job can not be done; the text tells the person what to do about it."""


def run_next_job(works: Mapping[str, Work], *, at: datetime) -> int:
    """Claim the oldest waiting or abandoned job of the kinds in `works`, run it, and return 1; 0 if none waits."""
    job = _claim(works, at=at)
    if job is None:
        return 0
    try:
        works[job.kind](job)
    except JobFailed as failure:
        finish(job, status=Job.Status.FAILED, at=at, error=str(failure))
    except Exception as error:
        finish(job, status=Job.Status.FAILED, at=at, error=f"{type(error).__name__}: {error}")
        raise
    else:
        finish(job, status=Job.Status.DONE, at=at)
    return 1


def advance(job: Job, *, done: int, total: int | None, stage: str, at: datetime) -> None:
    """Show how far the job has come. Written outside the work's own transaction where one is open elsewhere."""
    job.done_count, job.total_count, job.stage, job.beat_at = done, total, stage, at
    job.save(update_fields=["done_count", "total_count", "stage", "beat_at"])


def finish(job: Job, *, status: str, at: datetime, error: str = "") -> None:
    job.status, job.finished_at, job.error = status, at, error[:500]
    job.save(update_fields=["status", "finished_at", "error", "result"])


def _claim(works: Mapping[str, Work], *, at: datetime) -> Job | None:
    with transaction.atomic():
        if not _may_run_one(works, at=at):
            return None
        waiting = Q(status=Job.Status.QUEUED) | Q(status=Job.Status.RUNNING, beat_at__lt=at - SILENCE)
        job = (
            Job.objects.filter(waiting, kind__in=list(works))
            .order_by("id")
            .select_for_update(skip_locked=True)
            .first()
        )
        if job is not None:
            job.status, job.beat_at = Job.Status.RUNNING, at
            job.started_at = job.started_at or at
            job.save(update_fields=["status", "beat_at", "started_at"])
        return job


def _may_run_one(works: Mapping[str, Work], *, at: datetime) -> bool:
    """One long job at a time, so that short work always finds a free worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('shop.jobs'))")
        if not cursor.fetchone()[0]:
            return False
    running = Job.objects.filter(kind__in=list(works), status=Job.Status.RUNNING, beat_at__gte=at - SILENCE)
    return not running.exists()
