"""Run by test_supervise.py: a supervisor over children that only sleep, named on the command line.

A child `name` sleeps; `name:forks` sleeps in a process it forked as well; `name:fails` ends at once;
`name:deaf` ignores SIGTERM.
"""

import os
import sys
from pathlib import Path

from deploy.guard import Guard
from deploy.spawn import ChildSpec
from deploy.supervise import Supervisor

PROGRAMS = {
    "": "import time; time.sleep(600)",
    "forks": "import os, time; os.fork(); time.sleep(600)",
    "fails": "raise SystemExit(3)",
    "deaf": "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)",
}


def spec(described: str, *, folder: Path) -> ChildSpec:
    name, _, kind = described.partition(":")
    return ChildSpec(
        name=name,
        command=[sys.executable, "-c", PROGRAMS[kind], str(folder)],
        env=dict(os.environ),
        cwd=folder,
        log=folder / f"{name}.log",
        is_ready=lambda: True,
        stop_seconds=0.5,
    )


def main(folder: Path, described: list[str]) -> None:
    supervisor = Supervisor(guard=Guard(), report=lambda line: print(line, flush=True))
    try:
        supervisor.start([spec(one, folder=folder) for one in described])
        print("started", flush=True)
        supervisor.watch()
    finally:
        supervisor.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
