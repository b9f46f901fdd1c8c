"""`make test`: the fast tests on several processes, then those that start whole processes, file by file on two.

Both passes share one set of servers. With CI=true a missing browser, or browser tests that did not run, is an
error; elsewhere it is a loud notice.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from deploy.browser import ensure_browser
from deploy.servers import private_servers

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / ".run" / "tests"
BROWSER = "tests/browser"
WHOLE = ("tests/deploy", "tests/flows", BROWSER)
WORKERS = 2
NOTHING_COLLECTED = 5

NOTICE = """
!!! No Chromium here, and none could be installed: THE BROWSER TESTS DID NOT RUN.
!!! Install one (Debian: apt-get install chromium), or name one with CHROMIUM=/path.
"""


def main() -> int:
    started = time.monotonic()
    in_ci = os.environ.get("CI", "") not in ("", "0", "false")
    has_browser = ensure_browser()
    if not has_browser:
        print(NOTICE, flush=True)
        if in_ci:
            return 1
    whole = [folder for folder in WHOLE if (ROOT / folder).is_dir() and (has_browser or folder != BROWSER)]
    REPORTS.mkdir(parents=True, exist_ok=True)
    with private_servers() as urls:
        env = {**os.environ, **urls.as_env()}
        codes = [_run_fast(env), _run_whole(whole, env=env)]
    print(f"All tests took {time.monotonic() - started:.0f} s.", flush=True)
    if not has_browser:
        print(NOTICE, flush=True)
    elif not count_ran(REPORTS / "whole.xml", folder=BROWSER):
        print("No browser test ran.", flush=True)
        codes.append(int(in_ci))
    return max(codes)


def _run_fast(env: dict[str, str]) -> int:
    left_out = [f"--ignore={folder}" for folder in WHOLE]
    return _pytest("fast", ["-n", str(WORKERS), *left_out, "tests"], env=env)


def _run_whole(folders: list[str], *, env: dict[str, str]) -> int:
    """A file's tests follow one another on one process: they share what they have started."""
    return _pytest("whole", ["-n", str(WORKERS), "--dist", "loadfile", *folders], env=env) if folders else 0


def _pytest(name: str, arguments: list[str], *, env: dict[str, str]) -> int:
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
    print(f"\n$ pytest {' '.join(arguments)}", flush=True)
    code = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
    return 0 if code == NOTHING_COLLECTED else code


def count_ran(report: Path, *, folder: str) -> int:
    """How many tests of the folder ran, passed or failed; skipped ones do not count."""
    if not report.exists():
        return 0
    prefix = folder.replace("/", ".")
    cases = ElementTree.parse(report).iter("testcase")
    return sum(1 for case in cases if _ran(case) and case.get("classname", "").startswith(prefix))


def _ran(case: ElementTree.Element) -> bool:
    return case.find("skipped") is None


if __name__ == "__main__":
    sys.exit(main())
