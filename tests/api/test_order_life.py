"""What happens to an order after it was placed, as the storefront tells it: paid, delivered, refunded, cancelled."""

from typing import Any

import pytest
from django.utils import timezone

from loyalty.models import Account, Transfer
from shop.models import Activity, Order, Refund, Store
from storefront.models import IdempotentRequest
from tests.api.conftest import LINE, Api, NewApi, code_of, places_of
from tests.api.test_quotes import public_code
from tests.factories import DAY, make_customer, make_earning_rule
from tests.factories.offers_that_run import run_offer

ORDER = {"ref": "536365", "customer": "17850", "lines": [LINE, {**LINE, "sku": "22423"}], "delivery": 495}
REPORTS = ("payments", "fulfilment", "cancellation", "refunds")


@pytest.fixture
def member(api: Api) -> Api:
    """With a customer who earns a point for every 1.00 and may pay with points, a penny each."""
    make_earning_rule(api.store)
    Store.objects.update(points_value=1, points_share_bp=5000)
    make_customer(api.store, ref="17850", joined_at=timezone.now() - DAY)
    return api


def earn(api: Api, points: int) -> None:
    """Points that can be spent by now, from an order of two months ago."""
    placed = (timezone.now() - 60 * DAY).isoformat()
    body = {
        "ref": "before",
        "customer": "17850",
        "placed_at": placed,
        "fulfilled_at": placed,
        "lines": [{"sku": "OLD", "quantity": 1, "unit_price": points * 100}],
    }
    api.store.customer_set.update(joined_at=timezone.now() - 90 * DAY)
    assert api.post("/orders", body).json()["points"] == points


def test_payment_and_delivery_are_told_and_read_back(api: Api) -> None:
    api.post("/orders", ORDER)
    paid = api.post("/orders/536365/payments", {})
    assert (paid.status_code, paid.json()["status"]) == (200, "paid")
    delivered = api.post("/orders/536365/fulfilment", {}).json()
    assert (delivered["status"], delivered["paid_at"]) == ("fulfilled", paid.json()["paid_at"])
    assert api.post("/orders/536365/fulfilment", {}).json() == delivered
    assert api.get("/orders/536365").json() == delivered


def test_refund_answers_with_the_exact_reversal(member: Api) -> None:
    member.post("/orders", ORDER)
    body = {"ref": "R-1", "lines": [{"line": 2, "quantity": 2}], "delivery": True}
    answer = member.post("/orders/536365/refunds", body)
    assert answer.status_code == 201
    shown = answer.json()
    assert shown["lines"] == [
        {
            "line": 2,
            "sku": "22423",
            "quantity": 2,
            "amount": 510,
            "balance_amount": 0,
            "points_returned": 0,
            "points_taken_back": 5,
        }
    ]
    assert (shown["amount"], shown["delivery"], shown["points_taken_back"]) == (1005, 495, 5)
    order = member.get("/orders/536365").json()
    assert (order["refunded"], order["delivery_refunded"]) == (1005, 495)
    assert [line["refunded_quantity"] for line in order["lines"]] == [0, 2]


def test_refund_told_again_is_the_stored_one(member: Api) -> None:
    member.post("/orders", ORDER)
    body = {"ref": "R-1", "lines": [{"line": 1, "quantity": 1}]}
    first = member.post("/orders/536365/refunds", body)
    again = member.post("/orders/536365/refunds", body)
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    answer = member.post("/orders/536365/refunds", {**body, "lines": [{"line": 1, "quantity": 2}]})
    assert (answer.status_code, code_of(answer)) == (409, "refund_conflict")


def test_preview_writes_nothing_and_equals_the_result(member: Api) -> None:
    earn(member, 100)
    member.post("/orders", {**ORDER, "points_to_spend": 100})
    body = {"ref": "R-1", "lines": [{"line": 1, "quantity": 5}, {"line": 2, "quantity": 6}]}
    facts = (Activity.objects.count(), Transfer.objects.count(), Account.objects.get(kind="customer").balance)
    preview = member.post("/orders/536365/refunds", {**body, "preview": True}, Idempotency_Key="k")
    assert preview.status_code == 200
    assert (Activity.objects.count(), Transfer.objects.count()) == facts[:2]
    assert Account.objects.get(kind="customer").balance == facts[2]
    assert not Refund.objects.exists()
    assert not IdempotentRequest.objects.filter(key="k").exists()
    result = member.post("/orders/536365/refunds", body).json()
    assert {**preview.json(), "at": ""} == {**result, "at": ""}
    assert result["points_returned"] == 92


def test_what_a_return_undoes_is_kept_back_where_the_store_says_so_and_the_preview_says_it_first(
    api: Api,
) -> None:
    Store.objects.update(return_policy="reprice")
    free = [{"kind": "delivery_fixed_price", "price": 0}]
    from_20 = [{"kind": "subtotal_at_least", "amount": 2000}]
    run_offer(api.store, lane="delivery", conditions=from_20, benefits=free, audience={"kind": "everyone"})
    bought = api.post("/orders", ORDER).json()
    assert (bought["goods"], bought["payable"]) == (3060, 3060)
    body = {"ref": "R-1", "lines": [{"line": 2, "quantity": 6}]}
    preview = api.post("/orders/536365/refunds", {**body, "preview": True}).json()
    result = api.post("/orders/536365/refunds", body).json()
    assert (preview["kept_back"], preview["amount"]) == (495, 1035)
    assert {**preview, "at": ""} == {**result, "at": ""}
    rest = api.post("/orders/536365/refunds", {"ref": "R-2", "lines": [{"line": 1, "quantity": 6}]}).json()
    assert (rest["kept_back"], rest["amount"]) == (-495, 2025)


def test_more_than_bought_is_refused_in_preview_too(api: Api) -> None:
    api.post("/orders", ORDER)
    for preview in (True, False):
        body = {"ref": "R-1", "lines": [{"line": 1, "quantity": 7}], "preview": preview}
        answer = api.post("/orders/536365/refunds", body)
        assert (answer.status_code, code_of(answer)) == (422, "refunded_more_than_bought")
        assert places_of(answer)[0][1] == "lines.0.quantity"
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"ref": "R-1"}, 400, "refund_empty"),
        ({"ref": "R-1", "lines": [{"line": 3, "quantity": 1}]}, 422, "line_unknown"),
        ({"ref": "R-1", "lines": [{"line": 1, "quantity": 1}] * 2}, 400, "line_twice"),
        ({"ref": "R-1", "lines": [{"line": 1, "quantity": 0}]}, 400, "too_small"),
        ({"ref": "R-1", "lines": [{"line": 1, "quantity": -1}]}, 400, "too_small"),
        ({"ref": "R-1", "delivery": True, "at": "2020-01-01T00:00:00Z"}, 400, "moment_out_of_range"),
        ({"ref": "a/b", "delivery": True}, 400, "wrong_form"),
    ],
)
def test_a_refund_that_can_not_be_meant_has_a_code(api: Api, body: Any, status: int, code: str) -> None:
    api.post("/orders", ORDER)
    answer = api.post("/orders/536365/refunds", body)
    assert (answer.status_code, code_of(answer)) == (status, code)


def test_cancellation_refunds_the_rest_and_frees_the_coupon(api: Api) -> None:
    code = public_code(api, limits={"uses_max": 1})
    api.post("/orders", {**ORDER, "codes": [code]})
    api.post("/orders/536365/refunds", {"ref": "R-1", "lines": [{"line": 1, "quantity": 6}]})
    answer = api.post("/orders/536365/cancellation", {})
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["order"]["status"], shown["order"]["refunded"]) == ("cancelled", 3249)
    assert (shown["refund"]["amount"], shown["refund"]["delivery"]) == (1872, 495)
    assert api.post("/orders/536365/cancellation", {}).json() == shown
    again = {**ORDER, "ref": "2", "codes": [code]}
    assert api.post("/orders", again).json()["discount"] == 306


def test_coupon_stays_used_if_asked(api: Api) -> None:
    code = public_code(api, limits={"uses_max": 1})
    api.post("/orders", {**ORDER, "codes": [code]})
    api.post("/orders/536365/cancellation", {"return_coupons": False})
    again = {**ORDER, "ref": "2", "codes": [code], "accept_changes": True}
    assert api.post("/orders", again).json()["discount"] == 0


@pytest.mark.parametrize("report", REPORTS)
def test_order_of_another_store_is_unknown(api: Api, new_api: NewApi, report: str) -> None:
    api.post("/orders", ORDER)
    body = {"ref": "R-1", "delivery": True} if report == "refunds" else {}
    answer = new_api("books").post(f"/orders/536365/{report}", body)
    assert (answer.status_code, code_of(answer)) == (404, "order_unknown")
    assert Order.objects.get().status == "placed"


@pytest.mark.parametrize("report", REPORTS)
def test_reports_need_the_right_to_write_orders(new_api: NewApi, db: None, report: str) -> None:
    reader = new_api("candles", scopes=["orders:read"])
    answer = reader.post(f"/orders/536365/{report}", {})
    assert (answer.status_code, code_of(answer)) == (403, "missing_scope")


@pytest.mark.parametrize("report", REPORTS[:3])
def test_a_report_of_tomorrow_is_refused(api: Api, report: str) -> None:
    api.post("/orders", ORDER)
    tomorrow = (timezone.now() + DAY).isoformat()
    answer = api.post(f"/orders/536365/{report}", {"at": tomorrow})
    assert (answer.status_code, code_of(answer)) == (400, "moment_out_of_range")


def test_idempotency_key_replays_a_refund(api: Api) -> None:
    api.post("/orders", ORDER)
    body = {"ref": "R-1", "lines": [{"line": 1, "quantity": 1}]}
    first = api.post("/orders/536365/refunds", body, Idempotency_Key="k")
    again = api.post("/orders/536365/refunds", body, Idempotency_Key="k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replayed"] == "true"


def test_quote_and_order_take_points_as_payment(member: Api) -> None:
    earn(member, 100)
    asked = {name: ORDER[name] for name in ("customer", "lines", "delivery")}
    quote = member.post("/quotes", {**asked, "points_to_spend": 100}).json()
    assert (quote["points_spent"], quote["points_amount"], quote["payable"]) == (100, 100, 3455)
    assert quote["points_limited_by"] is None
    assert [line["points_spent"] for line in quote["lines"]] == [50, 50]
    body = {**ORDER, "points_to_spend": 100, "quote_token": quote["quote_token"]}
    answer = member.post("/orders", body)
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["points_spent"], shown["points_amount"], shown["payable"]) == (100, 100, 3455)
    assert shown["points"] == quote["points_to_earn"] == 29
    assert shown == member.get("/orders/536365").json()


@pytest.mark.parametrize(
    ("asked", "spent", "limit"),
    [
        ({"points_to_spend": 101}, 100, "not_enough_points"),
        ({"points_to_spend": 101, "customer": None}, 0, "not_registered"),
        ({"points_to_spend": 101, "customer": "nobody"}, 0, "not_registered"),
        ({"points_to_spend": 60, "lines": [{**LINE, "quantity": 1, "unit_price": 100}]}, 50, "above_share"),
    ],
)
def test_quote_says_why_fewer_points_are_spent(member: Api, asked: Any, spent: int, limit: str) -> None:
    earn(member, 100)
    quote = member.post("/quotes", {"lines": [LINE], "customer": "17850", **asked}).json()
    assert (quote["points_spent"], quote["points_limited_by"]) == (spent, limit)


@pytest.mark.parametrize(
    ("store", "limit"),
    [
        ({"points_value": 0}, "points_not_taken"),
        ({"is_redemption_paused": True}, "paused"),
        ({"points_step": 60}, "whole_steps"),
    ],
)
def test_quote_follows_the_stores_rules_for_points(member: Api, store: Any, limit: str) -> None:
    earn(member, 100)
    Store.objects.update(**store)
    body = {"lines": [LINE], "customer": "17850", "points_to_spend": 70}
    assert member.post("/quotes", body).json()["points_limited_by"] == limit


def test_points_spent_elsewhere_meanwhile_are_a_changed_price(member: Api) -> None:
    earn(member, 100)
    body = {**ORDER, "points_to_spend": 100, "expected_payable": 3455}
    assert member.post("/orders", {**body, "ref": "1"}).status_code == 201
    answer = member.post("/orders", {**body, "ref": "2"})
    assert (answer.status_code, code_of(answer)) == (409, "price_changed")
    assert answer.json()["quote"]["points_limited_by"] == "not_enough_points"


def test_negative_points_are_refused(member: Api) -> None:
    answer = member.post("/quotes", {"lines": [LINE], "customer": "17850", "points_to_spend": -1})
    assert places_of(answer) == [("too_small", "points_to_spend")]
