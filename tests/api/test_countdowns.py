"""The countdown of an offer: started by whoever shows it, kept by us."""

from typing import Any
from uuid import uuid4

import pytest

from shop.models import Visitor
from tests.api.conftest import LINE, Api, NewApi, code_of, places_of
from tests.factories.offers_that_run import run_offer

COOKIE = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def rush(api: Api) -> Api:
    run_offer(
        api.store, code="rush", lane="sale", audience={"kind": "everyone"}, schedule={"personal_hours": 2}
    )
    return api


def price(api: Api, **who: str) -> int:
    body: dict[str, Any] = {"lines": [LINE], **who}
    return int(api.post("/quotes", body).json()["payable"])


def test_the_first_showing_starts_it_and_the_next_tells_what_is_left(rush: Api) -> None:
    first = rush.post("/offers/rush/countdown", {"visitor": COOKIE})
    again = rush.post("/offers/rush/countdown", {"visitor": COOKIE})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["ends_at"] == again.json()["ends_at"]
    assert first.json()["seconds_left"] == 7200
    assert again.json()["seconds_left"] <= 7200


def test_only_whoever_was_shown_it_gets_it(rush: Api) -> None:
    rush.post("/offers/rush/countdown", {"visitor": COOKIE})
    assert price(rush, visitor=COOKIE) == 1377
    assert price(rush, visitor=str(uuid4())) == 1530
    assert price(rush) == 1530


def test_a_widget_may_start_it_for_its_visitor_only(rush: Api, new_api: NewApi) -> None:
    widget = new_api("candles", kind="widget", scopes=["events:write"], store=rush.store)
    assert widget.post("/offers/rush/countdown", {"visitor": COOKIE}).status_code == 201
    answer = widget.post("/offers/rush/countdown", {"customer": "17850"})
    assert (answer.status_code, code_of(answer)) == (403, "customer_not_allowed")


def test_somebody_has_to_be_named(rush: Api) -> None:
    answer = rush.post("/offers/rush/countdown", {})
    assert (answer.status_code, places_of(answer)) == (400, [("nobody", "visitor")])


def test_an_unknown_offer_and_one_without_a_countdown_leave_nothing_behind(rush: Api) -> None:
    run_offer(rush.store, code="plain", lane="sale", audience={"kind": "everyone"})
    unknown = rush.post("/offers/nobodys/countdown", {"visitor": COOKIE})
    plain = rush.post("/offers/plain/countdown", {"visitor": COOKIE})
    assert (unknown.status_code, code_of(unknown)) == (404, "offer_unknown")
    assert (plain.status_code, code_of(plain)) == (409, "no_countdown")
    assert not Visitor.objects.exists()


def test_another_stores_offer_is_unknown(rush: Api, new_api: NewApi) -> None:
    theirs = new_api("soaps")
    assert theirs.post("/offers/rush/countdown", {"visitor": COOKIE}).status_code == 404
