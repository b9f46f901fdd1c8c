"""A Chromium for the browser tests: what is there, else Debian's (as root), else Playwright's own."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def ensure_browser() -> bool:
    """Install one if there is none. False if that was impossible."""
    return is_there() or (_install() and is_there())


def is_there() -> bool:
    return executable() is not None or _playwright_has_one()


def executable() -> str | None:
    """For Playwright's `executable_path`; None means the one that Playwright downloaded."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next((found for found in map(shutil.which, NAMES) if found), None)


def _install() -> bool:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        print("Installing Debian's Chromium for the browser tests (once)", flush=True)
        if _run("apt-get", "update", "-qq", env=env) and _run(
            "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", env=env
        ):
            return True
    if find_spec("playwright") is None:
        return False
    print("Downloading Playwright's Chromium for the browser tests (once)", flush=True)
    return _run(sys.executable, "-m", "playwright", "install", "chromium", env=dict(os.environ))


def _playwright_has_one() -> bool:
    """Ask Playwright where its Chromium would be, and look."""
    if find_spec("playwright") is None:
        return False
    asked = subprocess.run(
        [sys.executable, "-c", _ASK], capture_output=True, text=True, timeout=60, check=False
    )
    return asked.returncode == 0 and os.path.exists(asked.stdout.strip())


# In a process of its own: Playwright's driver would stay in this one.
_ASK = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def _run(*command: str, env: dict[str, str]) -> bool:
    try:
        return subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False
