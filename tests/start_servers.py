"""PostgreSQL and Valkey for a test run, in a private folder, gone afterwards whatever happens."""

import atexit
import os
from contextlib import ExitStack

from deploy.servers import private_servers

_running = ExitStack()


def start_servers() -> None:
    """Put the addresses into the environment, which xdist's workers inherit. A DATABASE_URL that is set
    already (theirs, or a server of your own) is used as it is."""
    if "DATABASE_URL" in os.environ:
        return
    os.environ.update(_running.enter_context(private_servers()).as_env())
    atexit.register(stop_servers)


def stop_servers() -> None:
    _running.close()
