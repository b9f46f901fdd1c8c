"""demo.json: what runs, where, and how to get in. It holds secrets, so only its owner reads it.

One copy lies in the data folder and one in the run folder, where the last start in this checkout is found.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from deploy.layout import Layout
from deploy.lock import is_alive

NAME = "demo.json"

State = dict[str, Any]


def publish(state: State, *, layout: Layout) -> None:
    for folder in {layout.data_dir, layout.run_dir}:
        write_private(folder / NAME, json.dumps(state, indent=2, ensure_ascii=False) + "\n")


def withdraw(layout: Layout) -> None:
    """Remove both copies, the run folder's only if it tells of this data folder."""
    (layout.data_dir / NAME).unlink(missing_ok=True)
    if (read(layout.run_dir / NAME) or {}).get("data_dir") == str(layout.data_dir):
        (layout.run_dir / NAME).unlink(missing_ok=True)


def read(path: Path) -> State | None:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def read_running(layout: Layout) -> State | None:
    """What runs on the data folder and is ready; None where nothing is, or its supervisor was killed."""
    found = read(layout.data_dir / NAME) or {}
    if found.get("status") != "running" or not is_alive(found["pids"]["supervisor"]):
        return None
    return found


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
