"""One holder per data folder. The kernel lets go of the lock when its holder dies, however it dies."""

import fcntl
import os
import time
from pathlib import Path

from deploy.errors import DeployError

# A killed supervisor's guard keeps the lock while it ends what was left.
CLEANING_SECONDS = 12.0


def take_lock(path: Path, *, holder: str) -> int:
    """The descriptor that holds it. `holder` says in the error of the next one who it was.

    Raises DeployError if somebody living holds it, or a guard does not finish in time.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + CLEANING_SECONDS
    while not _try(descriptor):
        pid, held_by = read_holder(path)
        if is_alive(pid) or time.monotonic() > deadline:
            os.close(descriptor)
            raise DeployError(f"{path.parent} is in use by {held_by} (process {pid}).")
        time.sleep(0.1)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n{holder}\n".encode(), 0)
    return descriptor


def is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _try(descriptor)
    finally:
        os.close(descriptor)


def read_holder(path: Path) -> tuple[int, str]:
    """Process id and description; (0, "another process") where the file does not say."""
    try:
        pid, holder = path.read_text().splitlines()[:2]
        return int(pid), holder
    except (OSError, ValueError):
        return 0, "another process"


def is_alive(pid: int) -> bool:
    """A dead process that nobody has collected yet does not count."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
