from collections.abc import Iterator

import pytest
from pytest_django import Settings

from loyalty.snapshot import snapshot
from tests.triggers.smtp_server import Mailbox, smtp_server


@pytest.fixture(autouse=True)
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """A mail server of this test's own: what the demo says arrives here. No snapshots of other tests' offers."""
    snapshot.cache_clear()
    with smtp_server() as box:
        settings.EMAIL_URL = box.url
        settings.PUBLIC_URL = "http://127.0.0.1:8000"
        yield box
