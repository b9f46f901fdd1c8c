"""The processes of the product: which servers and which of ours, in the order of their start."""

import http.client
import socket
import sys
from functools import partial
from pathlib import Path

from deploy import postgres, valkey
from deploy.environment import Plan
from deploy.layout import ROOT, Layout
from deploy.spawn import ChildSpec

WEB_WORKERS = 2
WEB_THREADS = 4
TASK_WORKERS = 2
WEB_GRACE_SECONDS = 3


def server_specs(plan: Plan, *, layout: Layout) -> list[ChildSpec]:
    """What has to stand before the first management command."""
    specs = []
    if plan.own_postgres:
        specs.append(
            postgres.postgres_spec(data=layout.postgres, sockets=plan.sockets, log=layout.log("postgres"))
        )
    if plan.own_valkey:
        specs.append(valkey.valkey_spec(sockets=plan.sockets, log=layout.log("valkey")))
    if plan.sink_port is not None:
        command = ["deploy.mail_sink", "--port", str(plan.sink_port), "--mailbox", str(layout.mailbox)]
        specs.append(
            ChildSpec(
                name="sink",
                command=[sys.executable, "-m", *command],
                env=plan.env,
                cwd=ROOT,
                log=layout.log("sink"),
                is_ready=partial(_greets, plan.sink_port),
                stop_seconds=2.0,
            )
        )
    return specs


def product_specs(plan: Plan, *, layout: Layout) -> list[ChildSpec]:
    """Stopped in the reverse order: nobody is asked for what has gone already."""
    worker = ["worker", "--concurrency", str(TASK_WORKERS), "--prefetch-multiplier", "1"]
    # The schedule lives in memory: it holds fixed intervals only, and the database decides what is due.
    beat = ["beat", "--scheduler", "celery.beat:Scheduler", "--pidfile", ""]
    return [
        _celery("worker", [*worker, "--without-gossip", "--without-mingle"], plan=plan, layout=layout),
        _celery("beat", beat, plan=plan, layout=layout),
        ChildSpec(
            name="web",
            command=web_command(layout.port),
            env=plan.env,
            cwd=ROOT,
            log=layout.log("web"),
            is_ready=partial(answers_healthz, layout.port),
            ready_seconds=90.0,
            stop_seconds=WEB_GRACE_SECONDS + 1.0,
        ),
    ]


def web_command(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application"),
        *("--bind", f"127.0.0.1:{port}"),
        *("--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS)),
        # One import for all workers: half the time of a start goes into imports.
        "--preload",
        *("--graceful-timeout", str(WEB_GRACE_SECONDS), "--no-control-socket"),
    ]


def manage_spec(name: str, arguments: list[str], *, plan: Plan, log: Path) -> ChildSpec:
    return ChildSpec(
        name=name,
        command=[sys.executable, "manage.py", *arguments],
        env=plan.env,
        cwd=ROOT,
        log=log,
        is_ready=lambda: True,
    )


def answers_healthz(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5.0)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _celery(name: str, arguments: list[str], *, plan: Plan, layout: Layout) -> ChildSpec:
    return ChildSpec(
        name=name,
        command=[
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config.celery:app",
            *arguments,
            "--loglevel",
            "WARNING",
        ],
        env=plan.env,
        cwd=ROOT,
        log=layout.log(name),
        is_ready=lambda: True,
        stop_seconds=4.0 if name == "worker" else 2.0,
    )


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2.0) as client:
            return client.recv(16).startswith(b"220")
    except OSError:
        return False
