"""Where one installation keeps its files."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import DeployError

ROOT = Path(__file__).resolve().parents[1]
PORT_DEFAULT = 8000


@dataclass(frozen=True, slots=True)
class Layout:
    data_dir: Path
    run_dir: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def lock(self) -> Path:
        return self.data_dir / "lock"

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"

    @property
    def mailbox(self) -> Path:
        return self.data_dir / "mailbox"

    @property
    def postgres(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def secret_key(self) -> Path:
        return self.data_dir / "secret_key"

    @property
    def access(self) -> Path:
        """Written by `manage.py create_demo`: who may log in, and with what."""
        return self.data_dir / "access.json"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def make_folders(self) -> None:
        for folder in (self.run_dir, self.data_dir, self.logs, self.mailbox):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise DeployError(
                    f"Cannot make {folder}: {error.strerror}. Name another: make demo DATA_DIR=…"
                ) from error


def layout_from(environ: Mapping[str, str]) -> Layout:
    """From RUN_DIR, DATA_DIR and PORT. Raises DeployError where PORT is not a port."""
    run_dir = _folder(environ.get("RUN_DIR") or ROOT / ".run")
    data_dir = _folder(environ.get("DATA_DIR") or run_dir / "data")
    written = environ.get("PORT") or str(PORT_DEFAULT)
    if not written.isascii() or not written.isdigit() or not 0 < int(written) < 65536:
        raise DeployError(f"PORT={written} is not a port number; take one from 1024 to 65535.")
    return Layout(data_dir=data_dir, run_dir=run_dir, port=int(written))


def _folder(path: str | Path) -> Path:
    return Path(os.path.abspath(os.path.expanduser(path)))
