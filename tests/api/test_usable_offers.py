"""What may I use? A customer's coupons, cards and the shop's promotions on one cart, ranked."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from coupons.issue import issue_named
from shop.models import Customer
from tests.api.conftest import Api, NewApi, code_of
from tests.factories import make_campaign, make_customer, make_product
from tests.factories.card_rows import make_membership, make_plan
from tests.factories.offers_that_run import run_offer

PATH = "/customers/17850/offers"
EVERYONE = {"kind": "everyone"}


@pytest.fixture
def anna(api: Api) -> Customer:
    """With a cart of 20.00 in her name."""
    anna = make_customer(api.store, ref="17850")
    lines = [{"sku": "MUG", "quantity": 2, "unit_price": 1000}]
    api.put("/carts/c-1", {"customer": "17850", "lines": lines})
    return anna


def coupon(api: Api, customer: Customer, *, offer: str, **terms: Any) -> str:
    campaign = make_campaign(run_offer(api.store, code=offer, **terms))
    with transaction.atomic():
        return issue_named(campaign, customer, issue_key="test", at=timezone.now()).code


def off(amount: int) -> list[dict[str, Any]]:
    return [{"kind": "amount_off", "amount": amount}]


def at_least(amount: int) -> list[dict[str, Any]]:
    return [{"kind": "subtotal_at_least", "amount": amount}]


def shown(found: Any, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(one[name] for name in names) for one in found]


def test_coupons_and_promotions_are_ranked_by_what_they_save(api: Api, anna: Customer) -> None:
    small = coupon(api, anna, offer="small", benefits=off(100))
    large = coupon(api, anna, offer="large", benefits=off(700))
    run_offer(api.store, code="sale", lane="sale", audience=EVERYONE, benefits=off(300))
    found = api.get(f"{PATH}?cart=c-1").json()
    assert shown(found["usable"], "offer", "by", "coupon", "saving") == [
        ("large", "coupon", large, 700),
        ("sale", "promotion", None, 300),
        ("small", "coupon", small, 100),
    ]
    assert (found["payable_without"], found["payable"], found["together"]) == (1700, 1000, [large])


def test_gifts_points_and_coupons_to_come_are_told_too(api: Api, anna: Customer) -> None:
    make_product(api.store, sku="SOAP", price=300)
    make_campaign(run_offer(api.store, code="next-10"), code="next")
    gift = {"kind": "gift_item", "skus": ["SOAP"], "how": "added"}
    code = coupon(api, anna, offer="soap", lane="gifts", benefits=[gift])
    more = [{"kind": "points_multiplier", "factor_bp": 20_000}, {"kind": "next_coupon", "campaign": "next"}]
    run_offer(api.store, code="more", lane="order", audience=EVERYONE, benefits=more)
    found = api.get(f"{PATH}?cart=c-1").json()["usable"]
    assert shown(found, "offer", "coupon", "saving", "gifts", "points_factor_bp", "promised") == [
        ("soap", code, 300, ["SOAP"], 10_000, []),
        ("more", None, 0, [], 20_000, ["next"]),
    ]


def test_a_card_is_told_from_a_promotion(api: Api, anna: Customer) -> None:
    make_membership(make_plan(api.store, code="vip"), anna, starts_at=timezone.now())
    run_offer(
        api.store,
        code="vip-10",
        lane="card",
        audience=EVERYONE,
        conditions=[{"kind": "holds_card", "plans": ["vip"]}],
    )
    found = api.get(PATH).json()
    assert shown(found["usable"], "offer", "by", "saving") == [("vip-10", "card", 200)]


def test_what_is_nearly_reached_says_how_much_is_missing(api: Api, anna: Customer) -> None:
    mine = coupon(api, anna, offer="mine", conditions=at_least(2300))
    run_offer(
        api.store,
        code="free-delivery",
        lane="delivery",
        audience=EVERYONE,
        benefits=[{"kind": "delivery_fixed_price"}],
        conditions=at_least(2500),
    )
    run_offer(
        api.store,
        code="third-mug",
        lane="sale",
        audience=EVERYONE,
        conditions=[{"kind": "quantity_at_least", "quantity": 3}],
    )
    found = api.get(f"{PATH}?cart=c-1&delivery=495").json()
    assert found["usable"] == []
    assert shown(found["near"], "offer", "coupon", "missing", "lacks") == [
        ("mine", mine, 300, "money"),
        ("free-delivery", None, 500, "money"),
        ("third-mug", None, 1, "units"),
    ]


def test_without_a_cart_the_newest_open_one_counts_and_then_none(api: Api) -> None:
    make_customer(api.store, ref="17850")
    run_offer(api.store, code="sale", lane="sale", audience=EVERYONE, conditions=at_least(500))
    empty = api.get(PATH).json()
    assert (empty["cart"], empty["usable"], empty["payable"]) == (None, [], 0)
    assert shown(empty["near"], "offer", "missing") == [("sale", 500)]
    api.put("/carts/c-1", {"customer": "17850", "lines": [{"sku": "MUG", "quantity": 1, "unit_price": 900}]})
    assert api.get(PATH).json()["cart"] == "c-1"


def test_a_coupon_that_was_used_or_has_ended_is_not_shown(api: Api, anna: Customer) -> None:
    code = coupon(api, anna, offer="mine", benefits=off(100))
    api.post("/orders", {"ref": "1", "customer": "17850", "codes": [code], "lines": [LINE]})
    assert api.get(f"{PATH}?cart=c-1").json()["usable"] == []


LINE = {"sku": "MUG", "quantity": 1, "unit_price": 1000}


def test_another_customers_coupons_and_cart_stay_unknown(api: Api, anna: Customer) -> None:
    coupon(api, make_customer(api.store, ref="boris"), offer="his", benefits=off(100))
    assert api.get(f"{PATH}?cart=c-1").json()["usable"] == []
    answer = api.get("/customers/boris/offers?cart=c-1")
    assert (answer.status_code, code_of(answer)) == (404, "not_found")
    assert api.get(f"{PATH}?cart=nobodys").status_code == 404


def test_strangers_learn_nothing(api: Api, anna: Customer, new_api: NewApi) -> None:
    coupon(api, anna, offer="mine", benefits=off(100))
    assert api.get("/customers/nobody/offers").status_code == 404
    assert new_api("soaps").get(PATH).status_code == 404
    widget = new_api("candles", kind="widget", scopes=["quotes:write", "events:write"], store=api.store)
    assert widget.get(PATH).status_code == 403
