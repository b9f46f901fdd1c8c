"""Two stores, and people of every role in the first."""

from collections.abc import Callable

import pytest
from django.test import Client

from shop.models import Store
from tests.factories import make_product, make_product_group
from tests.panel.world import World, add_colleague, build_world

LogIn = Callable[..., Client]


@pytest.fixture
def ours(db: None) -> World:
    return build_world("Candle House")


@pytest.fixture
def theirs(ours: World) -> World:
    """Another store, in which the people of the first one have no role."""
    return build_world("Rival Candles")


@pytest.fixture
def log_in() -> LogIn:
    """`log_in(store, role)`: a client of somebody new with that role there."""

    def enter(store: Store, role: str) -> Client:
        client = Client()
        user = (
            store.staff.filter(role=role).first().user  # type: ignore[union-attr]
            if store.staff.filter(role=role).exists()
            else add_colleague(store, role)
        )
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture
def candles(ours: World) -> World:
    """The store with something to make offers on."""
    make_product_group(ours.store, code="candles", name="Candles", skus=["CANDLE"])
    make_product(ours.store, sku="CANDLE", name="Candle", price=1000)
    return ours


@pytest.fixture
def marketer(candles: World, log_in: LogIn) -> Client:
    return log_in(candles.store, "marketer")
