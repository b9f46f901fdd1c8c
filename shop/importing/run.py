"""The work of an import job."""

from django.utils import timezone

from shop.import_orders import import_orders
from shop.importing.keep_upload import kept_path, report_name
from shop.importing.refuse import ImportRefused
from shop.importing.stages import Stage
from shop.jobs import JobFailed, advance
from shop.models import Job


def run_import(job: Job) -> None:
    """Import the job's file; progress goes to its row while it runs, the totals in the end.

    Taken up again after a crash, it adds what is missing. Raises JobFailed with a sentence for the person.
    """
    kept = job.params["file"]
    report = kept_path(report_name(kept))
    try:
        totals = import_orders(
            job.store,
            kept_path(kept),
            job.params["columns"],
            at=timezone.now(),
            report=report,
            on_progress=lambda stage, done, in_all: _show(job, stage, done, in_all),
        )
    except ImportRefused as refused:
        job.result = {"code": refused.code.value}
        raise JobFailed(refused.detail) from refused
    job.result = totals.as_json()
    if totals.bad_rows:
        job.result["report"] = report.name
    kept_path(kept).unlink(missing_ok=True)


def _show(job: Job, stage: Stage, done: int, in_all: int) -> None:
    advance(job, done=done, total=in_all, stage=stage.value, at=timezone.now())
