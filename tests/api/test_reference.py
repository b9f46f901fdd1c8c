"""The reference at /api/docs/: complete, in words, and from this host alone."""

import re
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator


@pytest.fixture(scope="module")
def schema() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


def _operations(schema: Any) -> list[tuple[str, Any]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def test_schema_is_openapi_3_1_with_a_bearer_key(schema: Any) -> None:
    assert schema["openapi"] == "3.1.0"
    assert schema["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert "Idempotency-Key" in schema["info"]["description"]


def test_every_operation_is_described(schema: Any) -> None:
    assert len(_operations(schema)) == 59
    for name, operation in _operations(schema):
        assert operation["summary"], name
        assert "A view is parse" not in operation["description"], name
        assert operation["security"] == [{"key": []}], name
        assert {"400", "401", "403", "429", "503"} <= set(operation["responses"]), name
        assert all(answer["description"] for answer in operation["responses"].values()), name


def test_every_write_has_an_example_that_fits_its_body(schema: Any) -> None:
    for name, operation in _operations(schema):
        if "requestBody" not in operation:
            continue
        content = operation["requestBody"]["content"]["application/json"]
        assert operation["requestBody"]["required"], name
        assert content["examples"], name


def test_every_reference_leads_somewhere(schema: Any) -> None:
    named = set(re.findall(r"#/components/schemas/(\w+)", str(schema)))
    assert named <= set(schema["components"]["schemas"])


def test_pages_load_nothing_from_another_host(db: None) -> None:
    page = Client().get("/api/docs/")
    assert page.status_code == 200
    script = Client().get("/api/docs/?script=")
    for answer in (page, script):
        loaded = re.findall(r"(?:src|href|url)\s*[=:]\s*[\"']([^\"']+)", answer.content.decode())
        assert all(not address.startswith(("http", "//")) for address in loaded), loaded
    assert "script-src" in page["Content-Security-Policy"]
    assert "<script>" not in page.content.decode()


def test_schema_is_served(db: None) -> None:
    answer = Client().get("/api/schema/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert "/api/v1/quotes" in answer.content.decode()
