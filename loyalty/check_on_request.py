"""A recheck of the books that a person asks for: a job with progress, one question after the other."""

from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty.check_books import check_whole, open_check
from shop.jobs import advance
from shop.models import Job, Store, User

KIND = "check_books"


def start_check(store: Store, *, by: User | None) -> Job:
    """Make the job that a worker takes up; where one waits or runs already, that one."""
    running = Job.objects.filter(
        store=store, kind=KIND, status__in=[Job.Status.QUEUED, Job.Status.RUNNING]
    ).first()
    return running or Job.objects.create(store=store, kind=KIND, title=_("Check of the books"), created_by=by)


def last_request(store: Store) -> Job | None:
    """The newest job of this kind, whatever became of it."""
    return Job.objects.filter(store=store, kind=KIND).order_by("-id").first()


def run_check(job: Job) -> None:
    """Taken up again it begins anew: it only reads, and writes down what it found under the job's key."""
    at = timezone.now()

    def show(done: int, total: int) -> None:
        advance(job, done=done, total=total, stage="", at=timezone.now())

    check = open_check(job.store, key=f"job:{job.pk}", by=job.created_by, at=at)
    found = check_whole(check, at=at, on_step=show)
    job.result = {"found": len(found), "check": check.pk}
