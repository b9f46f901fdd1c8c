"""A store with a server's key, and a client that speaks JSON with it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import redis
from django.conf import settings
from django.test import Client

from shop.keys import SERVER_SCOPES, issue_key
from shop.models import ApiKey, Store

LINE = {"sku": "85123A", "quantity": 6, "unit_price": 255}


@dataclass(frozen=True)
class Api:
    """Calls /api/v1 with one key. Bodies that are bytes go out as they are."""

    store: Store
    key: ApiKey
    secret: str

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.ask("PUT", path, body, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = "application/json",
        **headers: str,
    ) -> Any:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.secret}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return Client().generic(method, f"/api/v1{path}", data, content_type=content_type, headers=sent)


NewApi = Callable[..., Api]


@pytest.fixture
def new_api() -> NewApi:
    """Makes a store of its own with a key."""

    def make(
        code: str, *, kind: str = "server", scopes: Any = SERVER_SCOPES, store: Store | None = None
    ) -> Api:
        store = store or Store.objects.create(code=code, name=code.title(), currency="GBP")
        key, secret = issue_key(store, name="Storefront", kind=kind, scopes=scopes)
        return Api(store, key, secret)

    return make


@pytest.fixture
def api(db: None, new_api: NewApi) -> Api:
    return new_api("candles")


@pytest.fixture(autouse=True)
def _no_limits_used_up() -> None:
    """Counters outlive a test's transaction, and keys' numbers come again in the next one."""
    valkey = redis.Redis.from_url(settings.REDIS_URL)
    if names := list(valkey.scan_iter("limit:*")):
        valkey.delete(*names)


def code_of(answer: Any) -> str:
    """The error's code; the shape is checked on the way."""
    body = answer.json()
    assert set(body) >= {"type", "code", "detail", "errors", "request_id"}, body
    assert body["errors"], body
    assert all(set(one) == {"code", "detail", "attr"} for one in body["errors"]), body
    assert body["request_id"] == answer["X-Request-Id"]
    return str(body["code"])


def places_of(answer: Any) -> list[tuple[str, str | None]]:
    """(code, attr) of every fault."""
    return [(one["code"], one["attr"]) for one in answer.json()["errors"]]
