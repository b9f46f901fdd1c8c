"""The one task: run a periodic job by name. And beat's bells, one for each job."""

from config import jobs
from config.beat import schedule
from config.celery import app
from config.read_clock import read_clock


@app.task(name="config.run_job")
def run_job(name: str) -> int:
    """One bounded run of the job; raises KeyError where no such job exists."""
    return jobs.run_job(jobs.job_named(name), at=read_clock())


app.conf.beat_schedule = schedule()
