"""Servers and databases for all tests."""

import os
from collections.abc import Iterator

import django
import pytest
from django.test import TransactionTestCase
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from tests.copy_database import build_template, copy_template, drop_database, use_database
from tests.start_servers import start_servers, stop_servers

# A busy machine is no fault of what is tested: speed is measured in bench/.
settings.register_profile("reprise", deadline=None)
settings.load_profile("reprise")

# At import, because the settings read the addresses, and the conftests below this one import models.
start_servers()
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from loyalty.snapshot import snapshot  # noqa: E402  needs the settings
from shop import partitions  # noqa: E402


def pytest_unconfigure() -> None:
    stop_servers()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, worker_id: str
) -> Iterator[None]:
    """Replaces pytest-django's: a copy of the template for each worker, and a new one after each test that
    commits."""
    name = f"reprise_test_{worker_id}_{os.getpid()}"
    with django_db_blocker.unblock():
        template = build_template()
        copy_template(template, to=name)
        use_database(name)

    def restore(_: TransactionTestCase) -> None:
        copy_template(template, to=name)
        # What the process remembers of the database that is gone: its stores had the same numbers.
        snapshot.cache_clear()
        partitions._known.clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
        yield
    with django_db_blocker.unblock():
        drop_database(name)
