"""Card plans, and who holds which card."""

from typing import Any

import pytest

from clubcards.models import Membership
from shop.models import Activity, Customer
from storefront.models import IdempotentRequest
from tests.api.conftest import LINE, Api, NewApi, code_of, places_of

VIP = {"name": "VIP club", "kind": "vip", "discount_bp": 1000, "line_limit_bp": 3000, "free_delivery_from": 0}


@pytest.fixture
def anna(api: Api) -> Customer:
    return Customer.objects.create(store=api.store, ref="anna")


def plan(api: Api, code: str = "vip", **settings: Any) -> Any:
    return api.put(f"/cards/plans/{code}", VIP | settings)


def give(api: Api, ref: str = "anna", **body: Any) -> Any:
    return api.post(f"/customers/{ref}/cards", {"plan": "vip"} | body)


def test_a_plan_is_set_up_and_then_changed(api: Api) -> None:
    made = plan(api)
    assert (made.status_code, made.json()["discount_offer"]) == (201, "card-vip")
    changed = api.put("/cards/plans/vip", {"discount_bp": 500})
    assert (changed.status_code, changed.json()["discount_bp"], changed.json()["name"]) == (
        200,
        500,
        "VIP club",
    )
    assert api.get("/cards/plans/vip").json() == changed.json()


def test_plans_are_listed_oldest_first(api: Api) -> None:
    plan(api)
    plan(api, "premium", kind="premium")
    assert [one["code"] for one in api.get("/cards/plans").json()["items"]] == ["vip", "premium"]


def test_null_takes_a_limit_and_free_delivery_away(api: Api) -> None:
    plan(api)
    changed = api.put("/cards/plans/vip", {"line_limit_bp": None, "free_delivery_from": None}).json()
    assert (changed["line_limit_bp"], changed["free_delivery_from"]) == (None, None)


def test_a_member_pays_less_as_soon_as_the_card_is_given(api: Api, anna: Customer) -> None:
    plan(api)
    before = api.post("/quotes", {"customer": "anna", "lines": [LINE]}).json()
    given = give(api)
    after = api.post("/quotes", {"customer": "anna", "lines": [LINE]}).json()
    assert (given.status_code, before["payable"], after["payable"]) == (201, 1530, 1377)
    # Cards that the customer does not hold are no news at a checkout.
    assert not [one for one in before["refused"] if one["offer"] == "card-vip"]


def test_given_twice_it_is_one_card(api: Api, anna: Customer) -> None:
    plan(api)
    first, again = give(api), give(api)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_a_till_finds_the_customer_by_the_number(api: Api, anna: Customer) -> None:
    plan(api)
    number = give(api).json()["number"]
    found = api.get(f"/cards/{number}").json()
    assert (found["customer"], found["plan"], found["is_held"]) == ("anna", "vip", True)
    spaced = f"{number[:4]} {number[4:8]} {number[8:]}"
    assert api.get(f"/cards/{spaced.replace(' ', '%20')}").json() == found


def test_an_ended_card_gives_nothing_and_ends_once(api: Api, anna: Customer) -> None:
    plan(api)
    number = give(api).json()["number"]
    first = api.post(f"/cards/{number}/end", None).json()
    again = api.post(f"/cards/{number}/end", None).json()
    assert (first["is_held"], again) == (False, first)
    assert api.post("/quotes", {"customer": "anna", "lines": [LINE]}).json()["payable"] == 1530
    assert Activity.objects.filter(customer=anna, kind="card.ended").count() == 1


def test_a_customers_cards_are_listed_newest_first(api: Api, anna: Customer) -> None:
    plan(api)
    first = give(api).json()["number"]
    api.post(f"/cards/{first}/end", None)
    second = give(api).json()["number"]
    items = api.get("/customers/anna/cards").json()["items"]
    assert [(one["number"], one["is_held"]) for one in items] == [(second, True), (first, False)]


def test_the_remembered_answer_holds_no_link(api: Api, anna: Customer) -> None:
    plan(api)
    first = api.post("/customers/anna/cards", {"plan": "vip"}, Idempotency_Key="give-1")
    again = api.post("/customers/anna/cards", {"plan": "vip"}, Idempotency_Key="give-1")
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert IdempotentRequest.objects.get(key="give-1").answer is None


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"discount_bp": 10_001}, ("out_of_range", "discount_bp")),
        ({"discount_bp": -1}, ("out_of_range", "discount_bp")),
        ({"group": "nowhere"}, ("unknown_group", "group")),
        ({"discount": 10}, ("unknown_field", "discount")),
        ({"name": ""}, ("too_short", "name")),
    ],
)
def test_what_a_plan_cannot_be_is_refused_with_its_place(
    api: Api, body: dict[str, Any], fault: tuple[str, str]
) -> None:
    answer = api.put("/cards/plans/vip", body)
    assert answer.status_code in (400, 422)
    assert fault[1] in [attr for _, attr in places_of(answer)]


@pytest.mark.parametrize("code", ["VIP", "v.i.p", "x" * 41, "%D0%B2%D0%B8%D0%BF"])
def test_a_plans_code_is_small_letters_digits_and_hyphens(api: Api, code: str) -> None:
    assert code_of(plan(api, code)) == "wrong_code"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"plan": "gold"}, 422, "unknown_plan"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, 422, "ends_in_past"),
        ({"ends_at": "9999-12-31T23:59:59-14:00"}, 400, "too_late"),
    ],
)
def test_a_card_that_cannot_be_given(
    api: Api, anna: Customer, body: dict[str, Any], status: int, code: str
) -> None:
    plan(api)
    answer = give(api, **body)
    assert (answer.status_code, code_of(answer)) == (status, code)


def test_a_card_held_until_another_moment_is_a_conflict(api: Api, anna: Customer) -> None:
    plan(api)
    give(api)
    answer = give(api, ends_at="2090-01-01T00:00:00Z")
    assert (answer.status_code, code_of(answer)) == (409, "already_held")


def test_a_plan_out_of_use_gives_no_card(api: Api, anna: Customer) -> None:
    plan(api, is_active=False)
    answer = give(api)
    assert (answer.status_code, code_of(answer)) == (409, "plan_closed")


def test_customers_and_cards_that_are_not_there_are_404(api: Api, anna: Customer) -> None:
    plan(api)
    for answer in (give(api, "nobody"), api.get("/cards/123456789012"), api.get("/customers/nobody/cards")):
        assert (answer.status_code, code_of(answer)) == (404, "not_found")


def test_another_store_sees_and_ends_nothing(api: Api, anna: Customer, new_api: NewApi) -> None:
    plan(api)
    number = give(api).json()["number"]
    theirs = new_api("books")
    answers = [
        theirs.get("/cards/plans/vip"),
        theirs.get(f"/cards/{number}"),
        theirs.get("/customers/anna/cards"),
        theirs.post(f"/cards/{number}/end", None),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert Membership.objects.get().ends_at is None
