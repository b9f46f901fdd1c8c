"""The whole product as a user starts it, on a throw-away data folder and a free port."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.environment import free_port

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 300.0
STOP_SECONDS = 30.0
# Whatever the test run itself uses must not reach the product under test.
HIDDEN = (
    "DATABASE_URL",
    "REDIS_URL",
    "BROKER_URL",
    "EMAIL_URL",
    "DJANGO_SETTINGS_MODULE",
    "MAKEFLAGS",
    "MFLAGS",
    "MAKELEVEL",
)


class RunningDemo:
    """`python -m deploy.demo` in a process group of its own, as a terminal would have it."""

    def __init__(
        self, folder: Path, *, port: int, extra_env: Mapping[str, str], is_empty: bool = False
    ) -> None:
        self.folder = folder
        self._arguments = ["--empty"] if is_empty else []
        self.data_dir = folder / "data"
        self.port = port
        kept = {name: value for name, value in os.environ.items() if name not in HIDDEN}
        self.env = {
            **kept,
            "DATA_DIR": str(self.data_dir),
            "RUN_DIR": str(folder / "run"),
            "PORT": str(port),
            **extra_env,
        }
        self.output = folder / "output.txt"
        self.process = self._start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def state(self) -> dict[str, Any]:
        """demo.json as it is now; empty where there is none."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "run" / "demo.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def pid(self, name: str) -> int:
        pid: int = self.state()["pids"][name]
        return pid

    def wait_until_ready(self) -> None:
        wait_for(self._is_ready, seconds=READY_SECONDS, what=f"a ready demo; it said:\n{self.said()}")

    def said(self) -> str:
        return self.output.read_text()

    def press_ctrl_c(self) -> None:
        os.killpg(self.process.pid, signal.SIGINT)

    def wait_until_ended(self) -> int:
        return self.process.wait(timeout=STOP_SECONDS)

    def start_again(self) -> None:
        self.process = self._start()

    def processes(self) -> list[str]:
        """All living processes that belong to this data folder."""
        return processes_of(self.data_dir)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.wait_until_ended()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.output.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "deploy.demo", *self._arguments],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, f"the demo ended at its start:\n{self.said()}"
        state = self.state()
        return state.get("status") == "running" and state["pids"]["supervisor"] == self.process.pid


@contextmanager
def running_demo(
    folder: Path, *, extra_env: Mapping[str, str] | None = None, is_empty: bool = False
) -> Iterator[RunningDemo]:
    """Ready when it is handed out; stopped afterwards. `is_empty`: without the demo store."""
    demo = RunningDemo(folder, port=free_port(), extra_env=extra_env or {}, is_empty=is_empty)
    try:
        demo.wait_until_ready()
        yield demo
    finally:
        demo.end()


def wait_for(holds: Callable[[], bool], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(0.1)


def cpu_seconds_of(folder: Path) -> float:
    """What the living processes of the folder have used, and those that they started and collected."""
    ticks = 0
    for line in processes_of(folder):
        stat = Path(f"/proc/{line.split()[0]}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(field) for field in stat[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def processes_of(folder: Path) -> list[str]:
    """Command lines of the living processes that were started for the folder or work in it. PostgreSQL's
    processes write over their environment, but their working folder tells."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            command = (process / "cmdline").read_bytes()
            environment = (process / "environ").read_bytes()
            cwd = os.readlink(process / "cwd")
        except OSError:
            continue
        if os.fsencode(folder) in command + environment or cwd.startswith(str(folder)):
            found.append(f"{process.name} {command.replace(bytes(1), b' ').decode(errors='replace')}")
    return found
