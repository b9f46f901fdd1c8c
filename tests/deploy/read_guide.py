"""The commands of a guide, as they stand in its ```sh blocks, and what they answer when a shell runs them."""

import json
import re
import subprocess
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.running_demo import ROOT

BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
MARK = "=-=-= "
SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Answer:
    command: str
    text: str

    @property
    def error(self) -> str | None:
        """The API's code where it refused, or the text itself where a command said nothing that can be read."""
        if not self.command.startswith("ask "):
            return None
        try:
            said: Any = json.loads(self.text)
        except ValueError:
            return self.text or "no answer"
        return str(said["code"]) if isinstance(said, dict) and {"code", "detail"} <= said.keys() else None


def commands_of(guide: str) -> Iterator[str]:
    """Each command of docs/`guide`, with its continued lines, in the order of the page."""
    for found in BLOCK.finditer((ROOT / guide).read_text(encoding="utf-8")):
        block = textwrap.dedent(found[2])
        yield from (command for command in re.split(r"(?<!\\)\n", block) if command.strip())


def run_in_one_shell(commands: Sequence[str], *, env: Mapping[str, str], folder: Path) -> list[Answer]:
    """One after the other, so that what one keeps in a variable the next one finds."""
    lines = [part for command in commands for part in (f"echo '{MARK}'", command)]
    script = folder / "guide.sh"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = subprocess.run(
        ["bash", "-u", str(script)],
        cwd=ROOT,
        env=dict(env),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    texts = done.stdout.split(MARK + "\n")[1:]
    return [Answer(command, text.strip()) for command, text in zip(commands, texts, strict=True)]
