"""Files that people sent, and reports made of them, under MEDIA_ROOT/imports with random names."""

import os
import re
import secrets
from datetime import datetime, timedelta
from errno import EDQUOT, ENOSPC
from pathlib import Path

from django.conf import settings
from django.core.files.base import File

from shop.importing.refuse import ImportRefused, Refused
from shop.models import Job

FOLDER = "imports"
BYTES_MAX = 200_000_000
KEPT_FOR = timedelta(days=30)
NAME = re.compile(r"[0-9a-f]{32}(\.bad-rows\.csv)?")


def keep_upload(file: "File[bytes]") -> str:
    """Keep the file; returns its name for `kept_path`.

    Raises ImportRefused (too_large, disk_full), and then nothing is left.
    """
    name = secrets.token_hex(16)
    path = kept_path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as kept:
            size = 0
            for chunk in file.chunks():
                size += len(chunk)
                if size > BYTES_MAX:
                    raise ImportRefused(Refused.TOO_LARGE, limit=BYTES_MAX // 1_000_000)
                kept.write(chunk)
    except OSError as error:
        path.unlink(missing_ok=True)
        if error.errno in {ENOSPC, EDQUOT}:
            raise ImportRefused(Refused.DISK_FULL) from error
        raise
    except ImportRefused:
        path.unlink(missing_ok=True)
        raise
    return name


def kept_path(name: str) -> Path:
    """Where a kept file is. Raises ValueError for a name that `keep_upload` and `report_name` never make."""
    if not NAME.fullmatch(name):
        raise ValueError("Not the name of a kept file.")
    return Path(settings.MEDIA_ROOT) / FOLDER / name


def report_name(name: str) -> str:
    """The name of the report that belongs to a kept file."""
    return f"{name}.bad-rows.csv"


def prune_uploads(*, at: datetime) -> int:
    """Remove files older than 30 days, but none of imports that are still to be done. Returns how many."""
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    if not folder.is_dir():
        return 0
    open_jobs = Job.objects.filter(status__in=[Job.Status.QUEUED, Job.Status.RUNNING], params__has_key="file")
    needed = set(open_jobs.values_list("params__file", flat=True))
    latest = (at - KEPT_FOR).timestamp()
    old = [path for path in folder.iterdir() if path.stat().st_mtime < latest and path.name not in needed]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
