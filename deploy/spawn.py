"""One child process: how it is started, watched and stopped."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.errors import DeployError
from deploy.guard import Guard, send, send_to_group

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """What to run. `orphan_signal` is what it gets when its supervisor is gone."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    is_ready: Callable[[], bool]
    ready_seconds: float = 60.0
    prepare: Callable[[], None] = field(default=lambda: None)
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 5.0
    orphan_signal: int = signal.SIGKILL


class Child:
    """A running ChildSpec, in a session of its own so that the terminal's Ctrl-C does not reach it."""

    def __init__(self, spec: ChildSpec, *, guard: Guard) -> None:
        self.spec = spec
        self._guard = guard
        self._process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Raises whatever `prepare` raises. Call it from the main thread: the kernel's parent-death signal
        fires when the thread that forked ends."""
        self.spec.prepare()
        with self.spec.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.spec.command,
                env=dict(self.spec.env),
                cwd=self.spec.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_bound_to_parent(self.spec.orphan_signal),  # noqa: PLW1509 (there is one thread)
            )
        self.started_at = time.monotonic()
        self._guard.hold(self._process.pid, end_with=self.spec.orphan_signal)

    def exit_status(self) -> int | None:
        """Its exit status (minus the signal if one ended it), or None while it runs. Does not reap it: its
        number, which is also its group's, stays taken until `bury`."""
        if self._process is None:
            return None
        found = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if found is None:
            return None
        return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status

    def bury(self) -> None:
        """End all that is left of its process group and reap it."""
        if self._process is None:
            return
        send_to_group(self._process.pid, signal.SIGKILL)
        self._guard.release(self._process.pid)
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        """In order: ask, wait, then insist."""
        if self._process is None:
            return
        send(self._process.pid, self.spec.stop_signal)
        deadline = time.monotonic() + self.spec.stop_seconds
        while self.exit_status() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        self.bury()

    def wait_ready(self, *, keep_waiting: Callable[[], bool] = lambda: True) -> None:
        """Raises DeployError with the end of its log if it ends or takes longer than `ready_seconds`."""
        deadline = time.monotonic() + self.spec.ready_seconds
        while not self.spec.is_ready():
            if self.exit_status() is not None:
                raise DeployError(f"{self.spec.name} ended at its start.\n{tail(self.spec.log)}")
            if time.monotonic() > deadline:
                waited = f"{self.spec.name} is not ready after {self.spec.ready_seconds:.0f} s."
                raise DeployError(f"{waited}\n{tail(self.spec.log)}")
            if not keep_waiting():
                return
            time.sleep(0.05)


def tail(log: Path, *, lines: int = 15) -> str:
    """The last lines of a log file, with its name, for an error message."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8192))
            text = file.read().decode(errors="replace")
    except OSError:
        return f"(no log at {log})"
    last = "\n".join(f"  | {line}" for line in text.splitlines()[-lines:])
    return f"  The end of {log}:\n{last}"


def bind_to_parent(death_signal: int) -> None:
    """Have the kernel send this process `death_signal` when its parent dies."""
    _libc.prctl(PR_SET_PDEATHSIG, death_signal)


def _bound_to_parent(orphan_signal: int) -> Callable[[], None]:
    parent = os.getpid()

    def in_the_child() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        bind_to_parent(orphan_signal)
        if os.getppid() != parent:
            # The supervisor died between the fork and the call above.
            os._exit(1)

    return in_the_child
