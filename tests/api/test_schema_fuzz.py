"""Whatever fits the schema, and much that does not: no answer is a 5xx, and each looks as the reference says."""

from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connection
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.api.conftest import LINE, Api
from tests.api.test_quotes import public_code

EXAMPLES_EACH = 10
CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance]

pytestmark = pytest.mark.django_db


def _schema() -> Any:
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()
    return schema


SCHEMA = _schema()
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fits", "does not fit"]
)
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_no_request_brings_a_server_error(
    api: Api, name: str, mode: GenerationMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A real server would begin each request with a connection of its own; here the test's transaction goes on.
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    api.put("/customers/17850", {"name": "Anna", "joined_at": "2026-01-01T00:00:00Z"})
    api.put("/products/85123A", {"price": 255})
    api.post("/orders", {"ref": "536365", "customer": "17850", "lines": [LINE], "codes": [public_code(api)]})
    headers = {"Authorization": f"Bearer {api.secret}"}

    @seed(20261124)
    @settings(
        max_examples=EXAMPLES_EACH,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def ask(data: Any) -> None:
        case = data.draw(OPERATIONS[name].as_strategy(generation_mode=mode))
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()
