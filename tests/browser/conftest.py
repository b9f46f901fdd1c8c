"""A real browser against a real server. Chromium is taken from CHROMIUM, the PATH, or Playwright's own folder."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.panel.world import World, build_world

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PASSWORD = "quite-long-words-1"
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Playwright's own loop runs in this thread; Django would take it for an async view.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def mailbox(tmp_path: Path, settings: LazySettings) -> Path:
    """An empty Maildir that the panel reads."""
    folder = tmp_path / "mailbox"
    for part in ("new", "cur", "tmp"):
        (folder / part).mkdir(parents=True)
    settings.MAILBOX_DIR = str(folder)
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return folder


@pytest.fixture
def shop(transactional_db: None, mailbox: Path) -> World:
    """A small shop, with an owner who can log in."""
    return build_world("Candle House", password=PASSWORD)


def _watch(page: Page) -> list[str]:
    """What went wrong on the page: errors in the console, requests to another host."""
    wrong: list[str] = []
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: _note_foreign(request.url, wrong))
    return wrong


def _note_foreign(url: str, wrong: list[str]) -> None:
    if not url.startswith(("http://localhost", "http://127.0.0.1", "data:", "about:", "blob:")):
        wrong.append(f"asked another host: {url}")


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(
    request: pytest.FixtureRequest, chromium: Browser, live_server: LiveServer, shop: World
) -> Iterator[Page]:
    """The owner, logged in, once at a desk and once with a phone."""
    context = chromium.new_context(viewport=request.param, base_url=live_server.url)
    page = context.new_page()
    wrong = _watch(page)
    log_in(page, f"owner-{shop.store.pk}@example.com")
    yield page
    context.close()
    assert wrong == []


def log_in(page: Page, email: str) -> None:
    page.goto("/panel/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#page-content h2").first).to_be_visible()


def fits(page: Page) -> bool:
    """Nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
