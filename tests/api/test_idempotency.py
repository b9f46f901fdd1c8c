"""The same key and body: the first answer again. Nothing happens twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.utils import timezone

from shop.models import Activity, Customer, Order
from storefront.api.idempotency import turn_number
from storefront.models import IdempotentRequest
from storefront.prune import prune
from tests.api.conftest import LINE, Api, NewApi, code_of

EVENT = {"events": [{"kind": "visit", "visitor": "0f8fad5b-d9cb-469f-a165-70867728950e"}]}


def test_repeat_answers_as_the_first_did_and_does_nothing(api: Api) -> None:
    first = api.post("/events", EVENT, Idempotency_Key="a")
    again = api.post("/events", EVENT, Idempotency_Key="a")
    assert (
        (first.status_code, first.json())
        == (again.status_code, again.json())
        == (202, {"recorded": 1, "points": 0})
    )
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Activity.objects.filter(kind="visit").count() == 1


def test_without_a_key_events_count_twice(api: Api) -> None:
    api.post("/events", EVENT)
    api.post("/events", EVENT)
    assert Activity.objects.filter(kind="visit").count() == 2


def test_order_of_names_in_the_body_does_not_matter(api: Api) -> None:
    api.ask(
        "POST",
        "/orders",
        b'{"ref":"1","lines":[{"sku":"a","quantity":1,"unit_price":5}]}',
        Idempotency_Key="a",
    )
    again = api.ask(
        "POST",
        "/orders",
        b'{"lines":[{"unit_price":5,"quantity":1,"sku":"a"}],  "ref":"1"}',
        Idempotency_Key="a",
    )
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")


def test_another_body_under_the_same_key_is_422(api: Api) -> None:
    api.post("/orders", {"ref": "1", "lines": [LINE]}, Idempotency_Key="a")
    answer = api.post("/orders", {"ref": "2", "lines": [LINE]}, Idempotency_Key="a")
    assert (answer.status_code, code_of(answer)) == (422, "idempotency_key_reused")
    assert Order.objects.count() == 1


def test_same_body_at_another_address_is_422(api: Api) -> None:
    api.put("/customers/1", {"name": "Anna"}, Idempotency_Key="a")
    answer = api.put("/customers/2", {"name": "Anna"}, Idempotency_Key="a")
    assert code_of(answer) == "idempotency_key_reused"


def test_stores_do_not_share_keys(api: Api, new_api: NewApi) -> None:
    other = new_api("books")
    api.post("/orders", {"ref": "1", "lines": [LINE]}, Idempotency_Key="a")
    answer = other.post("/orders", {"ref": "2", "lines": [LINE]}, Idempotency_Key="a")
    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer


def test_refusal_is_remembered_too_and_left_nothing_behind(api: Api) -> None:
    body = {"lines": [{"sku": "unknown", "quantity": 1}], "customer": "17850"}
    first = api.put("/carts/1", body, Idempotency_Key="a")
    assert (first.status_code, code_of(first)) == (422, "unknown_product")
    assert not Customer.objects.exists()
    api.put("/products/unknown", {"price": 1})
    again = api.put("/carts/1", body, Idempotency_Key="a")
    assert (again.status_code, again["Idempotent-Replayed"]) == (422, "true")
    assert again.json()["errors"] == first.json()["errors"]


def test_answer_with_personal_data_is_not_kept_but_rendered_anew(api: Api) -> None:
    api.put("/customers/17850", {"name": "Anna Petrova", "email": "anna@example.com"}, Idempotency_Key="a")
    kept = IdempotentRequest.objects.get()
    assert (kept.answer, kept.object_ref, kept.status) == (None, "17850", 201)
    again = api.put(
        "/customers/17850", {"email": "anna@example.com", "name": "Anna Petrova"}, Idempotency_Key="a"
    )
    assert again.status_code == 201
    assert again.json()["email"] == "anna@example.com"


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ключ"])
def test_unusable_key_is_400(api: Api, key: str) -> None:
    answer = api.post("/events", EVENT, Idempotency_Key=key)
    assert (answer.status_code, code_of(answer)) == (400, "wrong_idempotency_key")


def test_crash_is_not_remembered(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr("storefront.api.events.note_events", crash)
        answer = api.post("/events", EVENT, Idempotency_Key="a")
        assert (answer.status_code, code_of(answer)) == (503, "unavailable")
    assert api.post("/events", EVENT, Idempotency_Key="a").status_code == 202


@pytest.mark.django_db(transaction=True)
def test_one_order_asked_for_by_20_at_once_is_one_order(new_api: NewApi) -> None:
    api = new_api("candles")
    answers = _at_once(20, lambda: api.post("/orders", {"ref": "1", "lines": [LINE]}, Idempotency_Key="a"))
    assert Order.objects.count() == 1
    assert {answer.status_code for answer in answers} == {201}
    assert Counter(answer.get("Idempotent-Replayed", "first") for answer in answers) == {
        "true": 19,
        "first": 1,
    }
    assert all(answer.json() == answers[0].json() for answer in answers)


@pytest.mark.django_db(transaction=True)
def test_one_order_without_a_key_asked_for_by_20_at_once_is_one_order(new_api: NewApi) -> None:
    api = new_api("candles")
    answers = _at_once(20, lambda: api.post("/orders", {"ref": "1", "lines": [LINE]}))
    assert Order.objects.count() == 1
    assert Counter(answer.status_code for answer in answers) == {200: 19, 201: 1}


@pytest.mark.django_db(transaction=True)
def test_events_of_20_at_once_count_once_and_twenty_times_where_the_turn_is_not_waited_for(
    new_api: NewApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counter-proof: without the lock and the unique key the same 20 requests act more than once."""
    api = new_api("candles")
    _at_once(20, lambda: api.post("/events", EVENT, Idempotency_Key="a"))
    assert Activity.objects.filter(kind="visit").count() == 1

    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE storefront_idempotentrequest DROP CONSTRAINT storefront_idempotentrequest_key_once"
        )
    monkeypatch.setattr("storefront.api.idempotency._wait_for_turn", lambda *_: None)
    _at_once(20, lambda: api.post("/events", EVENT, Idempotency_Key="b"))
    assert Activity.objects.filter(kind="visit").count() > 2


@pytest.mark.django_db(transaction=True)
def test_in_flight_for_over_three_seconds_is_409(new_api: NewApi, monkeypatch: pytest.MonkeyPatch) -> None:
    api = new_api("candles")
    monkeypatch.setattr("storefront.api.idempotency.WAIT", "200ms")
    number = turn_number(api.store.pk, "a")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
        (answer,) = _at_once(1, lambda: api.post("/events", EVENT, Idempotency_Key="a"))
    assert (answer.status_code, code_of(answer)) == (409, "in_flight")
    assert answer["Retry-After"]
    assert api.post("/events", EVENT, Idempotency_Key="a").status_code == 202


def test_key_is_kept_once_by_the_database(api: Api) -> None:
    def keep() -> None:
        IdempotentRequest.objects.create(
            store=api.store, key="a", body_hash=b"", route="", status=200, created_at=timezone.now()
        )

    keep()
    with pytest.raises(IntegrityError, match="storefront_idempotentrequest_key_once"), transaction.atomic():
        keep()


def test_undecided_answers_are_not_kept_by_the_database(api: Api) -> None:
    with pytest.raises(IntegrityError, match="storefront_idempotentrequest_decided_only"):
        IdempotentRequest.objects.create(
            store=api.store, key="a", body_hash=b"", route="", status=500, created_at=timezone.now()
        )


def test_answers_are_kept_for_30_days_and_then_forgotten(api: Api) -> None:
    api.post("/events", EVENT, Idempotency_Key="a")
    now = timezone.now()
    assert prune(at=now + timedelta(days=30)) == 0
    assert prune(at=now + timedelta(days=32)) == 1
    assert not IdempotentRequest.objects.exists()


def _at_once(count: int, ask: Any) -> list[Any]:
    def one(_: int) -> Any:
        try:
            return ask()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
