"""`make demo`: the whole product with a demo store, until Ctrl-C (or in the background with DETACH=1)."""

import argparse
import os
import signal
import socket
import sys
import time

from deploy import postgres, state
from deploy.announce import Progress, announce
from deploy.detach import start_detached
from deploy.environment import Plan, free_port, plan_environment
from deploy.errors import DeployError
from deploy.guard import Guard
from deploy.hear import Ear
from deploy.layout import Layout, layout_from
from deploy.lock import take_lock
from deploy.product import manage_spec, product_specs, server_specs
from deploy.rotate import cut_large_logs, rotate_logs
from deploy.spawn import ChildSpec, bind_to_parent
from deploy.supervise import Stopped, Supervisor


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument("--end-with-parent", action="store_true", help="stop in order when make is killed")
    parser.add_argument("--empty", action="store_true", help="without the demo store, for campaigns")
    options = parser.parse_args(arguments)
    try:
        layout = layout_from(os.environ)
        if os.environ.get("DETACH", "") not in ("", "0"):
            return start_detached(layout)
        if options.end_with_parent:
            bind_to_parent(signal.SIGTERM)
        return run(layout, is_empty=options.empty)
    except DeployError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def run(layout: Layout, *, is_empty: bool = False) -> int:
    progress = Progress()
    # Whatever is written from here on, by whichever process, is nobody else's to read.
    os.umask(0o077)
    layout.make_folders()
    lock = _take(layout)
    _refuse_busy_port(layout)
    rotate_logs(layout.logs)
    plan = plan_environment(layout, environ=os.environ)
    guard = Guard(keep_open=[lock])
    guard.remove(plan.sockets)
    demo = Demo(layout=layout, plan=plan, guard=guard, progress=progress)
    try:
        demo.start(is_empty=is_empty)
        demo.watch()
    except Stopped:
        progress.line("Asked to stop")
    finally:
        demo.stop()
        guard.close()
        state.withdraw(layout)
    return 0


class Demo:
    """The steps of the start, and demo.json kept true."""

    def __init__(self, *, layout: Layout, plan: Plan, guard: Guard, progress: Progress) -> None:
        self._layout = layout
        self._plan = plan
        self._guard = guard
        self._progress = progress
        self._status = "starting"
        self._ear = Ear(layout.port, since=time.monotonic())
        self._supervisor = Supervisor(guard=guard, report=progress.line, changed=self._publish)

    def start(self, *, is_empty: bool) -> None:
        self._publish()
        with self._progress.step("servers"):
            self._supervisor.start(server_specs(self._plan, layout=self._layout))
            if self._plan.own_postgres:
                postgres.create_database(self._plan.sockets)
        with self._progress.step("database"):
            static = self._supervisor.begin(self._manage("collectstatic", "--noinput", "--verbosity", "0"))
            self._run("migrate", "--noinput")
        with self._progress.step("demo store"):
            if not is_empty:
                self._run("create_demo")
            self._supervisor.finish(static)
        with self._progress.step("web, worker, beat"):
            self._supervisor.start(product_specs(self._plan, layout=self._layout))
        self._status = "running"
        self._publish()
        announce(self._state(), seconds=self._progress.seconds())

    def watch(self) -> None:
        self._supervisor.watch(besides=self._look_around)

    def stop(self) -> None:
        self._status = "stopping"
        self._publish()
        self._supervisor.stop()
        self._progress.line("stopped")

    def _look_around(self) -> None:
        cut_large_logs(self._layout.logs)
        if self._ear.is_deaf(now=time.monotonic()):
            self._progress.line("the worker is deaf; starting it again")
            for name in ("beat", "worker"):
                self._supervisor.restart(name)

    def _run(self, *arguments: str) -> None:
        self._supervisor.finish(self._supervisor.begin(self._manage(*arguments)))

    def _manage(self, *arguments: str) -> ChildSpec:
        return manage_spec(arguments[0], list(arguments), plan=self._plan, log=self._layout.log(arguments[0]))

    def _publish(self) -> None:
        state.publish(self._state(), layout=self._layout)

    def _state(self) -> state.State:
        access = state.read(self._layout.access) or {}
        return {
            "status": self._status,
            "url": self._layout.url,
            "port": self._layout.port,
            "data_dir": str(self._layout.data_dir),
            "logs": str(self._layout.logs),
            "mailbox": self._plan.env.get("MAILBOX_DIR"),
            "logins": access.get("logins", []),
            "keys": access.get("keys", []),
            "try": access.get("try", []),
            "env": self._plan.shared(),
            "pids": {"supervisor": os.getpid(), "guard": self._guard.pid, **self._supervisor.pids()},
        }


def _take(layout: Layout) -> int:
    try:
        return take_lock(layout.lock, holder="make demo")
    except DeployError as error:
        running = state.read(layout.data_dir / state.NAME) or {}
        where = f" It answers at {running['url']}." if "url" in running else ""
        raise DeployError(
            f"{error}{where}\nStop it first (make stop), or start another one: make demo DATA_DIR=… PORT=…"
        ) from error


def _refuse_busy_port(layout: Layout) -> None:
    with socket.socket() as probe:
        # As gunicorn binds: connections that linger from the last run do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", layout.port))
        except PermissionError as error:
            raise DeployError(
                f"Port {layout.port} is for root only. Take one from 1024: make demo PORT=8080"
            ) from error
        except OSError as error:
            raise DeployError(
                f"Port {layout.port} is taken by another program.\n"
                f"Name a free one: make demo PORT={free_port()}"
            ) from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
