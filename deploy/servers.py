"""PostgreSQL and Valkey for a while: for tests, for experiments, and for one management command."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy import postgres, valkey
from deploy.guard import Guard
from deploy.sockets import socket_path
from deploy.spawn import Child, ChildSpec


@dataclass(frozen=True, slots=True)
class ServerUrls:
    database_url: str
    redis_url: str
    broker_url: str

    def as_env(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "BROKER_URL": self.broker_url,
        }


def embedded_urls(sockets: Path) -> ServerUrls:
    return ServerUrls(
        database_url=postgres.database_url(sockets),
        redis_url=valkey.cache_url(sockets),
        broker_url=valkey.broker_url(sockets),
    )


@contextmanager
def running(specs: list[ChildSpec], *, guard: Guard) -> Iterator[list[Child]]:
    """Start the children in their order, wait until each is ready, and stop them in reverse at the end."""
    with ExitStack() as stack:
        children = []
        for spec in specs:
            child = Child(spec, guard=guard)
            stack.callback(child.stop)
            child.start()
            children.append(child)
        for child in children:
            child.wait_ready()
        yield children


@contextmanager
def private_servers(*, durable: bool = False) -> Iterator[ServerUrls]:
    """PostgreSQL (with an empty database) and Valkey in a new private folder that goes at the end,
    whatever the end is: a return, an exception, Ctrl-C or kill -9."""
    folder = Path(tempfile.mkdtemp(prefix="reprise-servers-"))
    sockets = socket_path(folder)
    guard = Guard()
    guard.remove(folder)
    guard.remove(sockets)
    try:
        specs = [
            postgres.postgres_spec(
                data=folder / "postgres", sockets=sockets, log=folder / "postgres.log", durable=durable
            ),
            valkey.valkey_spec(sockets=sockets, log=folder / "valkey.log"),
        ]
        with running(specs, guard=guard):
            postgres.create_database(sockets)
            yield embedded_urls(sockets)
    finally:
        guard.close()
