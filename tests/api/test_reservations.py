"""A reserved quote over the API: asked for, renewed, kept by its order, let go."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from checkout.models import Quote
from config.jobs import job_named, run_job
from coupons.models import Coupon
from loyalty.models import Offer, OfferUse
from loyalty.publish import pause
from shop.models import Activity, Order
from storefront.models import IdempotentRequest
from tests.api.conftest import LINE, Api, NewApi, code_of, places_of
from tests.api.test_quotes import public_code

HALF_HOUR = timedelta(minutes=30)
CART = {"cart": "cart-991", "customer": "17850", "lines": [LINE], "delivery": 495, "codes": ["SPRING"]}
RESERVE = {**CART, "reserve": True}


@pytest.fixture
def limited(api: Api) -> Api:
    """With a public code that one order may use."""
    public_code(api, limits={"uses_max": 1})
    return api


def order(body: dict[str, Any], quote: dict[str, Any], **given: Any) -> dict[str, Any]:
    kept = {name: value for name, value in body.items() if name != "reserve"}
    return {"ref": "536365", **kept, "quote_token": quote["quote_token"]} | given


def use() -> tuple[int, int]:
    row = OfferUse.objects.get()
    return row.used, row.held


def test_a_reserved_quote_says_until_when_it_holds(limited: Api) -> None:
    answer = limited.post("/quotes", RESERVE)
    assert answer.status_code == 200
    said = answer.json()["reservation"]
    assert (said["cart"], said["status"]) == ("cart-991", "held")
    ends_at, renewable_until = (datetime.fromisoformat(said[name]) for name in ("ends_at", "renewable_until"))
    assert timezone.now() < ends_at <= timezone.now() + HALF_HOUR
    assert renewable_until - ends_at == timedelta(minutes=90)
    assert use() == (0, 1)


def test_without_reserve_nothing_is_stored(limited: Api) -> None:
    assert limited.post("/quotes", CART).json()["reservation"] is None
    assert (Quote.objects.count(), use()) == (0, (0, 0))


def test_the_order_keeps_the_price_though_the_offer_was_paused(limited: Api) -> None:
    quote = limited.post("/quotes", RESERVE).json()
    with transaction.atomic():
        pause(Offer.objects.get(), at=timezone.now())
    answer = limited.post("/orders", order(CART, quote))
    assert (answer.status_code, answer.json()["payable"]) == (201, quote["payable"])
    assert use() == (1, 0)
    assert limited.post("/orders", order(CART, quote)).status_code == 200


def test_another_cart_is_told_that_it_is_used_up_and_the_own_one_is_not(limited: Api) -> None:
    limited.post("/quotes", RESERVE)
    for cart, refused in (("cart-991", []), ("cart-992", ["used_up"])):
        quote = limited.post("/quotes", {**CART, "cart": cart}).json()
        assert [one["code"] for one in quote["refused"]] == refused


def test_asked_again_it_is_renewed(limited: Api) -> None:
    first, again = (limited.post("/quotes", RESERVE).json() for _ in range(2))
    assert first["reservation"]["id"] != again["reservation"]["id"]
    assert use() == (0, 1)
    answer = limited.post("/orders", order(CART, first))
    assert (answer.status_code, code_of(answer)) == (409, "quote_replaced")
    assert limited.post("/orders", order(CART, again)).status_code == 201


def test_the_same_idempotency_key_reserves_once(limited: Api) -> None:
    first, again = (limited.post("/quotes", RESERVE, Idempotency_Key="k1") for _ in range(2))
    assert (first.json(), again["Idempotent-Replayed"]) == (again.json(), "true")
    assert (Quote.objects.count(), IdempotentRequest.objects.count()) == (1, 1)


def test_let_go_it_is_free_for_others_at_once(limited: Api) -> None:
    quote = limited.post("/quotes", RESERVE).json()
    path = f"/quotes/{quote['reservation']['id']}/release"
    for _ in range(2):
        answer = limited.post(path, {})
        assert (answer.status_code, answer.json()["status"]) == (200, "released")
    assert use() == (0, 0)
    answer = limited.post("/orders", order(CART, quote))
    assert (answer.status_code, code_of(answer)) == (409, "quote_released")
    assert "new quote" in answer.json()["detail"]
    assert limited.post("/orders", order(CART, quote, accept_changes=True)).status_code == 201


def test_a_spent_quote_is_no_second_order_and_is_not_let_go(limited: Api) -> None:
    quote = limited.post("/quotes", RESERVE).json()
    limited.post("/orders", order(CART, quote))
    answer = limited.post("/orders", order(CART, quote, ref="536366"))
    assert (answer.status_code, code_of(answer)) == (409, "quote_spent")
    answer = limited.post(f"/quotes/{quote['reservation']['id']}/release", {})
    assert (answer.status_code, code_of(answer)) == (409, "quote_spent")
    assert Order.objects.count() == 1


def test_the_job_lets_go_what_is_over(limited: Api) -> None:
    quote = limited.post("/quotes", RESERVE).json()
    past(HALF_HOUR)
    assert run_job(job_named("lapse"), at=timezone.now()) == 1
    assert use() == (0, 0)
    answer = limited.post("/orders", order(CART, quote))
    assert (answer.status_code, code_of(answer)) == (409, "quote_lapsed")


def past(by: timedelta) -> None:
    for quote in Quote.objects.all():
        quote.first_at, quote.priced_at, quote.ends_at = (
            moment - by for moment in (quote.first_at, quote.priced_at, quote.ends_at)
        )
        quote.save()


def test_what_is_over_stands_in_nobodys_way_before_the_job_came(limited: Api) -> None:
    limited.post("/quotes", RESERVE)
    past(HALF_HOUR)
    other = limited.post("/quotes", {**RESERVE, "cart": "cart-992"}).json()
    assert (other["discount"], use()) == (153, (0, 1))
    past(HALF_HOUR)
    answer = limited.post("/orders", {**CART, "ref": "1", "cart": "cart-993"})
    assert (answer.status_code, answer.json()["discount"], use()) == (201, 153, (1, 0))


def test_a_failed_payment_of_an_order_makes_everything_free_at_once(limited: Api) -> None:
    quote = limited.post("/quotes", RESERVE).json()
    limited.post("/orders", order(CART, quote))
    for _ in range(2):
        answer = limited.post("/orders/536365/payments", {"outcome": "failed"})
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert use() == (0, 0)
    assert Activity.objects.filter(kind="order.payment_failed").count() == 1
    assert limited.post("/orders", {**CART, "ref": "536366"}).json()["discount"] == 153


def test_a_failed_try_changes_nothing_for_an_order_that_is_paid(limited: Api) -> None:
    limited.post("/orders", {**CART, "ref": "536365"})
    limited.post("/orders/536365/payments", {})
    assert limited.post("/orders/536365/payments", {"outcome": "failed"}).json()["status"] == "paid"
    assert use() == (1, 0)


@pytest.mark.parametrize("key", ["7", "0f8fad5b-d9cb-469f-a165-70867728950e", "%20", "null"])
def test_a_reservation_that_nobody_has_is_404(api: Api, key: str) -> None:
    answer = api.post(f"/quotes/{key}/release", {})
    assert (answer.status_code, code_of(answer)) == (404, "quote_unknown")


def test_another_stores_reservation_is_404(limited: Api, new_api: NewApi) -> None:
    quote = limited.post("/quotes", RESERVE).json()
    answer = new_api("tea").post(f"/quotes/{quote['reservation']['id']}/release", {})
    assert (answer.status_code, code_of(answer)) == (404, "quote_unknown")
    assert use() == (0, 1)


def test_a_reservation_needs_a_cart(api: Api) -> None:
    answer = api.post("/quotes", {"lines": [LINE], "reserve": True})
    assert (answer.status_code, places_of(answer)) == (400, [("required", "cart")])


def test_a_widgets_key_may_not_reserve(db: None, new_api: NewApi) -> None:
    widget = new_api("widget", kind="widget", scopes=["quotes:write"])
    answer = widget.post("/quotes", {"cart": "c1", "lines": [LINE], "reserve": True})
    assert (answer.status_code, code_of(answer)) == (403, "reserve_not_allowed")


def test_a_guest_may_reserve_and_sign_in_before_the_order(limited: Api) -> None:
    guest = {name: value for name, value in RESERVE.items() if name != "customer"}
    limited.post("/quotes", guest)
    quote = limited.post("/quotes", RESERVE).json()
    assert limited.post("/orders", order(CART, quote)).json()["discount"] == 153
    assert (Coupon.objects.get().used, use()) == (0, (1, 0))
