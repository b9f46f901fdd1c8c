"""Orders, committed once and read back."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from coupons.models import Redemption
from shop.models import Activity, Customer, Order
from tests.api.conftest import LINE, Api, code_of, places_of
from tests.api.test_quotes import public_code
from tests.factories import make_product

ORDER = {"ref": "536365", "customer": "17850", "lines": [LINE, {**LINE, "sku": "22423"}], "delivery": 495}


def test_order_is_stored_and_reads_as_it_was_answered(api: Api) -> None:
    make_product(api.store, sku="85123A", name="Holder")
    answer = api.post("/orders", ORDER)
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["goods"], shown["payable"], shown["status"], shown["source"]) == (
        3060,
        3555,
        "placed",
        "api",
    )
    assert [line["name"] for line in shown["lines"]] == ["Holder", ""]
    assert shown == api.get("/orders/536365").json()


def test_order_with_a_coupon_reads_as_it_was_answered(api: Api) -> None:
    code = public_code(api)
    shown = api.post("/orders", {**ORDER, "codes": [code]}).json()
    assert (shown["discount"], shown["payable"]) == (306, 3249)
    assert [(one["line"], one["amount"]) for one in shown["discounts"]] == [(1, 153), (2, 153)]
    assert shown == api.get("/orders/536365").json()
    assert Redemption.objects.get().amount == 306


def test_free_delivery_is_shown_without_a_line(api: Api) -> None:
    code = public_code(api, lane="delivery", benefits=[{"kind": "delivery_percent_off", "rate_bp": 10_000}])
    shown = api.post("/orders", {**ORDER, "codes": [code]}).json()
    assert (shown["delivery"], shown["delivery_discount"], shown["payable"]) == (495, 495, 3060)
    assert [(one["line"], one["amount"]) for one in shown["discounts"]] == [(None, 495)]
    assert shown == api.get("/orders/536365").json()


def test_same_order_again_is_the_stored_one(api: Api) -> None:
    first = api.post("/orders", ORDER)
    again = api.post("/orders", {**ORDER, "client_ip": "203.0.113.7"})
    assert (again.status_code, again.json()) == (200, first.json())
    assert Order.objects.count() == 1
    assert Activity.objects.filter(kind="order.placed").count() == 1


def test_other_content_under_the_same_reference_is_409(api: Api) -> None:
    api.post("/orders", ORDER)
    answer = api.post("/orders", {**ORDER, "lines": [LINE]})
    assert (answer.status_code, code_of(answer)) == (409, "order_conflict")
    assert places_of(answer)[0][1] == "ref"


def test_price_of_the_quote_is_taken(api: Api) -> None:
    token = api.post("/quotes", {name: ORDER[name] for name in ("customer", "lines", "delivery")}).json()[
        "quote_token"
    ]
    assert api.post("/orders", {**ORDER, "quote_token": token}).status_code == 201


def test_changed_price_is_409_with_the_new_quote_and_stores_nothing(api: Api) -> None:
    code = public_code(api)
    answer = api.post("/orders", {**ORDER, "codes": [code], "expected_payable": 3555})
    assert (answer.status_code, code_of(answer)) == (409, "price_changed")
    quote = answer.json()["quote"]
    assert quote["payable"] == 3249
    assert not Order.objects.exists()
    assert not Customer.objects.exists()
    agreed = {**ORDER, "codes": [code], "quote_token": quote["quote_token"]}
    assert api.post("/orders", agreed).json()["payable"] == 3249


def test_changed_price_is_committed_where_changes_are_accepted(api: Api) -> None:
    body = {**ORDER, "expected_payable": 1, "accept_changes": True}
    assert api.post("/orders", body).status_code == 201


@pytest.mark.parametrize("token", ["x", "a:b:c", "x" * 1000])
def test_token_that_is_not_ours_is_400(api: Api, token: str) -> None:
    answer = api.post("/orders", {**ORDER, "quote_token": token})
    assert (answer.status_code, code_of(answer)) == (400, "quote_token_invalid")


def test_late_order_keeps_its_own_moment(api: Api) -> None:
    placed = timezone.now() - timedelta(days=3)
    shown = api.post("/orders", {**ORDER, "placed_at": placed.isoformat()}).json()
    assert (shown["source"], shown["placed_at"]) == ("late", placed.isoformat().replace("+00:00", "Z"))
    assert Customer.objects.get().last_order_at == placed


@pytest.mark.parametrize(
    "moment", ["1999-12-31T23:59:59Z", "2999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_order_of_another_age_is_400(api: Api, moment: str) -> None:
    answer = api.post("/orders", {**ORDER, "placed_at": moment})
    assert answer.status_code == 400
    assert code_of(answer) == "moment_out_of_range"


def test_guest_orders_without_becoming_a_customer(api: Api) -> None:
    shown: dict[str, Any] = api.post("/orders", {"ref": "1", "lines": [LINE]}).json()
    assert (shown["customer"], shown["points"]) == (None, 0)
    assert not Customer.objects.exists()
