"""Requests of the API pass by what is there for pages, and keep what is there for everybody."""

from typing import Any

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.api.conftest import Api, code_of


def test_answer_of_the_api_runs_nothing_and_says_how_long_it_is(api: Api) -> None:
    answer = api.get("/store")
    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Length"] == str(len(answer.content))


def test_session_of_the_panel_is_not_even_read(
    api: Api, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = Client()
    client.cookies["sessionid"] = "x" * 32
    with django_assert_num_queries(0):
        answer = client.get("/api/v1/store")
    assert (answer.status_code, answer.cookies.output()) == (401, "")


def test_host_that_is_not_ours_is_refused_in_shape(db: None, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["loyalty.shop.example"]
    answer = Client().get("/api/v1/store", HTTP_HOST="elsewhere.example")
    assert (answer.status_code, code_of(answer), answer["Content-Type"]) == (
        400,
        "bad_request",
        "application/json",
    )


def test_pages_keep_the_long_way(db: None) -> None:
    assert "script-src" in Client().get("/panel/login/")["Content-Security-Policy"]
