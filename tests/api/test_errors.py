"""Every error has one shape, whatever is wrong with the request; nothing that is sent brings a 500."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.api.conftest import LINE, Api, code_of, places_of

BODY = {"ref": "536365", "lines": [LINE]}


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/", "/api/v2/store", "/api/v1/customers/a/b", "/api/v1/store/"]
)
def test_unknown_address_is_404_in_shape(db: None, path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, code_of(answer)) == (404, "not_found")


def test_wrong_method_is_405(api: Api) -> None:
    answer = api.ask("DELETE", "/customers/17850")
    assert (answer.status_code, code_of(answer)) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json; charset=latin-1"],
)
def test_other_media_types_are_415(api: Api, content_type: str) -> None:
    answer = api.ask("POST", "/orders", json.dumps(BODY).encode(), content_type=content_type)
    assert (answer.status_code, code_of(answer)) == (415, "unsupported_media_type")


def test_packed_body_is_415_and_never_unpacked(api: Api) -> None:
    answer = api.ask("POST", "/orders", b"\x1f\x8b" + b"0" * 100, Content_Encoding="gzip")
    assert (answer.status_code, code_of(answer)) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"ref": "1", "lines": [', "broken_json"),
        (b"", "wrong_type"),
        (b"null", "wrong_type"),
        (b"[]", "wrong_type"),
        (b'"text"', "wrong_type"),
        (b"NaN", "broken_json"),
        (b'{"ref": "\\ud800", "lines": []}', "broken_json"),
        (b'{"delivery": 1e999}', "broken_json"),
        ('{"ref": "№"}'.encode("cp1251"), "wrong_encoding"),
        ('{"ref": "1"}'.encode("utf-16"), "wrong_encoding"),
        (b'{"ref": "a\\u0000b", "lines": []}', "control_character"),
        (b'{"a\\u0000b": 1}', "control_character"),
        (b'{"ref": "a\\nb", "lines": []}', "control_character"),
        (b'{"delivery": 9223372036854775808}', "too_large"),
        (b'{"delivery": ' + b"9" * 4000 + b"}", "too_large"),
        (b'{"delivery": -9223372036854775809}', "too_large"),
        (b"[" * 100 + b"]" * 100, "too_deep"),
        (b"[" * 200_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
    ],
)
def test_what_can_not_be_read_is_400(api: Api, body: bytes, code: str) -> None:
    answer = api.ask("POST", "/orders", body)
    assert answer.status_code == 400, answer.content
    if body:
        assert code_of(answer) == code


def test_byte_order_mark_is_passed_over(api: Api) -> None:
    assert api.ask("POST", "/orders", b"\xef\xbb\xbf" + json.dumps(BODY).encode()).status_code == 201


def test_huge_body_is_413(api: Api) -> None:
    answer = api.ask("POST", "/orders", b'{"ref": "' + b"x" * settings.API_BODY_BYTES_MAX + b'"}')
    assert (answer.status_code, code_of(answer)) == (413, "too_large")


def test_500_lines_are_taken_and_501_are_not(api: Api) -> None:
    assert api.post("/quotes", {"lines": [LINE] * 500}).status_code == 200
    answer = api.post("/quotes", {"lines": [LINE] * 501})
    assert answer.status_code == 400
    assert places_of(answer) == [("too_long", "lines")]


@pytest.mark.parametrize("path", ["/orders", "/quotes"])
def test_10_000_lines_are_refused_clearly(api: Api, path: str) -> None:
    answer = api.post(path, {"lines": [LINE] * 10_000})
    assert answer.status_code == 400
    assert ("too_long", "lines") in places_of(answer)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"quantity": -1}, ("too_small", "lines.0.quantity")),
        ({"quantity": 0}, ("too_small", "lines.0.quantity")),
        ({"quantity": 1.5}, ("wrong_type", "lines.0.quantity")),
        ({"quantity": True}, ("wrong_type", "lines.0.quantity")),
        ({"quantity": "2"}, ("wrong_type", "lines.0.quantity")),
        ({"quantity": 10**12}, ("too_large", "lines.0.quantity")),
        ({"unit_price": -1}, ("too_small", "lines.0.unit_price")),
        ({"unit_price": 10**12 + 1}, ("too_large", "lines.0.unit_price")),
        ({"sku": ""}, ("too_short", "lines.0.sku")),
        ({"sku": "x" * 65}, ("too_long", "lines.0.sku")),
        ({"skuu": "x"}, ("unknown_field", "lines.0.skuu")),
    ],
)
def test_fault_of_a_line_says_where_it_is(api: Api, change: dict[str, Any], fault: tuple[str, str]) -> None:
    answer = api.post("/orders", {"ref": "1", "lines": [{**LINE, **change}]})
    assert answer.status_code == 400
    assert fault in places_of(answer)


def test_all_faults_are_told_at_once(api: Api) -> None:
    answer = api.post("/orders", {"lines": [LINE, {"sku": "a", "quantity": 0}], "deliveri": 1})
    assert places_of(answer) == [
        ("too_small", "lines.1.quantity"),
        ("required", "lines.1.unit_price"),
        ("required", "ref"),
        ("unknown_field", "deliveri"),
    ]


@pytest.mark.parametrize("ref", ["%00", "a%00b", "%0a", "x" * 65, "%ff%fe", "a%2Fb", "%F0%9F%8E%81" * 64])
def test_odd_references_in_the_address_do_no_harm(api: Api, ref: str) -> None:
    assert api.get(f"/customers/{ref}").status_code == 404
    assert api.put(f"/customers/{ref}", {}).status_code in (201, 404)


def test_request_id_of_the_caller_comes_back(api: Api) -> None:
    assert api.get("/store", X_Request_Id="shop-12345678")["X-Request-Id"] == "shop-12345678"
    assert api.get("/store", X_Request_Id="<script>")["X-Request-Id"] != "<script>"


def test_crash_is_500_in_shape(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("storefront.api.stores.StoreOut", crash)
    client = Client(raise_request_exception=False)
    answer = client.get("/api/v1/store", headers={"Authorization": f"Bearer {api.secret}"})
    assert (answer.status_code, code_of(answer)) == (500, "internal")
    assert b"secret" not in answer.content


def test_errors_are_json_for_whoever_asks_for_html(db: None) -> None:
    answer = Client().get("/api/v1/store", headers={"Accept": "text/html"})
    assert answer["Content-Type"] == "application/json"
    assert answer.status_code in (401, 406)
