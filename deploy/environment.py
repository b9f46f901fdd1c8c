"""Which servers are ours and which the user's, and the environment that tells every process."""

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy import postgres, valkey
from deploy.layout import Layout
from deploy.sockets import socket_path
from deploy.state import write_private

SECRET_BYTES = 48
SHARED_NAMES = (
    "DATABASE_URL",
    "REDIS_URL",
    "BROKER_URL",
    "EMAIL_URL",
    "MAILBOX_DIR",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "DJANGO_SETTINGS_MODULE",
    "DEMO_FILE",
    "STATIC_ROOT",
    "MEDIA_ROOT",
    "PORT",
    "DATA_DIR",
    "RUN_DIR",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The environment of all processes, and which servers are to be started for it."""

    env: dict[str, str]
    sockets: Path
    own_postgres: bool
    own_valkey: bool
    sink_port: int | None

    def shared(self) -> dict[str, str]:
        """The part that a later command needs to reach the same servers."""
        return {name: self.env[name] for name in SHARED_NAMES if name in self.env}


def plan_environment(layout: Layout, *, environ: Mapping[str, str]) -> Plan:
    given = {name: value for name, value in environ.items() if value.strip()}
    sockets = socket_path(layout.data_dir)
    own_valkey = "REDIS_URL" not in given
    sink_port = None if "EMAIL_URL" in given else free_port()
    ours = {
        "DATABASE_URL": postgres.database_url(sockets),
        "REDIS_URL": valkey.cache_url(sockets),
        "BROKER_URL": valkey.broker_url(sockets) if own_valkey else valkey.broker_beside(given["REDIS_URL"]),
        "DJANGO_SETTINGS_MODULE": "config.settings.demo",
    }
    if sink_port is not None:
        ours |= {"EMAIL_URL": f"smtp://127.0.0.1:{sink_port}", "MAILBOX_DIR": str(layout.mailbox)}
    if "SECRET_KEY" not in given:
        ours["SECRET_KEY"] = _keep_secret(layout.secret_key)
    fixed = {
        "DEMO_FILE": str(layout.access),
        "STATIC_ROOT": str(layout.data_dir / "static"),
        "MEDIA_ROOT": str(layout.data_dir / "media"),
        "PORT": str(layout.port),
        "DATA_DIR": str(layout.data_dir),
        "RUN_DIR": str(layout.run_dir),
        "PYTHONUNBUFFERED": "1",
    }
    return Plan(
        env={**ours, **given, **fixed},
        sockets=sockets,
        own_postgres="DATABASE_URL" not in given,
        own_valkey=own_valkey,
        sink_port=sink_port,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _keep_secret(path: Path) -> str:
    if not path.exists():
        write_private(path, secrets.token_urlsafe(SECRET_BYTES) + "\n")
    os.chmod(path, 0o600)
    return path.read_text().strip()
