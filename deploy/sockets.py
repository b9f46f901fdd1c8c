"""The folder of the unix sockets: outside the data folder, private, and short.

A socket's path may have 107 bytes, which a data folder deep in somebody's home easily exceeds.
"""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from deploy.errors import DeployError
from deploy.unprivileged import find_wrapper

PATH_BYTES_MAX = 107
LONGEST_NAME = ".s.PGSQL.5432.lock"


def make_socket_folder(folder: Path) -> None:
    """With mode 0700. Raises DeployError where it is there already and not ours."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or stat.S_IMODE(found.st_mode) & 0o077:
        raise DeployError(f"{folder} is not a private folder; remove it and start again.")
    # Root may have handed it to the user that PostgreSQL runs as.
    owners = {os.geteuid(), find_wrapper().owner_uid}
    if found.st_uid not in owners:
        raise DeployError(f"{folder} belongs to another user; set TMPDIR to a folder of your own.")


def socket_path(data_dir: Path) -> Path:
    """One for each data folder and user."""
    digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
    name = f"reprise-{os.geteuid()}-{digest}"
    folder = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(folder / LONGEST_NAME)) > PATH_BYTES_MAX:
        folder = Path("/tmp") / name
    return folder
