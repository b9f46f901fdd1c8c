"""Gift balances over the API: issued, looked at, paid with, refunded, taken back; their codes kept to themselves."""

from typing import Any

import pytest
from django.utils import timezone

from coupons.models import GiftBalance
from shop.models import Activity, Customer, Product
from storefront.models import IdempotentRequest
from tests.api.conftest import Api, NewApi, code_of, places_of
from tests.factories import make_customer, make_product

MUG = {"sku": "MUG", "quantity": 1, "unit_price": 1000}
WRONG = "K7MP-2QXA-9RTB-WXYZ"


@pytest.fixture
def anna(api: Api) -> Customer:
    return make_customer(api.store, ref="anna")


def issue(api: Api, amount: int = 5000, **body: Any) -> dict[str, Any]:
    answer = api.post("/gift-balances", {"amount": amount} | body)
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def look(api: Api, code: str, **body: Any) -> Any:
    return api.post("/gift-balances/look", {"code": code} | body)


def test_one_is_issued_and_looked_at(api: Api, anna: Customer) -> None:
    issued = issue(api, customer="anna", valid_days=30, reason="goodwill")
    assert (issued["left"], issued["issued_for"], issued["state"], issued["customer"]) == (
        5000,
        5000,
        "usable",
        "anna",
    )
    assert issued["ending"] == issued["code"][-4:]
    seen = look(api, issued["code"].lower()).json()
    assert seen == {name: value for name, value in issued.items() if name != "code"}
    listed = api.get("/customers/anna/gift-balances").json()
    assert listed == {"items": [seen], "next": None}


def test_the_same_key_issues_once_and_another_amount_under_it_is_refused(api: Api, anna: Customer) -> None:
    first = issue(api, issue_key="goodwill:1")
    assert issue(api, issue_key="goodwill:1")["code"] == first["code"]
    other = api.post("/gift-balances", {"amount": 4000, "issue_key": "goodwill:1"})
    assert (other.status_code, places_of(other)) == (409, [("gift_issue_conflict", "issue_key")])


@pytest.mark.parametrize(
    ("body", "status", "attr"),
    [
        ({}, 400, "amount"),
        ({"amount": 0}, 400, "amount"),
        ({"amount": -1}, 400, "amount"),
        ({"amount": 10_000_000_001}, 400, "amount"),
        ({"amount": 10.5}, 400, "amount"),
        ({"amount": "5000"}, 400, "amount"),
        ({"amount": 5000, "valid_days": 0}, 400, "valid_days"),
        ({"amount": 5000, "valid_days": 3654}, 400, "valid_days"),
        ({"amount": 5000, "customer": "nobody"}, 422, "customer"),
        ({"amount": 5000, "reason": "x" * 201}, 400, "reason"),
        ({"amount": 5000, "reason": "a\x00b"}, 400, None),
        ({"amount": 5000, "code": "MINE"}, 400, None),
    ],
)
def test_what_can_not_be_issued_says_where(api: Api, body: Any, status: int, attr: str | None) -> None:
    answer = api.post("/gift-balances", body)
    assert answer.status_code == status, answer.content
    assert not GiftBalance.objects.exists()
    if attr:
        assert places_of(answer)[0][1] == attr


def test_neither_table_nor_remembered_answer_holds_the_code(api: Api) -> None:
    asked = {"amount": 5000}
    first = api.post("/gift-balances", asked, Idempotency_Key="issue-1")
    again = api.post("/gift-balances", asked, Idempotency_Key="issue-1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replayed"] == "true"
    code = first.json()["code"]
    cart = {"lines": [MUG], "gift_balances": [code], "cart": "c1", "reserve": True}
    api.post("/quotes", cart, Idempotency_Key="quote-1")
    order = {"ref": "o1", "lines": [MUG], "gift_balances": [code]}
    api.post("/orders", order, Idempotency_Key="order-1")
    rows = str(list(IdempotentRequest.objects.values())) + str(list(GiftBalance.objects.values()))
    rows += str(list(Activity.objects.values()))
    assert code not in rows
    assert code.replace("-", "") not in rows


def test_a_quote_says_what_each_pays_and_what_is_left(api: Api) -> None:
    code = issue(api, 700)["code"]
    shown = api.post("/quotes", {"lines": [MUG], "gift_balances": [WRONG, code]}).json()
    assert (shown["payable"], shown["balance_amount"]) == (300, 700)
    wrong, paying = shown["gift_balances"]
    assert (wrong["place"], wrong["ending"], wrong["refused"], wrong["amount"]) == (
        1,
        None,
        "unknown_code",
        0,
    )
    assert (paying["place"], paying["amount"], paying["left"], paying["refused"]) == (2, 700, 0, None)
    assert shown["lines"][0]["balance_amount"] == 700


def test_an_order_keeps_what_it_paid_and_a_refund_says_where_it_goes(api: Api) -> None:
    issued = issue(api, 1200)
    body = {"ref": "o1", "lines": [MUG], "delivery": 500, "gift_balances": [issued["code"]]}
    made = api.post("/orders", body).json()
    assert (made["payable"], made["balance_amount"], made["delivery_balance_amount"]) == (300, 1200, 400)
    assert made["gift_balances"] == [{"ending": issued["ending"], "amount": 1200, "returned": 0}]
    assert api.post("/orders", body).json() == api.get("/orders/o1").json() == made
    asked = {"ref": "R-1", "lines": [{"line": 1, "quantity": 1}], "delivery": True}
    asked["at"] = timezone.now().isoformat()
    preview = api.post("/orders/o1/refunds", asked | {"preview": True}).json()
    done = api.post("/orders/o1/refunds", asked)
    assert (done.status_code, done.json()) == (201, preview)
    assert (preview["amount"], preview["balance_amount"], preview["delivery_balance_amount"]) == (
        300,
        1200,
        400,
    )
    assert [(one["ending"], one["amount"]) for one in preview["gift_balances"]] == [(issued["ending"], 1200)]
    repeat = api.post("/orders/o1/refunds", asked)
    assert (repeat.status_code, repeat.json()) == (200, preview)
    assert look(api, issued["code"]).json()["left"] == 1200
    assert api.get("/orders/o1").json()["gift_balances"][0]["returned"] == 1200


def test_an_order_that_expects_more_of_a_balance_than_it_gives_is_refused(api: Api) -> None:
    answer = api.post("/orders", {"ref": "o1", "lines": [MUG], "gift_balances": [WRONG]})
    assert (answer.status_code, places_of(answer)) == (409, [("unknown_code", "gift_balances.0")])
    agreed = {"ref": "o1", "lines": [MUG], "gift_balances": [WRONG], "accept_changes": True}
    assert api.post("/orders", agreed).json()["payable"] == 1000


def test_a_revoked_one_pays_no_more(api: Api) -> None:
    code = issue(api)["code"]
    for _ in range(2):
        answer = api.post("/gift-balances/revocation", {"code": code, "reason": "abuse"})
        assert (answer.status_code, answer.json()["state"], answer.json()["left"]) == (200, "revoked", 0)
    shown = api.post("/quotes", {"lines": [MUG], "gift_balances": [code]}).json()
    assert (shown["payable"], shown["gift_balances"][0]["refused"]) == (1000, "revoked")
    assert Activity.objects.filter(kind="gift_balance.revoked").count() == 1


def test_a_wrong_code_and_one_of_another_store_get_one_answer(api: Api, new_api: NewApi) -> None:
    theirs = issue(new_api("mugs"))["code"]
    answers = [look(api, code).json() for code in (WRONG, theirs)]
    for answer in answers:
        del answer["request_id"]
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "unknown_code"
    for code in (WRONG, theirs):
        refused = api.post("/gift-balances/revocation", {"code": code, "reason": "abuse"})
        assert (refused.status_code, code_of(refused)) == (404, "unknown_code")


def test_who_tries_codes_is_stopped(api: Api) -> None:
    asked = {"client_ip": "203.0.113.7"}
    code = issue(api)["code"]
    tried = [look(api, WRONG, **asked).status_code for _ in range(6)]
    assert tried == [404] * 5 + [429]
    cart = {"lines": [MUG], "gift_balances": [code]} | asked
    assert api.post("/quotes", cart).status_code == 429


def test_good_codes_are_never_stopped(api: Api) -> None:
    code = issue(api)["code"]
    assert {look(api, code, client_ip="203.0.113.7").status_code for _ in range(8)} == {200}


def test_a_widgets_key_neither_looks_nor_pays(api: Api, new_api: NewApi) -> None:
    code = issue(api)["code"]
    widget = new_api("candles", store=api.store, kind="widget", scopes=["quotes:write", "events:write"])
    paying = widget.post("/quotes", {"lines": [MUG], "gift_balances": [code]})
    assert (paying.status_code, code_of(paying)) == (403, "gift_balances_not_allowed")
    assert code_of(look(widget, code)) == "missing_scope"


def test_the_codes_that_an_order_bought_are_shown_to_its_shop_and_noted(api: Api, anna: Customer) -> None:
    make_product(api.store, sku="CARD", kind=Product.Kind.GIFT_BALANCE)
    line = {"sku": "CARD", "quantity": 2, "unit_price": 2500}
    api.post("/orders", {"ref": "o1", "customer": "anna", "lines": [line]})
    assert api.post("/orders/o1/gift-balances", {}).json() == {"items": []}
    api.post("/orders/o1/payments", {})
    items = api.post("/orders/o1/gift-balances", {}).json()["items"]
    assert [(one["left"], one["customer"]) for one in items] == [(2500, "anna")] * 2
    assert look(api, items[0]["code"]).status_code == 200
    assert Activity.objects.filter(kind="gift_balance.shown").count() == 2
    assert code_of(api.post("/orders/nothing/gift-balances", {})) == "not_found"
