"""What a cart costs, and what a code tells to whom."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from coupons.issue import issue_named, issue_public
from shop.models import Activity, Cart, Customer, Order, Store
from tests.api.conftest import LINE, Api, NewApi, places_of
from tests.factories import DAY, make_campaign, make_customer
from tests.factories.offers_that_run import run_offer

CART = {"customer": "17850", "lines": [LINE], "delivery": 495}


def named_code(api: Api, customer: Customer) -> str:
    campaign = make_campaign(run_offer(api.store, code="win-back"))
    with transaction.atomic():
        return issue_named(campaign, customer, issue_key="test", at=timezone.now()).code


def public_code(api: Api, code: str = "SPRING", **terms: Any) -> str:
    campaign = make_campaign(run_offer(api.store, **terms), kind="gift")
    now = timezone.now()
    with transaction.atomic():
        return issue_public(campaign, code, at=now, ends_at=now + 30 * DAY).code


def test_cart_without_offers_costs_what_it_says(api: Api) -> None:
    quote = api.post("/quotes", CART).json()
    assert (quote["goods"], quote["discount"], quote["delivery"], quote["payable"]) == (1530, 0, 495, 2025)
    assert (quote["applied"], quote["refused"], quote["currency"]) == ([], [], "GBP")
    assert quote["lines"][0]["net"] == 1530
    assert quote["quote_token"]


def test_quote_writes_nothing(api: Api) -> None:
    api.post("/quotes", {**CART, "codes": ["NOBODYS"]})
    for model in (Activity, Cart, Customer, Order):
        assert not model.objects.exists()


def test_code_of_the_holder_is_applied(api: Api) -> None:
    code = named_code(api, make_customer(api.store, ref="17850"))
    quote = api.post("/quotes", {**CART, "codes": [code.lower()]}).json()
    assert quote["payable"] == 2025 - 153
    assert [(one["offer"], one["amount"]) for one in quote["applied"]] == [("win-back", 153)]
    assert quote["lines"][0]["discounts"] == [{"offer": "win-back", "coupon": code, "amount": 153}]


def test_server_is_told_why_a_code_of_somebody_else_is_refused(api: Api) -> None:
    code = named_code(api, make_customer(api.store, ref="13047"))
    (refused,) = api.post("/quotes", {**CART, "codes": [code]}).json()["refused"]
    assert refused["code"] == "wrong_customer"


def test_widget_can_not_tell_somebody_elses_code_from_no_code(api: Api, new_api: NewApi) -> None:
    widget = new_api("candles", store=api.store, kind="widget", scopes=["quotes:write"])
    code = named_code(api, make_customer(api.store, ref="13047"))
    real = widget.post("/quotes", {"lines": [LINE], "codes": [code]}).json()["refused"]
    invented = widget.post("/quotes", {"lines": [LINE], "codes": ["NOBODYS"]}).json()["refused"]
    assert len(real) == len(invented) == 1
    assert {**real[0], "coupon": ""} == {**invented[0], "coupon": ""}
    assert real[0]["code"] == "unknown_code"


def test_what_is_missing_is_told(api: Api) -> None:
    code = public_code(api, conditions=[{"kind": "subtotal_at_least", "amount": 2000}])
    (refused,) = api.post("/quotes", {**CART, "codes": [code]}).json()["refused"]
    assert (refused["code"], refused["missing"]) == ("below_minimum", 470)


def test_code_of_another_store_is_unknown(api: Api, new_api: NewApi) -> None:
    code = public_code(api)
    (refused,) = new_api("books").post("/quotes", {"lines": [LINE], "codes": [code]}).json()["refused"]
    assert refused["code"] == "unknown_code"


@pytest.mark.parametrize("codes", [["x" * 41], [""], ["A"] * 11])
def test_codes_have_limits(api: Api, codes: list[str]) -> None:
    answer = api.post("/quotes", {**CART, "codes": codes})
    assert answer.status_code == 400
    assert str(places_of(answer)[0][1]).startswith("codes")


def test_empty_cart_is_refused(api: Api) -> None:
    assert places_of(api.post("/quotes", {"lines": []})) == [("too_short", "lines")]


def test_a_reduced_line_tells_the_lowest_price_of_30_days_in_the_eu(api: Api) -> None:
    Store.objects.update(country="DE")
    for price in (200, 255):
        api.put(f"/products/{LINE['sku']}", {"price": price})
    assert api.post("/quotes", CART).json()["lines"][0]["lowest_price_30_days"] is None
    code = public_code(api)
    quote = api.post("/quotes", {**CART, "codes": [code]}).json()
    assert quote["lines"][0]["lowest_price_30_days"] == 200
