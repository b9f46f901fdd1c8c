"""manage.py create_store --sandbox."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from shop.keys import find_key
from shop.models import Store
from tests.factories.moments import AT

pytestmark = pytest.mark.django_db


def create(*flags: str) -> tuple[Store, str]:
    told = StringIO()
    call_command(
        "create_store",
        *("--code", "try", "--name", "Try", "--currency", "GBP", "--owner", "anna@shop.example", "--json"),
        *flags,
        stdout=told,
    )
    return Store.objects.get(), json.loads(told.getvalue())["key"]


def test_sandbox_has_a_clock_that_its_key_may_move() -> None:
    store, secret = create("--sandbox")
    key = find_key(secret, at=AT)
    assert (store.is_sandbox, store.clock_shift_seconds) == (True, 0)
    assert key is not None
    assert {"store:read", "sandbox:write"} <= set(key.scopes)


def test_store_is_real_unless_asked_for() -> None:
    store, _secret = create()
    assert not store.is_sandbox
