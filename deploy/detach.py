"""DETACH=1: the supervisor in a session of its own; this command returns once it is ready."""

import os
import subprocess
import sys
import time

from deploy import state
from deploy.layout import ROOT, Layout
from deploy.lock import is_locked


def start_detached(layout: Layout) -> int:
    """Shows what the supervisor says until it is ready (0) or has ended (its exit code)."""
    layout.make_folders()
    # Not among the logs that the start rotates: it is being written.
    output = layout.data_dir / "supervisor.out"
    if is_locked(layout.lock):
        output = layout.data_dir / "refused.out"
    with output.open("wb") as file:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "deploy.demo"],
            env={**os.environ, "DETACH": ""},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with output.open("rb") as file:
        try:
            while supervisor.poll() is None and not _is_ready(layout, pid=supervisor.pid):
                _relay(file.read())
                time.sleep(0.1)
        except KeyboardInterrupt:
            supervisor.terminate()
        else:
            if supervisor.poll() is None:
                time.sleep(0.1)
                _relay(file.read())
                return 0
        code = supervisor.wait()
        _relay(file.read())
    return code or 1


def _is_ready(layout: Layout, *, pid: int) -> bool:
    found = state.read_running(layout)
    return found is not None and found["pids"]["supervisor"] == pid


def _relay(output: bytes) -> None:
    sys.stdout.write(output.decode(errors="replace"))
    sys.stdout.flush()
