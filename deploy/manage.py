"""`make manage ARGS="…"`: a management command against the demo's servers, which it starts if need be."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping

from deploy import postgres, state
from deploy.environment import plan_environment
from deploy.errors import DeployError
from deploy.guard import Guard
from deploy.layout import ROOT, Layout
from deploy.lock import is_locked, read_holder, take_lock
from deploy.product import server_specs
from deploy.servers import running
from deploy.stop import find_layout

START_SECONDS = 60.0


def main(arguments: list[str]) -> int:
    """The command's own exit code."""
    try:
        layout = find_layout(os.environ)
        running_env = _env_of_running(layout)
        if running_env is not None:
            return run_command(arguments, env=running_env)
        return _run_with_servers(arguments, layout=layout)
    except DeployError as error:
        print(error, file=sys.stderr)
        return 1


def run_command(arguments: list[str], *, env: Mapping[str, str]) -> int:
    # The terminal sends Ctrl-C to the command too, which answers it; here it only has to be waited for.
    # A handler, because the command would inherit that a signal is ignored.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, env={**os.environ, **env}, cwd=ROOT, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def _run_with_servers(arguments: list[str], *, layout: Layout) -> int:
    layout.make_folders()
    lock = take_lock(layout.lock, holder="make manage")
    plan = plan_environment(layout, environ=os.environ)
    guard = Guard(keep_open=[lock])
    guard.remove(plan.sockets)
    try:
        with running(server_specs(plan, layout=layout), guard=guard):
            if plan.own_postgres:
                postgres.create_database(plan.sockets)
            return run_command(arguments, env=plan.env)
    finally:
        guard.close()


def _env_of_running(layout: Layout) -> dict[str, str] | None:
    """None if nothing runs. Waits for a start, or for another command that has borrowed the servers; raises
    DeployError if that takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while is_locked(layout.lock):
        found = state.read_running(layout)
        if found is not None:
            return dict(found["env"])
        if time.monotonic() > deadline:
            pid, holder = read_holder(layout.lock)
            raise DeployError(f"{layout.data_dir} has been in use by {holder} (process {pid}) for a while.")
        time.sleep(0.2)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
