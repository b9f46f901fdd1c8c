"""A sandbox's clock: forward only, obeyed by everything, and nowhere else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop.models import Activity, Customer, Order, Store
from shop.move_clock import (
    AHEAD_MAX,
    ClockGoesForward,
    ClockTooFar,
    NotASandbox,
    move_clock_by,
    move_clock_to,
)
from tests.api.conftest import LINE, Api, NewApi, code_of

DAY = 86_400


@pytest.fixture
def sandbox(db: None, new_api: NewApi) -> Api:
    store = Store.objects.create(code="sandbox", name="Sandbox", currency="GBP", is_sandbox=True)
    return new_api("sandbox", store=store)


def moment(answer: Any) -> datetime:
    assert answer.status_code == 200, answer.content
    return datetime.fromisoformat(answer.json()["now"])


def days_ahead(shown: datetime) -> float:
    return (shown - timezone.now()).total_seconds() / DAY


def test_clock_moves_forward_and_shows_it(sandbox: Api) -> None:
    assert abs(days_ahead(moment(sandbox.get("/sandbox/clock")))) < 0.01
    for days in (1, 2, 3):
        shown = moment(sandbox.put("/sandbox/clock", {"forward_seconds": DAY}))
        assert abs(days_ahead(shown) - days) < 0.01
    assert sandbox.get("/sandbox/clock").json()["ahead_seconds"] == 3 * DAY
    assert abs(days_ahead(moment(sandbox.get("/store"))) - 3) < 0.01


def test_clock_is_set_to_a_moment_and_runs_on(sandbox: Api) -> None:
    to = timezone.now() + timedelta(days=365)
    shown = moment(sandbox.put("/sandbox/clock", {"now": to.isoformat()}))
    assert to <= shown < to + timedelta(seconds=30)


def test_clock_does_not_go_back(sandbox: Api) -> None:
    sandbox.put("/sandbox/clock", {"forward_seconds": DAY})
    answer = sandbox.put("/sandbox/clock", {"now": (timezone.now() + timedelta(hours=23)).isoformat()})
    assert (answer.status_code, code_of(answer)) == (422, "clock_goes_forward")
    assert sandbox.get("/sandbox/clock").json()["ahead_seconds"] == DAY
    assert sandbox.put("/sandbox/clock", {"forward_seconds": -1}).status_code == 400


def test_clock_stays_within_ten_years(sandbox: Api) -> None:
    for body in ({"now": "2100-01-01T00:00:00Z"}, {"now": "9999-12-31T23:59:59Z"}):
        answer = sandbox.put("/sandbox/clock", body)
        assert (answer.status_code, code_of(answer)) == (422, "clock_too_far")
    most = AHEAD_MAX // timedelta(seconds=1)
    assert sandbox.put("/sandbox/clock", {"forward_seconds": most}).status_code == 200
    assert code_of(sandbox.put("/sandbox/clock", {"forward_seconds": 1})) == "clock_too_far"


@pytest.mark.parametrize(
    "body",
    [{}, {"now": "2027-01-01T00:00:00Z", "forward_seconds": 1}, {"now": "soon"}, {"forward_seconds": 1.5}],
)
def test_exactly_one_of_both_is_given(body: dict[str, object], sandbox: Api) -> None:
    assert sandbox.put("/sandbox/clock", body).status_code == 400


def test_a_real_store_has_no_clock_of_its_own(api: Api) -> None:
    for answer in (api.get("/sandbox/clock"), api.put("/sandbox/clock", {"forward_seconds": DAY})):
        assert (answer.status_code, code_of(answer)) == (403, "not_a_sandbox")
    assert Store.objects.get(pk=api.store.pk).clock_shift_seconds == 0


def test_key_without_the_scope_may_not_move_it(sandbox: Api, new_api: NewApi) -> None:
    weak = new_api("weak", scopes=["store:read"], store=sandbox.store)
    answer = weak.put("/sandbox/clock", {"forward_seconds": DAY})
    assert (answer.status_code, code_of(answer)) == (403, "missing_scope")


def test_repeated_request_moves_it_once(sandbox: Api) -> None:
    for _ in range(2):
        sandbox.put("/sandbox/clock", {"forward_seconds": DAY}, Idempotency_Key="one-day")
    assert sandbox.get("/sandbox/clock").json()["ahead_seconds"] == DAY


def test_another_stores_clock_stands(sandbox: Api, api: Api) -> None:
    sandbox.put("/sandbox/clock", {"forward_seconds": 400 * DAY})
    assert abs(days_ahead(moment(api.get("/store")))) < 0.01


def test_orders_activity_and_carts_carry_the_stores_moment(sandbox: Api) -> None:
    sandbox.put("/sandbox/clock", {"forward_seconds": 100 * DAY})
    assert sandbox.post("/orders", {"ref": "1", "customer": "17850", "lines": [LINE]}).status_code == 201
    cart = sandbox.put("/carts/1", {"customer": "17850", "lines": [LINE]}).json()
    moments = [
        Order.objects.get().placed_at,
        Customer.objects.get().last_order_at,
        Activity.objects.get(kind="order.placed").at,
        datetime.fromisoformat(cart["changed_at"]),
    ]
    assert all(shown and abs(days_ahead(shown) - 100) < 0.01 for shown in moments), moments


def test_quote_token_ages_by_the_sandbox_clock(sandbox: Api) -> None:
    token = sandbox.post("/quotes", {"lines": [LINE]}).json()["quote_token"]
    sandbox.put("/sandbox/clock", {"forward_seconds": 1801})
    answer = sandbox.post("/orders", {"ref": "1", "lines": [LINE], "quote_token": token})
    assert (answer.status_code, code_of(answer)) == (409, "quote_token_expired")


def test_verb_refuses_by_itself(db: None) -> None:
    now = datetime(2026, 5, 10, 9, 0, tzinfo=UTC)
    real = Store.objects.create(code="real", name="Real", currency="GBP")
    own = Store.objects.create(code="own", name="Own", currency="GBP", is_sandbox=True)
    with pytest.raises(NotASandbox):
        move_clock_to(real, now, now=now)
    with pytest.raises(NotASandbox):
        move_clock_by(real, timedelta(0), now=now)
    with pytest.raises(ClockGoesForward):
        move_clock_to(own, now - timedelta(microseconds=1_000_001), now=now)
    with pytest.raises(ClockGoesForward):
        move_clock_by(own, timedelta(seconds=-1), now=now)
    with pytest.raises(ClockTooFar):
        move_clock_to(own, now + AHEAD_MAX + timedelta(seconds=1), now=now)
    assert move_clock_to(own, now + timedelta(microseconds=1), now=now) == now + timedelta(seconds=1)
    assert move_clock_to(own, now + timedelta(seconds=1), now=now) == now + timedelta(seconds=1)
