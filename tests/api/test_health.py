"""Signs of life: what is said when all is well, and when something is not."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from shop.heartbeat import note_tick
from storefront import health
from tests.factories import make_job, make_outbox, make_store

pytestmark = pytest.mark.django_db(transaction=True)


def ready() -> tuple[int, Any]:
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()


@pytest.fixture(autouse=True)
def _no_question_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_ages", health.Probe(health.ask_database))
    monkeypatch.setattr(health, "_broker", health.Probe(health.ask_broker))


def test_process_answers() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_ready_when_the_periodic_work_ran_lately() -> None:
    note_tick(at=timezone.now() - timedelta(seconds=100))
    status, said = ready()
    assert (status, said["ready"], said["reasons"]) == (200, True, [])
    assert (said["database"], said["broker"]) == ("ok", "ok")
    assert 100 <= said["tick_age_seconds"] <= 110
    assert said["oldest_due_seconds"] is None


def test_not_ready_when_it_ran_over_two_minutes_ago() -> None:
    note_tick(at=timezone.now() - timedelta(seconds=125))
    status, said = ready()
    assert status == 503
    assert said["reasons"] == [f"tick: last ran {said['tick_age_seconds']} s ago"]


def test_not_ready_when_it_never_ran() -> None:
    assert ready() == (503, {**ready()[1], "reasons": ["tick: has never run"], "tick_age_seconds": None})


def test_oldest_thing_that_waits_is_told() -> None:
    store = make_store()
    make_outbox(store, due_at=timezone.now() - timedelta(seconds=50))
    make_outbox(store, due_at=timezone.now() + timedelta(seconds=50))
    make_job(store)
    assert 50 <= ready()[1]["oldest_due_seconds"] <= 60


def test_not_ready_without_a_broker(settings: Settings) -> None:
    note_tick(at=timezone.now())
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    status, said = ready()
    assert status == 503
    assert said["reasons"] == [f"broker: {said['broker']}"]
    assert said["database"] == "ok"


def test_not_ready_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OSError("no connection")

    monkeypatch.setattr(health, "_ages", health.Probe(refuse))
    status, said = ready()
    assert (status, said["reasons"], said["tick_age_seconds"]) == (503, ["database: OSError"], None)


def test_answer_comes_within_two_seconds_when_both_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang() -> None:
        time.sleep(10)

    monkeypatch.setattr(health, "_ages", health.Probe(hang))
    monkeypatch.setattr(health, "_broker", health.Probe(hang))
    begun = time.monotonic()
    status, said = ready()
    assert time.monotonic() - begun < 2
    assert (status, said["reasons"]) == (503, ["database: does not answer", "broker: does not answer"])


def test_question_that_hangs_is_not_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def hang() -> None:
        asked.append(1)
        time.sleep(3)

    monkeypatch.setattr(health, "ANSWER_WITHIN_SECONDS", 0.1)
    monkeypatch.setattr(health, "_ages", health.Probe(hang))
    for _ in range(5):
        assert ready()[0] == 503
    assert len(asked) == 1


def test_only_reading_is_allowed() -> None:
    assert Client().post("/readyz").status_code == 405
