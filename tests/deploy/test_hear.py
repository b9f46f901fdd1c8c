"""A worker that is alive but deaf is noticed by the age of the last tick."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from deploy.environment import free_port
from deploy.hear import DEAF_SECONDS, LOOK_SECONDS, Ear, tick_age


@contextmanager
def readyz(body: str, *, status: int = 200) -> Iterator[int]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def ticked(age: float) -> str:
    return json.dumps({"tick_age_seconds": age})


@pytest.mark.parametrize(("age", "deaf"), [(DEAF_SECONDS - 0.1, False), (DEAF_SECONDS, True)])
def test_a_worker_is_deaf_when_the_last_tick_is_too_old(age: float, deaf: bool) -> None:
    with readyz(ticked(age), status=503) as port:
        assert Ear(port, since=0).is_deaf(now=DEAF_SECONDS) is deaf


def test_a_restarted_worker_gets_its_time_again() -> None:
    with readyz(ticked(9999)) as port:
        ear = Ear(port, since=0)
        assert not ear.is_deaf(now=DEAF_SECONDS - 1)
        assert ear.is_deaf(now=DEAF_SECONDS)
        assert not ear.is_deaf(now=DEAF_SECONDS + LOOK_SECONDS)
        assert ear.is_deaf(now=2 * DEAF_SECONDS)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"tick_age_seconds": null}', '{"tick_age_seconds": "x"}'])
def test_an_answer_that_does_not_say_is_no_reason(body: str) -> None:
    with readyz(body) as port:
        assert tick_age(port) is None


def test_no_answer_is_no_reason() -> None:
    assert tick_age(free_port()) is None
