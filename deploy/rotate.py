"""Logs are bounded: one former file is kept of each, and a file that grows too large is cut while in use."""

import os
import shutil
from pathlib import Path

BYTES_MAX = 20 * 1024 * 1024


def rotate_logs(folder: Path) -> None:
    """At a start: every log becomes the former one."""
    for log in folder.glob("*.log"):
        os.replace(log, log.with_suffix(".log.1"))


def cut_large_logs(folder: Path) -> None:
    """While processes write (they append, so that a cut file simply starts again)."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > BYTES_MAX:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)
