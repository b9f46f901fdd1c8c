"""Test databases as copies of one migrated template.

Migrating takes seconds and copying a fraction of one, so each xdist worker gets a copy, and so does each test
that commits: flushing would trip over the append-only triggers and lose what migrations wrote.
"""

import hashlib
from pathlib import Path

from django.core.management import call_command
from django.db import connections

ROOT = Path(__file__).resolve().parents[1]
LOCK_NUMBER = 7_202_601


def build_template() -> str:
    """The template's name; whoever comes first migrates it, the others wait. The name holds a digest of the
    migrations, so a server that outlives the run never offers an old one."""
    name = f"reprise_template_{_digest_of_migrations()}"
    with connections["default"]._nodb_cursor() as cursor:
        # Migrating may take longer than a statement of the product would wait for a lock.
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_NUMBER])
        cursor.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() != (True,):
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}"')
            use_database(name)
            call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
            connections["default"].close()
            # Also the mark that it is complete.
            cursor.execute(f'ALTER DATABASE "{name}" IS_TEMPLATE true')
    return name


def copy_template(template: str, *, to: str) -> None:
    """Replace the database `to` by a fresh copy, even if somebody is still connected to it."""
    connections["default"].close()
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute(f'DROP DATABASE IF EXISTS "{to}" WITH (FORCE)')
        # Without fsync copying files is a third quicker than writing their pages to the log.
        cursor.execute(f'CREATE DATABASE "{to}" TEMPLATE "{template}" STRATEGY FILE_COPY')


def drop_database(name: str) -> None:
    connections["default"].close()
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def use_database(name: str) -> None:
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = name


def _digest_of_migrations() -> str:
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(path.as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]
