"""Points given by one customer to another, and what points are owed, over the API."""

import pytest

from loyalty.models import Account, PointsMove
from shop.models import Customer, Store
from tests.api.conftest import Api, code_of
from tests.checkout.reverse import give
from tests.factories import AT, DAY, make_customer, make_points_limits

MOVE = {"ref": "m-1", "to": "bob", "points": 20}


@pytest.fixture
def anna(api: Api) -> Customer:
    store = Store.objects.get(pk=api.store.pk)
    make_points_limits(store, may_move=True, move_max=50, move_month_max=60)
    make_customer(store, ref="bob", joined_at=AT - DAY)
    anna = make_customer(store, ref="anna", joined_at=AT - DAY)
    give(anna, 100, ends_at=AT + 3650 * DAY)
    return anna


def test_points_move_once_under_one_reference(api: Api, anna: Customer) -> None:
    first = api.post("/customers/anna/points/moves", MOVE)
    assert (first.status_code, first.json()["points"], first.json()["to"]) == (201, 20, "bob")
    again = api.post("/customers/anna/points/moves", MOVE)
    assert (again.status_code, again.json()) == (200, first.json())
    assert Account.objects.get(customer=anna).balance == 80
    assert api.get("/customers/bob/points").json()["active"] == 20


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"to": "nobody"}, 422, "unknown_customer"),
        ({"to": "anna"}, 422, "to_oneself"),
        ({"points": 51}, 422, "too_many_points"),
        ({"points": 0}, 400, None),
    ],
)
def test_a_move_that_can_not_be_is_refused(
    api: Api, anna: Customer, change: dict[str, object], status: int, code: str | None
) -> None:
    answer = api.post("/customers/anna/points/moves", MOVE | change)
    assert answer.status_code == status
    assert code is None or code_of(answer) == code
    assert not PointsMove.objects.exists()


def test_a_month_has_its_limit(api: Api, anna: Customer) -> None:
    api.post("/customers/anna/points/moves", MOVE | {"points": 50})
    answer = api.post("/customers/anna/points/moves", MOVE | {"ref": "m-2"})
    assert (answer.status_code, code_of(answer)) == (409, "month_limit_reached")


def test_another_move_under_the_same_reference_is_a_conflict(api: Api, anna: Customer) -> None:
    api.post("/customers/anna/points/moves", MOVE)
    answer = api.post("/customers/anna/points/moves", MOVE | {"points": 21})
    assert (answer.status_code, code_of(answer)) == (409, "move_conflict")


def test_what_points_are_owed_as_of_now_and_as_of_a_day(api: Api, anna: Customer) -> None:
    now = api.get("/reports/points-liability").json()
    assert (now["outstanding"], now["active"], now["flows"]["adjusted"]) == (100, 100, 100)
    assert now["expected_breakage"] is None
    then = api.get("/reports/points-liability?on=2020-01-01&by=recorded").json()
    assert (then["outstanding"], then["by"], then["months"]) == (0, "recorded", [])


@pytest.mark.parametrize("query", ["on=2999-01-01", "on=soon", "by=feeling"])
def test_an_impossible_day_or_clock_is_refused(api: Api, query: str) -> None:
    assert api.get(f"/reports/points-liability?{query}").status_code == 400
