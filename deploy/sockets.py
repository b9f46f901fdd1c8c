"""The folder of the unix sockets: outside the data folder, private, and short.

A socket's path may have 107 bytes, which a data folder deep in somebody's home easily exceeds.
"""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from deploy.errors import DeployError

PATH_BYTES_MAX = 107
LONGEST_NAME = ".s.PGSQL.5432.lock"


def socket_folder(data_dir: Path) -> Path:
    """One folder for each data folder and user, mode 0700. Raises DeployError where it is not ours."""
    digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
    name = f"reprise-{os.geteuid()}-{digest}"
    folder = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(folder / LONGEST_NAME)) > PATH_BYTES_MAX:
        folder = Path("/tmp") / name
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    owners = (os.geteuid(),) if os.geteuid() else None
    if not stat.S_ISDIR(found.st_mode) or stat.S_IMODE(found.st_mode) & 0o077:
        raise DeployError(f"{folder} is not a private folder; remove it and start again.")
    if owners and found.st_uid not in owners:
        raise DeployError(f"{folder} belongs to another user; set TMPDIR to a folder of your own.")
    return folder
