"""Coupons over the API: issued once, listed with their state, handed on by link, taken back."""

from typing import Any

import pytest
from django.utils import timezone

from coupons.models import Coupon, Revocation
from shop.models import Customer
from storefront.models import IdempotentRequest
from tests.api.conftest import Api, NewApi, code_of, places_of
from tests.factories import DAY, make_campaign, make_customer
from tests.factories.offers_that_run import run_offer

CART = {"lines": [{"sku": "MUG", "quantity": 1, "unit_price": 1000}]}


@pytest.fixture
def anna(api: Api) -> Customer:
    return make_customer(api.store, ref="anna")


@pytest.fixture(autouse=True)
def campaigns(api: Api) -> None:
    offer = run_offer(api.store, at=timezone.now() - DAY)
    make_campaign(offer, code="gifts", kind="gift")
    make_campaign(offer, code="names", kind="named")


def issue(api: Api, campaign: str = "gifts", **body: Any) -> dict[str, Any]:
    answer = api.post(f"/campaigns/{campaign}/coupons", body)
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def reason(api: Api, code: str, customer: str | None = None) -> str | None:
    """Why a cart with this code got nothing, as the store's own server is told; None: it was applied."""
    asked = CART | {"codes": [code]} | ({"customer": customer} if customer else {})
    refused = [one for one in api.post("/quotes", asked).json()["refused"] if one["coupon"] == code]
    return refused[0]["code"] if refused else None


def test_a_named_coupon_is_issued_for_its_customer(api: Api, anna: Customer) -> None:
    coupon = issue(api, "names", customer="anna")
    assert (coupon["kind"], coupon["customer"], coupon["state"]) == ("named", "anna", "usable")
    assert reason(api, coupon["code"], "anna") is None
    make_customer(api.store, ref="bert")
    assert reason(api, coupon["code"], "bert") == "wrong_customer"


def test_a_named_coupon_without_a_customer_is_refused(api: Api) -> None:
    answer = api.post("/campaigns/names/coupons", {})
    assert (answer.status_code, places_of(answer)) == (422, [("customer_needed", "customer")])


def test_a_gift_is_for_whoever_brings_it(api: Api, anna: Customer) -> None:
    make_customer(api.store, ref="bert")
    for coupon in (issue(api), issue(api, customer="anna")):
        assert reason(api, coupon["code"], "bert") is None
        assert reason(api, coupon["code"]) is None


def test_one_key_gives_one_coupon(api: Api, anna: Customer) -> None:
    first = issue(api, customer="anna", issue_key="birthday")
    assert issue(api, customer="anna", issue_key="birthday") == first
    assert issue(api, customer="anna")["code"] != first["code"]
    make_customer(api.store, ref="bert")
    other = api.post("/campaigns/gifts/coupons", {"customer": "bert", "issue_key": "birthday"})
    assert (other.status_code, code_of(other)) == (409, "issue_conflict")


def test_a_repeated_request_answers_again_without_keeping_the_code(api: Api) -> None:
    first = api.post("/campaigns/gifts/coupons", {}, Idempotency_Key="one")
    again = api.post("/campaigns/gifts/coupons", {}, Idempotency_Key="one")
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert IdempotentRequest.objects.get().answer is None
    assert Coupon.objects.count() == 1


def test_unknown_customers_and_campaigns_are_told(api: Api) -> None:
    answer = api.post("/campaigns/gifts/coupons", {"customer": "nobody"})
    assert (answer.status_code, places_of(answer)) == (422, [("unknown_customer", "customer")])
    assert api.post("/campaigns/none/coupons", {}).status_code == 404


def test_a_customers_coupons_are_listed_newest_first(api: Api, anna: Customer) -> None:
    codes = [issue(api, customer="anna")["code"] for _ in range(3)]
    page = api.get("/customers/anna/coupons?limit=2").json()
    assert [one["code"] for one in page["items"]] == codes[:0:-1]
    rest = api.get(f"/customers/anna/coupons?limit=2&cursor={page['next']}").json()
    assert [one["code"] for one in rest["items"]] == codes[:1]
    assert api.get("/customers/nobody/coupons").status_code == 404


def test_a_gift_is_handed_on_by_a_link(api: Api, anna: Customer) -> None:
    code = issue(api, customer="anna")["code"]
    answer = api.post(f"/coupons/{code.lower()}/handover", {"customer": "anna"})
    assert answer.status_code == 200, answer.content
    link = answer.json()["link"]
    assert "/claim/" in link
    assert code not in link
    assert api.post(f"/coupons/{code}/handover", {}).json()["link"] == link
    make_customer(api.store, ref="bert")
    stranger = api.post(f"/coupons/{code}/handover", {"customer": "bert"})
    assert (stranger.status_code, code_of(stranger)) == (409, "not_yours")


def test_a_named_coupon_is_not_handed_on(api: Api, anna: Customer) -> None:
    code = issue(api, "names", customer="anna")["code"]
    answer = api.post(f"/coupons/{code}/handover", {"customer": "anna"})
    assert (answer.status_code, code_of(answer)) == (409, "not_a_gift")


def test_a_coupon_taken_back_is_refused_with_its_reason(api: Api, anna: Customer) -> None:
    code = issue(api, customer="anna")["code"]
    for _ in range(2):
        answer = api.post(f"/coupons/{code}/revocation", {"reason": "mistake"})
        assert (answer.status_code, answer.json()["state"]) == (200, "revoked")
    assert Revocation.objects.count() == 1
    assert reason(api, code, "anna") == "revoked"
    assert api.get("/customers/anna/coupons").json()["items"][0]["state"] == "revoked"
    assert code_of(api.post(f"/coupons/{code}/handover", {})) == "revoked"


def test_strangers_learn_nothing_of_a_void_code(api: Api, new_api: NewApi) -> None:
    code = issue(api)["code"]
    api.post(f"/coupons/{code}/revocation", {"reason": "abuse"})
    widget = new_api("candles", store=api.store, kind="widget", scopes=["quotes:write"])
    told = widget.post("/quotes", CART | {"codes": [code]}).json()["refused"]
    assert [one["code"] for one in told if one["coupon"] == code] == ["unknown_code"]


def test_a_used_coupon_says_so_to_the_store(api: Api) -> None:
    code = issue(api)["code"]
    Coupon.objects.filter(code=code).update(used=1)
    assert reason(api, code) == "used_up"


def test_another_stores_code_does_not_exist_here(api: Api, new_api: NewApi) -> None:
    code = issue(api)["code"]
    rival = new_api("rival")
    for path, body in (
        (f"/coupons/{code}/handover", {}),
        (f"/coupons/{code}/revocation", {"reason": "abuse"}),
    ):
        assert rival.post(path, body).status_code == 404
    assert rival.post("/campaigns/gifts/coupons", {}).status_code == 404
    assert reason(rival, code) == "unknown_code"
