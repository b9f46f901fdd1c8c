from collections.abc import Iterator

import pytest
from pytest_django import Settings

from loyalty.snapshot import snapshot
from tests.triggers.smtp_server import Mailbox, smtp_server
from tests.triggers.stage import Stage, set_stage


@pytest.fixture(autouse=True)
def _no_old_snapshots() -> None:
    """Keys begin anew in each test's database, and the snapshots are kept by key."""
    snapshot.cache_clear()


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """A mail server of this test's own; EMAIL_URL names it."""
    with smtp_server() as box:
        settings.EMAIL_URL = box.url
        settings.PUBLIC_URL = "https://club.candles.example"
        yield box


@pytest.fixture
def stage(db: None) -> Stage:
    return set_stage()
