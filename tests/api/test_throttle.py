"""Who asks too often is told how long to wait, by the true address, with Valkey and without it."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from storefront.api import limiter
from storefront.api.address import client_address, same_person
from storefront.api.limiter import Limit, give_back, take
from storefront.models import ThrottleCount
from storefront.prune import prune
from tests.api.conftest import LINE, Api, NewApi, code_of

FIVE = Limit("test", 5, 60)
GUESS = {"lines": [LINE], "codes": ["WRONG-CODE"]}


@pytest.fixture
def widget(api: Api, new_api: NewApi) -> Api:
    return new_api("candles", store=api.store, kind="widget", scopes=["events:write", "quotes:write"])


@pytest.fixture(params=["valkey", "database"])
def _either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Each limit holds with Valkey, and with the database while Valkey is away."""
    monkeypatch.setattr(limiter, "_rest", limiter._Rest())
    if request.param == "database":
        settings.REDIS_URL = "redis://127.0.0.1:1/0"


@pytest.mark.usefixtures("_either")
def test_exactly_the_limit_passes_and_one_more_waits(db: None) -> None:
    assert [take(FIVE, "somebody") for _ in range(5)] == [0] * 5
    assert 58 <= take(FIVE, "somebody") <= 60
    assert take(FIVE, "somebody else") == 0


@pytest.mark.usefixtures("_either")
def test_what_is_given_back_may_be_taken_again(db: None) -> None:
    for _ in range(5):
        take(FIVE, "somebody")
    give_back(FIVE, "somebody", cost=2)
    assert [bool(take(FIVE, "somebody")) for _ in range(3)] == [False, False, True]


@pytest.mark.usefixtures("_either")
def test_window_ends(db: None) -> None:
    short = Limit("short", 1, 1)
    assert take(short, "somebody") == 0
    assert take(short, "somebody") == 1
    time.sleep(1.05)
    assert take(short, "somebody") == 0


@pytest.mark.usefixtures("_either")
@pytest.mark.django_db(transaction=True)
def test_limit_holds_under_50_at_once() -> None:
    def one(_: int) -> int:
        try:
            return take(FIVE, "everybody")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(one, range(50))).count(0) == 5


def test_key_that_asks_too_often_is_429_with_retry_after(api: Api, settings: Settings) -> None:
    settings.API_LIMITS = {**settings.API_LIMITS, "server": "3/60"}
    assert [api.get("/store").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = api.get("/store")
    assert code_of(answer) == "throttled"
    assert 50 <= int(answer["Retry-After"]) <= 60


def test_by_default_3_200_requests_of_one_key_are_not_too_many(settings: Settings) -> None:
    count, seconds = settings.API_LIMITS["server"].split("/")
    assert int(count) >= 3_200 * 2
    assert int(seconds) <= 10


def test_each_address_behind_a_widget_has_its_own_limit(widget: Api, settings: Settings) -> None:
    settings.API_LIMITS = {**settings.API_LIMITS, "widget_address": "2/60"}

    def visit(address: str) -> int:
        body = {"events": [{"kind": "visit", "visitor": VISITOR}]}
        return int(_ask(widget, "/events", body, address).status_code)

    assert [visit("203.0.113.7") for _ in range(3)] == [202, 202, 429]
    assert visit("203.0.113.8") == 202


def test_sixth_wrong_code_from_one_address_waits_however_it_is_spread(widget: Api) -> None:
    answers = [_ask(widget, "/quotes", GUESS, "203.0.113.7") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert code_of(answers[-1]) == "too_many_codes"
    assert 1 <= int(answers[-1]["Retry-After"]) <= 5
    assert _ask(widget, "/quotes", GUESS, "203.0.113.8").status_code == 200


def test_several_codes_at_once_count_as_several(widget: Api) -> None:
    guesses = {"lines": [LINE], "codes": ["WRONG-A", "WRONG-B", "WRONG-C"]}
    assert _ask(widget, "/quotes", guesses, "203.0.113.7").status_code == 200
    assert _ask(widget, "/quotes", guesses, "203.0.113.7").status_code == 429


def test_carts_without_codes_go_on_being_priced(widget: Api) -> None:
    for _ in range(6):
        _ask(widget, "/quotes", GUESS, "203.0.113.7")
    assert _ask(widget, "/quotes", {"lines": [LINE]}, "203.0.113.7").status_code == 200


def test_server_that_names_its_shopper_is_limited_by_the_shopper(api: Api) -> None:
    body = {**GUESS, "client_ip": "203.0.113.7"}
    assert [api.post("/quotes", body).status_code for _ in range(6)] == [200] * 5 + [429]
    assert api.post("/quotes", {**GUESS, "client_ip": "203.0.113.8"}).status_code == 200


def test_server_that_does_not_name_its_shopper_is_not_limited_by_codes(api: Api) -> None:
    assert {api.post("/quotes", GUESS).status_code for _ in range(30)} == {200}


def test_21st_wrong_code_of_one_customer_within_the_hour_waits(api: Api) -> None:
    statuses = [
        api.post("/quotes", {**GUESS, "customer": "17850", "client_ip": f"203.0.113.{n}"}).status_code
        for n in range(21)
    ]
    assert statuses == [200] * 20 + [429]


def test_wrong_codes_in_orders_count_too(api: Api) -> None:
    def order(ref: int) -> int:
        body = {"ref": str(ref), "lines": [LINE], "codes": ["WRONG-CODE"], "client_ip": "203.0.113.7"}
        return int(api.post("/orders", body).status_code)

    assert [order(ref) for ref in range(6)] == [409] * 5 + [429]


def test_client_ip_must_be_an_address(api: Api) -> None:
    answer = api.post("/quotes", {**GUESS, "client_ip": "somewhere"})
    assert (answer.status_code, code_of(answer)) == (400, "wrong_form")


def test_forwarded_address_is_not_believed_from_strangers(widget: Api) -> None:
    statuses = [
        _ask(widget, "/quotes", GUESS, "198.51.100.1", forwarded=f"203.0.113.{n}").status_code
        for n in range(6)
    ]
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7", "203.0.113.7"),  # whatever the shopper wrote stands further left
        ("203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("", "10.0.0.1"),
    ],
)
def test_forwarded_address_is_believed_as_far_as_trusted_proxies_wrote_it(
    settings: Settings, rf: Any, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded} if forwarded else {})
    assert client_address(request) == address


def test_ipv6_network_counts_as_one_person() -> None:
    assert same_person("2001:db8:1:2::1") == same_person("2001:db8:1:2:ffff::9")
    assert same_person("2001:db8:1:2::1") != same_person("2001:db8:1:3::1")
    assert same_person("::ffff:203.0.113.7") == same_person("203.0.113.7")


def test_counters_hold_no_address(db: None, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(limiter, "_rest", limiter._Rest())
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    take(FIVE, "203.0.113.7")
    assert "203.0.113.7" not in ThrottleCount.objects.get().key


def test_counter_below_zero_is_refused_by_the_database(db: None) -> None:
    with pytest.raises(IntegrityError, match="storefront_throttlecount_not_negative"):
        ThrottleCount.objects.create(key="a", used=-1, ends_at=timezone.now())


def test_ended_counters_are_forgotten(db: None) -> None:
    now = timezone.now()
    ThrottleCount.objects.create(key="ended", used=1, ends_at=now - timedelta(seconds=1))
    ThrottleCount.objects.create(key="running", used=1, ends_at=now + timedelta(seconds=1))
    assert prune(at=now) == 1
    assert ThrottleCount.objects.get().key == "running"


VISITOR = "0f8fad5b-d9cb-469f-a165-70867728950e"


def _ask(api: Api, path: str, body: Any, address: str, *, forwarded: str = "") -> Any:
    headers = {"Authorization": f"Bearer {api.secret}"} | (
        {"X-Forwarded-For": forwarded} if forwarded else {}
    )
    return Client(REMOTE_ADDR=address).post(
        f"/api/v1{path}", body, content_type="application/json", headers=headers
    )
