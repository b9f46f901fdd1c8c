"""Celery's beat with fixed intervals, one for each job. What is due stands in the database; beat only rings."""

from typing import Any

from config.jobs import JOBS


def schedule() -> dict[str, dict[str, Any]]:
    """One entry a job. A bell that nobody heard in time is dropped: the next one rings for the same work."""
    return {
        job.name: {
            "task": "config.run_job",
            "args": [job.name],
            "schedule": job.every_seconds,
            "options": {"expires": max(job.every_seconds, 10)},
        }
        for job in JOBS
    }
