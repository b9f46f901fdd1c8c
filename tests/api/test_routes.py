"""Every address of the API: its name, its scope, and whose it is."""

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from config.access import ROUTES, By
from shop.keys import SERVER_SCOPES, WIDGET_SCOPES
from storefront.api import urls
from storefront.api.view import ApiView
from tests.api.conftest import Api, NewApi, code_of

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _views() -> list[tuple[URLPattern, Any]]:
    found = [(route, getattr(route.callback, "cls", None)) for route in urls.urlpatterns]
    return [(route, view) for route, view in found if view is not None and issubclass(view, ApiView)]


def test_table_of_access_and_views_name_the_same_scopes() -> None:
    for route, view in _views():
        access = ROUTES[str(route.name)]
        assert access.by is By.SCOPE, route.name
        reading = {scope for method, scope in view.scope.items() if method == "GET"}
        writing = {scope for method, scope in view.scope.items() if method != "GET"}
        assert (set(access.read), set(access.write)) == (reading, writing), route.name


def test_every_method_has_a_scope_and_every_scope_is_known() -> None:
    for route, view in _views():
        methods = {method for method in METHODS if hasattr(view, method.lower())}
        assert methods == set(view.scope), route.name
        assert set(view.scope.values()) <= set(SERVER_SCOPES), route.name
    assert set(WIDGET_SCOPES) <= set(SERVER_SCOPES)


def test_every_route_of_v1_asks_for_a_key(db: None) -> None:
    assert len(_views()) == 51
    for route, view in _views():
        for method in view.scope:
            answer = Client().generic(method, _path(route))
            assert (answer.status_code, code_of(answer)) == (401, "not_authenticated"), route.name


def test_key_without_scopes_opens_nothing(api: Api, new_api: NewApi) -> None:
    powerless = new_api("candles", store=api.store, scopes=[])
    for route, view in _views():
        for method in view.scope:
            answer = powerless.ask(method, _path(route).removeprefix("/api/v1"), {})
            assert (answer.status_code, code_of(answer)) == (403, "missing_scope"), route.name


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "TRACE", "SEARCH"])
def test_method_that_no_view_has_is_405(api: Api, method: str) -> None:
    for route, _view in _views():
        assert api.ask(method, _path(route).removeprefix("/api/v1")).status_code == 405


def test_options_of_a_reader_needs_the_readers_scope(api: Api) -> None:
    assert api.ask("OPTIONS", "/orders").status_code == 200
    assert api.ask("HEAD", "/orders").status_code == 200


def _path(route: URLPattern) -> str:
    path = str(route.pattern)
    for name in ("ref", "sku", "code"):
        path = path.replace(f"<ref:{name}>", "1")
    return f"/api/{path}"
