"""Long lists come a page at a time; nothing is shown twice or left out."""

import pytest

from shop.models import Customer
from tests.api.conftest import LINE, Api, code_of, places_of
from tests.factories import make_customer, make_order


def test_pages_follow_one_another_to_the_end(api: Api) -> None:
    for n in range(7):
        make_customer(api.store, ref=str(n))
    seen, cursor, sizes = [], "", []
    while True:
        page = api.get(f"/customers?limit=3{cursor}").json()
        sizes.append(len(page["items"]))
        seen += [one["ref"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sizes == [3, 3, 1]
    assert seen == [str(n) for n in range(7)]


def test_page_that_is_exactly_full_is_the_last(api: Api) -> None:
    for n in range(3):
        make_customer(api.store, ref=str(n))
    assert api.get("/customers?limit=3").json()["next"] is None


def test_orders_of_one_moment_are_neither_repeated_nor_lost(api: Api) -> None:
    moment = make_order(api.store, ref="0").placed_at
    for n in range(1, 5):
        make_order(api.store, ref=str(n), placed_at=moment)
    first = api.get("/orders?limit=2").json()
    second = api.get(f"/orders?limit=2&cursor={first['next']}").json()
    third = api.get(f"/orders?limit=2&cursor={second['next']}").json()
    refs = [one["ref"] for page in (first, second, third) for one in page["items"]]
    assert refs == ["4", "3", "2", "1", "0"]


def test_what_arrives_meanwhile_does_not_shift_the_pages(api: Api) -> None:
    api.post("/orders", {"ref": "1", "lines": [LINE]})
    api.post("/orders", {"ref": "2", "lines": [LINE]})
    first = api.get("/orders?limit=1").json()
    api.post("/orders", {"ref": "3", "lines": [LINE]})
    second = api.get(f"/orders?limit=1&cursor={first['next']}").json()
    assert [one["ref"] for one in first["items"] + second["items"]] == ["2", "1"]


def test_orders_of_one_customer(api: Api) -> None:
    api.post("/orders", {"ref": "1", "lines": [LINE], "customer": "17850"})
    api.post("/orders", {"ref": "2", "lines": [LINE], "customer": "13047"})
    assert [one["ref"] for one in api.get("/orders?customer=17850").json()["items"]] == ["1"]
    assert api.get("/orders?customer=nobody").json() == {"items": [], "next": None}
    assert Customer.objects.count() == 2


@pytest.mark.parametrize("limit", ["0", "-1", "101", "many", "1.5", "9" * 30])
def test_limit_is_1_to_100(api: Api, limit: str) -> None:
    answer = api.get(f"/customers?limit={limit}")
    assert answer.status_code == 400
    assert places_of(answer)[0][1] == "limit"
    assert api.get("/customers?limit=100").status_code == 200


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WyJhIl0", "WzFd" * 30, "WzkyMjMzNzIwMzY4NTQ3NzU4MDhd", "%00", "bnVsbA", "é"]
)
def test_cursor_that_is_not_ours_is_400(api: Api, cursor: str) -> None:
    answer = api.get(f"/customers?cursor={cursor}")
    assert answer.status_code == 400
    assert code_of(answer) in ("wrong_cursor", "control_character")
