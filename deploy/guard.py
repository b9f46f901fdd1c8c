"""A small process that outlives a killed supervisor just long enough to end what it left behind.

It reads one command a line from a pipe whose other end only the supervisor holds:

    hold PID SIGNAL    end this process group with SIGNAL when the pipe breaks
    release PID        it was stopped in order, forget it
    remove FOLDER      delete this folder at the very end

The kernel closes the pipe whatever happens to the supervisor, kill -9 included. The parent-death signal
that children carry as well is not enough: workers that a child forked do not inherit it.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

GRACE_SECONDS = 8.0


class Guard:
    """The supervisor's end of the pipe."""

    def __init__(self, *, keep_open: Iterable[int] = ()) -> None:
        """`keep_open`: descriptors the guard holds too, so that a lock lasts until it has finished."""
        self._keep_open = tuple(keep_open)
        self._held: dict[int, int] = {}
        self._folders: list[Path] = []
        self._process = self._launch()

    @property
    def pid(self) -> int:
        return self._process.pid

    def hold(self, pid: int, *, end_with: int) -> None:
        self._held[pid] = end_with
        self._tell(f"hold {pid} {end_with}")

    def release(self, pid: int) -> None:
        self._held.pop(pid, None)
        self._tell(f"release {pid}")

    def remove(self, folder: Path) -> None:
        self._folders.append(folder)
        self._tell(f"remove {folder}")

    def revive(self) -> bool:
        """Replace a guard that died, with all it knew. True if that was necessary."""
        if self._process.poll() is None:
            return False
        self._process = self._launch()
        for folder in self._folders:
            self._tell(f"remove {folder}")
        for pid, end_with in self._held.items():
            self._tell(f"hold {pid} {end_with}")
        return True

    def close(self) -> None:
        """End what is still held, and wait for it."""
        pipe = self._process.stdin
        if pipe is not None and not pipe.closed:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        self._process.wait()

    def _launch(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            pass_fds=self._keep_open,
            bufsize=0,
        )

    def _tell(self, line: str) -> None:
        pipe = self._process.stdin
        if pipe is None or pipe.closed:
            return
        try:
            pipe.write(line.encode() + b"\n")
        except BrokenPipeError:
            # The guard was killed; revive() starts the next one with everything that is held.
            return


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    held: dict[int, tuple[int, str]] = {}
    folders: list[str] = []
    for line in sys.stdin:
        command, _, rest = line.rstrip("\n").partition(" ")
        if command == "hold":
            pid, end_with = (int(part) for part in rest.split())
            held[pid] = (end_with, birth(pid))
        elif command == "release":
            held.pop(int(rest), None)
        elif command == "remove":
            folders.append(rest)
    end_all(held)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def birth(pid: int) -> str:
    """When the process was born, in the kernel's ticks; tells it from a later one with the same number.
    Empty once it is gone, or dead and waiting for somebody to collect it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # The name in brackets may hold spaces and brackets itself, so the fields are counted after the last one.
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state == "Z" else fields[18]


def end_all(held: dict[int, tuple[int, str]]) -> None:
    for pid, (end_with, born) in held.items():
        leader_is_ours = birth(pid) in (born, "")
        if leader_is_ours and end_with == signal.SIGKILL:
            send_to_group(pid, signal.SIGKILL)
        elif leader_is_ours:
            send(pid, end_with)
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline and any(birth(pid) == born for pid, (_, born) in held.items() if born):
        time.sleep(0.05)
    for pid, (_, born) in held.items():
        if birth(pid) in (born, ""):
            send_to_group(pid, signal.SIGKILL)


def send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def send_to_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


if __name__ == "__main__":
    main()
