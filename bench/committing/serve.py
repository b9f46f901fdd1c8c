"""The product's web server, as the product starts it, for as long as it is measured."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.environment import free_port
from deploy.product import answers_healthz, web_command

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


@contextmanager
def web_server() -> Iterator[int]:
    """Its port on the loopback. The servers behind it are those of this process's environment."""
    port = free_port()
    environment = {**os.environ, "REPRISE_PROCESS": "web", "API_LIMIT_SERVER": "1000000/10"}
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(web_command(port), cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            ends = time.monotonic() + PATIENCE_SECONDS
            while not answers_healthz(port):
                assert server.poll() is None, "the web server ended at its start"
                assert time.monotonic() < ends, "the web server did not start"
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE_SECONDS)
