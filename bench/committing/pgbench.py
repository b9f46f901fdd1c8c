"""pgbench on the product's own server: the commit's own statements, and its small bank (TPC-B)."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from django.db import connection

from bench.committing.capture import Script
from bench.committing.fill import CODE_FIRST
from deploy.postgres import binary

BANK = "reprise_bench_bank"
# Order numbers of one turn, so that the next one begins beyond them.
TURN_MAX, CLIENT_MAX = 10_000_000, 1_000_000_000


class Pgbench:
    """The bank is filled when this is made."""

    def __init__(self, script: Script, *, connections: int, scale: int) -> None:
        self._connections = connections
        self._text = write_script(script, connections=connections)
        self._turn = 0
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {BANK}")
            cursor.execute(f"CREATE DATABASE {BANK}")
        self._run("-i", "-q", "-s", str(scale), BANK)

    def own(self, *, seconds: float) -> float:
        """Orders a second."""
        self._turn += 1
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "commit.sql"
            file.write_text(self._text)
            name = connection.settings_dict["NAME"]
            return self._per_second(
                *("-n", "-f", str(file), "-D", "ready=0", "-D", f"k={self._turn * TURN_MAX}"),
                name,
                seconds=seconds,
            )

    def bank(self, *, seconds: float) -> float:
        """Transactions a second."""
        return self._per_second(BANK, seconds=seconds)

    def _per_second(self, *arguments: str, seconds: float) -> float:
        *options, database = arguments
        said = self._run(*options, "-c", str(self._connections), "-T", str(max(1, round(seconds))), database)
        failed = re.search(r"number of failed transactions: (\d+)", said)
        assert failed is None or failed[1] == "0", said
        found = re.search(r"tps = ([\d.]+)", said)
        assert found is not None, said
        return float(found[1])

    def _run(self, *arguments: str) -> str:
        """Raises AssertionError with what pgbench said."""
        to = connection.settings_dict
        where = ["-h", to["HOST"], "-U", to["USER"], *(["-p", str(to["PORT"])] if to["PORT"] else [])]
        # Its sessions are like the product's.
        environment = {**os.environ, "PGOPTIONS": to["OPTIONS"]["options"]}
        done = subprocess.run(
            [binary("pgbench"), *where, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2_000:]
        return done.stdout


def write_script(script: Script, *, connections: int) -> str:
    """Each connection has customers of its own, as over HTTP, and plans what the product plans once a connection."""
    each = script.customers // connections
    lines = [
        "\\if :ready = 0",
        *(f"{text};" for text in script.prepare),
        "\\set ready 1",
        "\\endif",
        "\\set k :k + 1",
        f"\\set no (:client_id + 1) * {CLIENT_MAX} + :k",
        f"\\set n :client_id + {connections} * random(0, {each - 1})",
        *(f"\\set {name} {first} + :n" for name, first in script.first.by_name().items()),
        f"\\set code {CODE_FIRST} + :n",
    ]
    is_open = False
    for text, belongs in script.sent:
        if belongs and not is_open:
            lines.append("BEGIN;")
        is_open = belongs
        if text.startswith(f"EXECUTE {script.places_order} "):
            # What it answers are the keys that the following statements name.
            lines += [f"{text} \\gset placed_", "\\set order_id :placed_id"]
        else:
            lines.append(f"{text.replace(':order_lines', ':placed_array_agg')};")
    return "\n".join([*lines, "COMMIT;", ""])
