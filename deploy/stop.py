"""`make stop`: ask the supervisor to stop everything in order, and wait until it has."""

import os
import signal
import sys
import time
from collections.abc import Mapping

from deploy import state
from deploy.errors import DeployError
from deploy.guard import send
from deploy.layout import Layout, layout_from
from deploy.lock import is_alive, is_locked, read_holder

STOP_SECONDS = 40.0


def main() -> int:
    try:
        print(stop(find_layout(os.environ)))
    except DeployError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def stop(layout: Layout) -> str:
    """What happened, as a sentence. Raises DeployError if something still runs in the end."""
    if not is_locked(layout.lock):
        state.withdraw(layout)
        return "Nothing is running."
    pid, holder = read_holder(layout.lock)
    if is_alive(pid):
        send(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while is_locked(layout.lock):
        if time.monotonic() > deadline:
            raise DeployError(
                f"{holder} (process {pid}) still runs after {STOP_SECONDS:.0f} s; see {layout.logs}."
            )
        time.sleep(0.1)
    return "Stopped."


def find_layout(environ: Mapping[str, str]) -> Layout:
    """Without DATA_DIR, the one that the last start in this checkout used."""
    layout = layout_from(environ)
    found = state.read(layout.run_dir / state.NAME) or {}
    if environ.get("DATA_DIR") or "data_dir" not in found:
        return layout
    return layout_from({**environ, "DATA_DIR": found["data_dir"]})


if __name__ == "__main__":
    sys.exit(main())
