"""`make bench` and `make soak`: run one module by name, print and keep what it found.

A bench is `bench/<name>.py` with `run(*, seed: int) -> list[Figure]`; a soak is `bench/soaks/<name>.py` with
`soak(*, n: int, seed: int) -> Evidence`. Both find a migrated database and, in the environment, DATABASE_URL,
REDIS_URL and BROKER_URL: servers of their own, with fsync on, unless DATABASE_URL is set already.
"""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import django

from bench.figures import Evidence, Figure
from deploy.postgres import binary
from deploy.servers import private_servers

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results"
EVIDENCE = ROOT / "docs" / "evidence"
# They run the whole product, with servers of its own.
STARTS_ITS_OWN = {("soak", "commits"), ("soak", "kills"), ("soak", "sale")}
PACKAGES = ("django", "celery", "psycopg2-binary", "gunicorn")


def main(arguments: list[str]) -> int:
    """0 if every goal is met, 1 if one is missed, 2 if there is no such module."""
    options = parse(arguments)
    names = known(options.kind)
    if options.name not in names:
        print(f"NAME={options.name or ''} is none of: {', '.join(names) or '(none yet)'}", file=sys.stderr)
        return 2
    if "DATABASE_URL" in os.environ or (options.kind, options.name) in STARTS_ITS_OWN:
        return measure(options)
    with private_servers(durable=True) as urls:
        os.environ.update(urls.as_env())
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
        return measure(options)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("kind", choices=("bench", "soak"))
    parser.add_argument("name", nargs="?")
    parser.add_argument("--n", type=lambda text: int(text) if text else None, help="how many, for a soak")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


def known(kind: str) -> list[str]:
    folder = ROOT / "bench" / ("soaks" if kind == "soak" else "")
    here = {"run", "figures", "__init__"}
    return sorted(path.stem for path in folder.glob("*.py") if path.stem not in here)


def measure(options: argparse.Namespace) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    # Before the module is imported, which may import models.
    django.setup()
    if options.kind == "soak":
        return run_soak(options.name, n=options.n, seed=options.seed)
    return run_bench(options.name, seed=options.seed)


def run_bench(name: str, *, seed: int) -> int:
    figures: list[Figure] = importlib.import_module(f"bench.{name}").run(seed=seed)
    RESULTS.mkdir(parents=True, exist_ok=True)
    about = {"seed": seed, "versions": versions(), "commit": commit()}
    with (RESULTS / f"{name}.jsonl").open("a") as file:
        for figure in figures:
            line = json.dumps(as_row(figure) | about, ensure_ascii=False)
            print(line, flush=True)
            file.write(line + "\n")
    return int(any(figure.ok() is False for figure in figures))


def as_row(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "value": figure.value,
        "unit": figure.unit,
        "baseline": figure.baseline,
        "ratio": figure.ratio(),
        "goal": figure.goal,
        "ok": figure.ok(),
        "samples": figure.samples,
    }


def run_soak(name: str, *, n: int | None, seed: int) -> int:
    if not n or n < 1:
        print("Say how many: make soak NAME=… N=1000", file=sys.stderr)
        return 2
    started = time.monotonic()
    evidence: Evidence = importlib.import_module(f"bench.soaks.{name}").soak(n=n, seed=seed)
    row = {
        "name": evidence.name,
        "ok": evidence.ok(),
        "n": n,
        "tried": evidence.tried,
        "failures": evidence.failures,
        "facts": evidence.facts,
        "seconds": round(time.monotonic() - started, 1),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "versions": versions(),
        "commit": commit(),
    }
    EVIDENCE.mkdir(parents=True, exist_ok=True)
    text = json.dumps(row, indent=2, ensure_ascii=False)
    (EVIDENCE / f"{name}.json").write_text(text + "\n")
    print(text, flush=True)
    return int(not evidence.ok())


def versions() -> dict[str, str]:
    found = {name: version(name) for name in PACKAGES}
    server = subprocess.run([binary("postgres"), "--version"], capture_output=True, text=True, check=True)
    return {"python": platform.python_version(), "postgres": server.stdout.split()[-1], **found}


def commit() -> str:
    """The commit that was measured; a + after it says that files differ from it."""
    head = _git("rev-parse", "--short=12", "HEAD")
    return f"{head}+" if head and _git("status", "--porcelain", "--untracked-files=no") else head


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
