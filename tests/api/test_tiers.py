"""Where a customer stands: in the quote, after the order, and on the way to the next tier."""

from datetime import timedelta

import pytest
from django.utils import timezone

from loyalty.tiers.follow import follow_facts
from loyalty.tiers.keep_ladder import StepPlan
from shop.models import Customer
from tests.api.conftest import Api
from tests.factories.offers_that_run import run_offer
from tests.loyalty.tiers.ladder import start_ladder

CART = {"customer": "17850", "lines": [{"sku": "85123A", "quantity": 6, "unit_price": 2000}]}


@pytest.fixture
def anna(api: Api) -> Customer:
    start_ladder(api.store)
    joined = (timezone.now() - timedelta(days=10)).isoformat()
    api.put("/customers/17850", {"language": "en", "joined_at": joined})
    return Customer.objects.get(store=api.store)


def follow() -> None:
    while follow_facts(at=timezone.now()):
        pass


def test_no_ladder_no_tier(api: Api) -> None:
    api.put("/customers/17850", {"language": "en"})
    assert api.get("/customers/17850/tier").status_code == 404
    assert api.post("/quotes", CART).json()["tier"] is None


def test_quote_says_what_the_order_would_reach(api: Api, anna: Customer) -> None:
    seen = api.post("/quotes", CART).json()["tier"]
    silver = {"code": "silver", "name": "Silver"}
    assert seen == {
        "tier": None,
        "measure": "spend",
        "score": 0,
        "next": silver,
        "missing": 10_000,
        "detail": "£100.00 to Silver",
        "reached": silver,
    }


def test_words_follow_the_language_asked_for(api: Api, anna: Customer) -> None:
    start_ladder(api.store, StepPlan("gold", "Gold", 1), measure="orders", at=timezone.now())
    seen = api.post("/quotes", CART).json()["tier"]
    assert seen["detail"] == "one purchase to Gold"


def test_the_next_quote_knows_the_tier_that_the_order_reached(api: Api, anna: Customer) -> None:
    for_silver = {"kind": "in_tier", "tiers": ["silver"]}
    run_offer(api.store, conditions=[for_silver], audience={"kind": "everyone"})
    before = api.post("/quotes", CART).json()
    assert before["discount"] == 0
    assert api.post("/orders", {**CART, "ref": "1001"}).status_code == 201
    follow()
    after = api.post("/quotes", CART).json()
    assert after["discount"] == 1_200
    assert after["tier"]["tier"] == {"code": "silver", "name": "Silver"}
    assert (after["tier"]["score"], after["tier"]["missing"]) == (12_000, 38_000)


def test_the_customers_tier_with_the_ladder(api: Api, anna: Customer) -> None:
    api.post("/orders", {**CART, "ref": "1001"})
    seen = api.get("/customers/17850/tier").json()
    assert seen["tier"] == {"code": "silver", "name": "Silver"}, "exact, though no job has run"
    assert seen["since"] is not None
    assert seen["to_keep"] == 10_000
    assert [step["threshold"] for step in seen["ladder"]] == [10_000, 50_000]


def test_a_cancelled_order_takes_the_tier_along(api: Api, anna: Customer) -> None:
    api.post("/orders", {**CART, "ref": "1001"})
    follow()
    assert api.post("/orders/1001/cancellation", {}).status_code == 200
    follow()
    assert api.post("/quotes", CART).json()["tier"]["tier"] is None


def test_a_customer_nobody_knows_has_none(api: Api, anna: Customer) -> None:
    assert api.get("/customers/17851/tier").status_code == 404
