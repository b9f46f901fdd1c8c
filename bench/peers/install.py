"""Other shops' promotion engines, installed into a folder of their own: the product needs none of them."""

import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / ".installed"
OSCAR = ("django-oscar[sorl-thumbnail]==4.2.1", "psycopg2-binary==2.9.13")
MEDUSA = ("@medusajs/promotion@2.21.2", "@medusajs/framework@2.21.2")


class PeerMissing(Exception):
    """The peer can not be installed here; the text says what it lacks."""


def install_oscar() -> Path:
    """A Python in which django-oscar can be imported."""
    folder = FOLDER / "oscar"
    python = folder / "bin" / "python"
    if not (folder / "done").exists():
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([str(python), "-m", "pip", "install", "--quiet", *OSCAR])
        (folder / "done").touch()
    return python


def install_medusa() -> Path:
    """A folder from which node finds Medusa's promotion module."""
    if shutil.which("npm") is None:
        raise PeerMissing("Medusa's promotion module needs node and npm, and npm is not on this machine")
    folder = FOLDER / "medusa"
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        _run(["npm", "install", "--no-audit", "--no-fund", "--silent", *MEDUSA], cwd=folder)
        (folder / "done").touch()
    return folder


def _run(command: list[str], *, cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PeerMissing(f"{' '.join(command[:4])} … failed: {done.stderr.strip()[-400:]}")
