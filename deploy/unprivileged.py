"""PostgreSQL refuses to run as root; these are the ways to run it when one is root.

In a user namespace it is somebody else only in its own eyes, so no file needs another owner. Containers
mostly forbid namespaces; there the process becomes `nobody`, and keeps the one capability that lets it read
a checkout under root's closed home folder.
"""

import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deploy.errors import DeployError

UNPRIVILEGED_USER = "nobody"


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A command's prefix, and the user who has to own the files it writes."""

    prefix: tuple[str, ...]
    owner_uid: int
    owner_gid: int


@cache
def find_wrapper() -> Wrapper:
    """Raises DeployError where root can start nothing as somebody else."""
    uid, gid = os.geteuid(), os.getegid()
    if uid != 0:
        return Wrapper((), uid, gid)
    nobody = pwd.getpwnam(UNPRIVILEGED_USER)
    setpriv, unshare = shutil.which("setpriv"), shutil.which("unshare")
    # setpriv sets the parent-death signal anew, since a change of user clears it.
    death = (setpriv, "--pdeathsig", signal.SIGQUIT.name.removeprefix("SIG")) if setpriv else ()
    if unshare:
        prefix = (unshare, "--user", f"--map-user={nobody.pw_uid}", *death)
        if _works(prefix):
            return Wrapper(prefix, uid, gid)
    if death:
        become = (f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
        # Without the bit, access(2) would not count the capability.
        keep = ("--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override")
        for options in ((*become, *keep), become):
            if _works((*death, *options)):
                return Wrapper((*death, *options), nobody.pw_uid, nobody.pw_gid)
    raise DeployError(
        "PostgreSQL does not run as root, and this machine allows neither user namespaces nor setpriv.\n"
        "Run this as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own."
    )


def give(folder: Path, *, to: Wrapper) -> None:
    """Make the wrapper's user own the folder and all in it; nothing to do where it does already."""
    if folder.stat().st_uid == to.owner_uid:
        return
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.lchown(os.path.join(parent, name), to.owner_uid, to.owner_gid)
    os.lchown(folder, to.owner_uid, to.owner_gid)


def _works(prefix: tuple[str, ...]) -> bool:
    try:
        tried = subprocess.run([*prefix, "true"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0
