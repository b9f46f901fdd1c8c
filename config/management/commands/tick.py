"""manage.py tick: the second bell. Runs all periodic work once, as beat would."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from config.jobs import JOBS, job_named, run_job
from config.read_clock import read_clock


class Command(BaseCommand):
    help = "Run all periodic work that is due, once. What beat does all day; use it from cron where no beat runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", help="pretend it is this moment, for example 2026-05-31T09:00:00+01:00")
        parser.add_argument("--job", help="only this job")

    def handle(self, *args: Any, at: str | None, job: str | None, **options: Any) -> None:
        moment = parse_moment(at)
        try:
            jobs = [job_named(job)] if job else list(JOBS)
        except KeyError:
            raise CommandError(
                f"No job is named {job}. There are: {', '.join(j.name for j in JOBS)}."
            ) from None
        for each in jobs:
            self.stdout.write(f"{each.name}: {run_job(each, at=moment)}")


def parse_moment(text: str | None) -> datetime:
    """The moment that `--at` names, now where it is not given."""
    if text is None:
        return read_clock()
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError("--at takes a moment like 2026-05-31T09:00:00+01:00.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
