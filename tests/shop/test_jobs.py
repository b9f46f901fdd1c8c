"""Long work: one at a time, taken up again where its worker was lost, its failures kept for people to read."""

from datetime import timedelta

import pytest

from shop.jobs import SILENCE, JobFailed, run_next_job
from shop.models import Job, Store
from tests.factories import AT, make_job, make_store

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def store() -> Store:
    return make_store()


def count_lines(job: Job) -> None:
    job.result = {"lines": 3}


WORKS = {"count": count_lines}


def test_the_oldest_waiting_job_is_done_first(store: Store) -> None:
    older, newer = (make_job(store, kind="count", status=Job.Status.QUEUED) for _ in range(2))
    assert run_next_job(WORKS, at=AT) == 1
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.status, older.result, older.finished_at) == (Job.Status.DONE, {"lines": 3}, AT)
    assert newer.status == Job.Status.QUEUED
    assert [run_next_job(WORKS, at=AT), run_next_job(WORKS, at=AT)] == [1, 0]


def test_a_kind_that_nobody_knows_waits(store: Store) -> None:
    make_job(store, kind="paint", status=Job.Status.QUEUED)
    assert run_next_job(WORKS, at=AT) == 0


def test_while_one_job_runs_the_next_one_waits(store: Store) -> None:
    make_job(store, kind="count", status=Job.Status.RUNNING, beat_at=AT - SILENCE)
    make_job(store, kind="count", status=Job.Status.QUEUED)
    assert run_next_job(WORKS, at=AT) == 0


def test_a_job_whose_worker_fell_silent_is_taken_up_again(store: Store) -> None:
    lost = make_job(store, kind="count", status=Job.Status.RUNNING, beat_at=AT - SILENCE - SECOND)
    assert run_next_job(WORKS, at=AT) == 1
    lost.refresh_from_db()
    assert lost.status == Job.Status.DONE


def test_a_job_that_cannot_be_done_says_why(store: Store) -> None:
    def refuse(job: Job) -> None:
        raise JobFailed("Send a file with a column of prices.")

    job = make_job(store, kind="count", status=Job.Status.QUEUED)
    assert run_next_job({"count": refuse}, at=AT) == 1
    job.refresh_from_db()
    assert (job.status, job.error) == (Job.Status.FAILED, "Send a file with a column of prices.")


def test_a_fault_is_kept_with_the_job_and_still_heard_of(store: Store) -> None:
    def break_down(job: Job) -> None:
        raise ZeroDivisionError("by zero")

    job = make_job(store, kind="count", status=Job.Status.QUEUED)
    with pytest.raises(ZeroDivisionError):
        run_next_job({"count": break_down}, at=AT)
    job.refresh_from_db()
    assert (job.status, job.error) == (Job.Status.FAILED, "ZeroDivisionError: by zero")
