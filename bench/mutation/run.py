"""Mutation testing of pricing/: `make mutate`. How much of what could be wrong do its tests notice?

mutmut makes the mutants, on a copy of pricing/ and its tests in a folder of its own. Thousands of pytest sessions would
take a day, so meet_mutants.py lets each mutant meet the tests in a process forked for it. The outcome is printed and
written to docs/evidence/mutation.json; docs/evidence/mutation.md says why the survivors live.

In a folder that is named and kept a run that was stopped goes on: what was met stays met, survivors meet the tests
anew, and so does every mutant of a module that has changed since.

mutmut is installed beside this file and not with the other tools: it brings setproctitle, with which gunicorn and
Celery write over the environment of their processes, by which tests find processes that were left behind.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
INSTALLED = HERE / ".installed"
PYTHON = INSTALLED / "bin" / "python"
EVIDENCE = ROOT / "docs" / "evidence" / "mutation.json"
COPIED = (
    "pricing",
    "tests/__init__.py",
    "tests/pricing",
    "loyalty/__init__.py",
    "loyalty/offer_document.py",
    "loyalty/document",
    "bench/__init__.py",
    "bench/mutation/__init__.py",
    "bench/mutation/meet_mutants.py",
)
CASES = "10"
SURVIVED = "survived"
SETTINGS = """
[tool.mutmut]
source_paths = ["pricing"]
also_copy = ["loyalty", "bench"]

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
addopts = "--import-mode=importlib"
"""
GENERATE = """
from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants, setup_source_paths
copy_src_dir(), copy_also_copy_files(), setup_source_paths(), create_mutants(1)
"""


def main(arguments: list[str]) -> int:
    """0 if at least the goal was killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where to work; kept")
    parser.add_argument("--goal", type=int, default=90, help="percent that should be killed")
    parser.add_argument(
        "--parts", type=int, default=os.cpu_count() or 1, help="how many processes share the work"
    )
    parser.add_argument("--most", type=int, help="meet no more than so many, by chance")
    options = parser.parse_args(arguments)
    if options.folder:
        row = mutate(options.folder, parts=options.parts, most=options.most)
    else:
        with tempfile.TemporaryDirectory(prefix="reprise-mutants-") as folder:
            row = mutate(Path(folder), parts=options.parts, most=options.most)
    EVIDENCE.write_text(json.dumps(row, indent=2) + "\n")
    print(json.dumps(row, indent=2))
    return int(row["killed_percent"] < options.goal)


def mutate(folder: Path, *, parts: int, most: int | None) -> dict[str, Any]:
    install_mutmut()
    forget_changed(folder)
    copy_to(folder)
    run(folder, "-c", GENERATE)
    states = meet(folder / "mutants", parts=parts, most=most)
    return summary(states, made=len(mutants_in(folder / "mutants")))


def mutants_in(folder: Path) -> list[str]:
    found = sorted((folder / "pricing").glob("*.meta"))
    return [name for meta in found for name in json.loads(meta.read_text())["exit_code_by_key"]]


def meet(folder: Path, *, parts: int, most: int | None) -> dict[str, str]:
    """The states of the mutants, of all or of the first `most`, once they have met the tests."""
    files = [folder / f"met{part}.json" for part in range(parts)]
    with ThreadPoolExecutor(parts) as pool:
        for part, file in enumerate(files):
            share = (file.name, str(part), str(parts), str(most or ""))
            pool.submit(run, folder, "-m", "bench.mutation.meet_mutants", *share)
    return {name: state for file in files for name, state in json.loads(file.read_text()).items()}


def run(folder: Path, *arguments: str) -> None:
    environment = os.environ | {"PRICING_CASES": CASES, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"}
    with (folder / "mutate.log").open("a") as log:
        subprocess.run(
            [str(PYTHON), *arguments], cwd=folder, env=environment, stdout=log, stderr=log, check=False
        )


def install_mutmut() -> None:
    """By its own lock, once."""
    if not (INSTALLED / "done").exists():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(INSTALLED)], check=True)
        lock = ["--require-hashes", "-r", str(HERE / "requirements.lock")]
        subprocess.run([*uv, "pip", "install", "--quiet", "--python", str(PYTHON), *lock], check=True)
        (INSTALLED / "done").touch()


def forget_changed(folder: Path) -> None:
    """The states of an earlier run in this folder, but for modules that have changed since."""
    there = {path.stem: path for path in (folder / "pricing").glob("*.py")}
    same = {name for name, path in there.items() if _is_same(path, ROOT / "pricing" / path.name)}
    for file in (folder / "mutants").glob("met*.json"):
        states: dict[str, str] = json.loads(file.read_text())
        file.write_text(
            json.dumps({name: state for name, state in states.items() if name.split(".")[1] in same})
        )


def _is_same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def copy_to(folder: Path) -> None:
    for name in COPIED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    (folder / "pyproject.toml").write_text(SETTINGS)


def summary(states: dict[str, str], *, made: int) -> dict[str, Any]:
    """`made`: how many mutants there are."""
    counted = Counter(states.values())
    killed = len(states) - counted[SURVIVED]
    by_module: dict[str, Counter[str]] = {}
    for name, state in states.items():
        by_module.setdefault(name.split(".")[1], Counter())[state] += 1
    sample = {"sample": f"{len(states)} of {made} mutants, by chance"} if len(states) < made else {}
    return sample | {
        "mutants": len(states),
        "killed": killed,
        "killed_percent": 100 * killed // max(1, len(states)),
        "states": dict(sorted(counted.items())),
        "modules": {module: dict(sorted(found.items())) for module, found in sorted(by_module.items())},
        "survivors": sorted(name for name, state in states.items() if state == SURVIVED),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
