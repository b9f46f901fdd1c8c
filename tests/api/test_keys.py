"""Who may call: keys, scopes, stores."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from shop.keys import KeyRefused, issue_key, revoke_key
from shop.models import ApiKey
from tests.api.conftest import LINE, Api, NewApi, code_of


def test_key_opens_its_own_store(api: Api) -> None:
    answer = api.get("/store")
    assert answer.status_code == 200
    assert answer.json()["code"] == "candles"
    assert answer.json()["currency"] == "GBP"


def test_without_a_key_the_answer_is_401_and_names_the_scheme(db: None) -> None:
    answer = Client().get("/api/v1/store")
    assert (answer.status_code, code_of(answer)) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("secret", ["rk_wrong", "sk_live", "", "rk_" + "x" * 5000, "rk_ключ"])
def test_wrong_key_is_401(api: Api, secret: str) -> None:
    answer = Client().get("/api/v1/store", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, code_of(answer)) == (401, "wrong_key")


def test_revoked_key_is_401(api: Api) -> None:
    revoke_key(api.key, at=timezone.now())
    assert code_of(api.get("/store")) == "wrong_key"


def test_key_works_until_its_end_and_no_longer(api: Api) -> None:
    ApiKey.objects.update(ends_at=timezone.now() + timedelta(minutes=1))
    assert api.get("/store").status_code == 200
    ApiKey.objects.update(ends_at=timezone.now())
    assert code_of(api.get("/store")) == "wrong_key"


def test_two_keys_live_side_by_side_while_one_replaces_the_other(api: Api, new_api: NewApi) -> None:
    other = new_api("candles", store=api.store)
    assert api.get("/store").status_code == other.get("/store").status_code == 200


def test_secret_is_not_kept(api: Api) -> None:
    api.key.refresh_from_db()
    assert api.key.prefix == api.secret[:11]
    assert api.secret.encode() not in bytes(api.key.digest)
    assert len(bytes(api.key.digest)) == 32


def test_last_use_is_noted_once_a_minute(api: Api) -> None:
    api.get("/store")
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    api.get("/store")
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(seconds=61))
    api.get("/store")
    noted = ApiKey.objects.get().last_used_at
    assert noted is not None
    assert noted >= first


def test_scope_that_is_missing_is_named(api: Api, new_api: NewApi) -> None:
    reader = new_api("candles", store=api.store, scopes=["orders:read"])
    assert reader.get("/orders").status_code == 200
    answer = reader.post("/orders", {"ref": "1", "lines": [LINE]})
    assert (answer.status_code, code_of(answer)) == (403, "missing_scope")
    assert "orders:write" in answer.json()["detail"]


def test_widget_key_can_not_be_given_a_servers_scope(api: Api) -> None:
    with pytest.raises(KeyRefused, match="customers:read"):
        issue_key(api.store, name="Widget", kind="widget", scopes=["events:write", "customers:read"])


def test_widget_key_learns_nothing_about_customers(api: Api, new_api: NewApi) -> None:
    widget = new_api("candles", store=api.store, kind="widget", scopes=["events:write", "quotes:write"])
    for path in ("/store", "/customers", "/customers/17850", "/orders/1", "/campaigns"):
        assert code_of(widget.get(path)) == "missing_scope"
    answer = widget.post("/quotes", {"lines": [LINE], "customer": "17850"})
    assert (answer.status_code, code_of(answer)) == (403, "customer_not_allowed")
    answer = widget.post("/events", {"events": [{"kind": "visit", "customer": "17850"}]})
    assert (answer.status_code, code_of(answer)) == (403, "customer_not_allowed")


def test_nothing_of_another_store_is_found(api: Api, new_api: NewApi) -> None:
    other = new_api("books")
    api.put("/customers/17850", {"name": "Anna"})
    api.put("/products/85123A", {"price": 255})
    assert api.post("/orders", {"ref": "536365", "customer": "17850", "lines": [LINE]}).status_code == 201
    for path in ("/customers/17850", "/customers/17850/points", "/products/85123A", "/orders/536365"):
        assert api.get(path).status_code == 200
        answer = other.get(path)
        assert (answer.status_code, code_of(answer)) == (404, "not_found"), path
    for path in ("/customers", "/products", "/orders", "/campaigns"):
        assert other.get(path).json()["items"] == []


def test_the_same_references_in_two_stores_are_two_things(api: Api, new_api: NewApi) -> None:
    other = new_api("books")
    assert api.put("/customers/17850", {"name": "Anna"}).status_code == 201
    assert other.put("/customers/17850", {"name": "Boris"}).status_code == 201
    assert api.get("/customers/17850").json()["name"] == "Anna"
    assert api.post("/orders", {"ref": "1", "lines": [LINE]}).status_code == 201
    assert other.post("/orders", {"ref": "1", "lines": [LINE]}).status_code == 201
