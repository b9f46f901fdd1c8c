"""`make demo`, seen from outside: processes, signals, files."""

import http.client
import os
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.postgres import answers
from deploy.sockets import socket_path
from tests.running_demo import ROOT, RunningDemo, cpu_seconds_of, running_demo, wait_for

CHILDREN = ("web", "beat", "worker", "sink", "valkey", "postgres")
REPAIR_SECONDS = 30.0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


def healthz(demo: RunningDemo) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", demo.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def run(demo: RunningDemo, module: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**demo.env, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_start_prints_the_address_and_how_to_log_in(demo: RunningDemo) -> None:
    said = demo.said()
    assert demo.url in said
    login = demo.state()["logins"][0]
    assert login["email"] in said
    assert login["password"] in said
    assert demo.state()["keys"][0]["key"] in said
    assert healthz(demo)


def test_files_with_secrets_are_for_their_owner_only(demo: RunningDemo) -> None:
    secret = [demo.folder / "run" / "demo.json", demo.data_dir / "secret_key", demo.data_dir / "access.json"]
    assert [oct(stat.S_IMODE(path.stat().st_mode)) for path in secret] == ["0o600"] * 3


def test_a_mail_sent_to_the_sink_becomes_a_file(demo: RunningDemo) -> None:
    port = int(demo.state()["env"]["EMAIL_URL"].rpartition(":")[2])
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail(
            "shop@example.com", ["anna@example.com"], "Subject: Deploy test 4711\r\n\r\nHello\r\n"
        )
    texts = [path.read_text() for path in (Path(demo.state()["mailbox"]) / "new").iterdir()]
    (kept,) = [text for text in texts if "Deploy test 4711" in text]
    assert "X-Envelope-To: anna@example.com" in kept


@pytest.mark.parametrize("name", CHILDREN)
def test_a_killed_child_is_started_again(demo: RunningDemo, name: str) -> None:
    killed = demo.pid(name)
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: demo.state()["pids"].get(name, killed) != killed, seconds=REPAIR_SECONDS, what=name)
    wait_for(lambda: healthz(demo), seconds=REPAIR_SECONDS, what="/healthz")
    wait_for(lambda: answers(socket_path(demo.data_dir)), seconds=REPAIR_SECONDS, what="PostgreSQL")
    assert f"{name} ended (SIGKILL)" in demo.said()


def test_a_killed_guard_is_started_again(demo: RunningDemo) -> None:
    killed = demo.pid("guard")
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: demo.pid("guard") != killed, seconds=5, what="another guard")


def test_a_management_command_reaches_the_running_servers(demo: RunningDemo) -> None:
    program = "from django.db import connection as c; c.ensure_connection(); print(c.settings_dict['HOST'])"
    done = run(demo, "deploy.manage", "shell", "--verbosity", "0", "-c", program)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(socket_path(demo.data_dir))


def test_a_management_command_hands_on_its_exit_code(demo: RunningDemo) -> None:
    assert (
        run(demo, "deploy.manage", "shell", "--verbosity", "0", "-c", "raise SystemExit(7)").returncode == 7
    )


def test_a_second_start_on_the_same_data_says_where_the_first_answers(demo: RunningDemo) -> None:
    second = run(demo, "deploy.demo")
    assert second.returncode == 1
    assert f"is in use by make demo (process {demo.process.pid})" in second.stderr
    assert demo.url in second.stderr
    assert demo.process.poll() is None


def test_a_busy_port_is_named_before_anything_starts(demo: RunningDemo, tmp_path: Path) -> None:
    other = tmp_path / "other"
    refused = run(demo, "deploy.demo", DATA_DIR=str(other))
    assert refused.returncode == 1
    assert f"Port {demo.port} is taken" in refused.stderr
    assert "make demo PORT=" in refused.stderr
    assert not (other / "postgres").exists()


def test_a_port_that_is_none_is_refused(demo: RunningDemo) -> None:
    refused = run(demo, "deploy.demo", PORT="80a")
    assert (refused.returncode, "PORT=80a is not a port number" in refused.stderr) == (1, True)


def test_killing_the_supervisor_leaves_nothing_and_the_next_start_works(demo: RunningDemo) -> None:
    before = demo.state()["logins"]
    os.kill(demo.process.pid, signal.SIGKILL)
    demo.process.wait()
    wait_for(lambda: not demo.processes(), seconds=12, what=f"the end of {demo.processes()}")

    demo.start_again()
    demo.wait_until_ready()
    # Ready within twenty seconds on two cores, said in a way that does not depend on what else runs there.
    assert cpu_seconds_of(demo.data_dir) < 30
    assert healthz(demo)
    assert demo.state()["logins"] == before


def test_the_next_start_can_follow_at_once(demo: RunningDemo) -> None:
    os.kill(demo.process.pid, signal.SIGKILL)
    demo.process.wait()
    demo.start_again()
    demo.wait_until_ready()
    assert healthz(demo)


def test_a_lock_of_postgres_with_a_living_strangers_number_does_not_block(demo: RunningDemo) -> None:
    demo.press_ctrl_c()
    demo.wait_until_ended()
    (demo.data_dir / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{demo.data_dir}/postgres\n")
    demo.start_again()
    demo.wait_until_ready()
    assert healthz(demo)


def test_ctrl_c_stops_everything_in_order(demo: RunningDemo) -> None:
    already = len(demo.said())
    started = time.monotonic()
    demo.press_ctrl_c()
    assert demo.wait_until_ended() == 0
    assert time.monotonic() - started < 15
    stopped = [line.split()[1] for line in demo.said()[already:].splitlines() if "stopping" in line]
    assert stopped == list(CHILDREN)
    assert "database system is shut down" in (demo.data_dir / "logs" / "postgres.log").read_text()
    assert not demo.processes()
    assert not demo.state()
    assert not socket_path(demo.data_dir).exists()


def test_a_management_command_borrows_the_servers_when_they_are_down(demo: RunningDemo) -> None:
    program = "from django.contrib.auth import get_user_model as m; print(m().objects.exists())"
    done = run(demo, "deploy.manage", "shell", "--verbosity", "0", "-c", program)
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr
    assert not demo.processes()


def test_a_detached_start_returns_when_ready_and_stop_ends_it(demo: RunningDemo) -> None:
    started = run(demo, "deploy.demo", DETACH="1")
    assert started.returncode == 0, started.stdout
    assert demo.url in started.stdout
    assert healthz(demo)

    stopped = run(demo, "deploy.stop")
    assert (stopped.returncode, stopped.stdout.strip()) == (0, "Stopped.")
    assert not demo.processes()
    assert run(demo, "deploy.stop").stdout.strip() == "Nothing is running."


def test_a_detached_start_that_fails_says_why(demo: RunningDemo) -> None:
    with socket.create_server(("127.0.0.1", demo.port)):
        refused = run(demo, "deploy.demo", DETACH="1")
    assert refused.returncode == 1
    assert f"Port {demo.port} is taken" in refused.stdout
