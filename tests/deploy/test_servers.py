"""Servers for a while."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import postgres, valkey
from deploy.errors import DeployError
from deploy.lock import is_locked, take_lock
from deploy.servers import private_servers
from tests.running_demo import ROOT, wait_for

HOLD = """
import sys, time
from deploy.servers import private_servers
with private_servers() as urls:
    print(urls.redis_url.removeprefix("unix://").partition("?")[0], flush=True)
    time.sleep(600)
"""


def is_answered(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
        return True


def show(sockets: Path, setting: str) -> str:
    psql = [postgres.binary("psql"), "-X", "-At", "-h", str(sockets), "-U", postgres.USER, "-d", "postgres"]
    command = [*psql, "-c", f"SHOW {setting}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_private_servers_answer_and_are_gone_afterwards() -> None:
    with private_servers() as urls:
        sockets = Path(urls.redis_url.removeprefix("unix://").partition("?")[0]).parent
        assert postgres.answers(sockets)
        assert is_answered(sockets / valkey.SOCKET_NAME)
        assert urls.database_url == postgres.database_url(sockets)
    assert not sockets.exists()


def test_nothing_is_left_of_private_servers_whose_owner_was_killed() -> None:
    owner = subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    path = Path(owner.stdout.readline().strip())
    assert is_answered(path)
    owner.kill()
    owner.wait()
    wait_for(lambda: not path.parent.exists(), seconds=12, what="the end of the socket folder")
    assert not is_answered(path)


def test_servers_listen_on_no_port() -> None:
    with private_servers() as urls:
        sockets = Path(urls.redis_url.removeprefix("unix://").partition("?")[0]).parent
        shown = [show(sockets, name) for name in ("listen_addresses", "max_connections", "server_version")]
    listens, connections, version = shown
    assert (listens, int(connections)) == ("", postgres.MAX_CONNECTIONS)
    assert version.startswith("18")


def test_a_data_folder_has_one_holder(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert not is_locked(lock)
    descriptor = take_lock(lock, holder="the first")
    with pytest.raises(DeployError, match=f"in use by the first .process {os.getpid()}."):
        take_lock(lock, holder="the second")
    os.close(descriptor)
    assert not is_locked(lock)
