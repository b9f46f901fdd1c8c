"""What a storefront can get wrong, in one table: each is refused with its code and a sentence that says what to do, and
nothing is written or lost, to the last byte."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from checkout.quote import quote_cart
from checkout.request import LineRequest, QuoteRequest
from checkout.token import sign_quote
from coupons.issue import issue_gift, issue_named, issue_public
from coupons.models import Coupon
from shop.models import Store
from tests.api.conftest import LINE, Api, NewApi, code_of, places_of
from tests.factories import DAY, make_campaign, make_customer
from tests.factories.offers_that_run import run_offer

pytestmark = pytest.mark.django_db

CART = {"customer": "anna", "lines": [LINE], "delivery": 495}
ORDER = {**CART, "ref": "1"}
# Tells when a key was last used: the one thing that any request writes.
NOT_CONTENT = ("shop_apikey",)


@dataclass(frozen=True)
class World:
    """Our store with a customer's own coupon, one that has ended and an order; and another store with the same."""

    api: Api
    theirs: Api
    named: str
    ended: str
    their_code: str
    token: str

    def quote(self, **changed: Any) -> str:
        return str(self.api.post("/quotes", {**CART, **changed}).json()["quote_token"])


@pytest.fixture
def world(api: Api, new_api: NewApi) -> World:
    theirs = new_api("books")
    for one in (api, theirs):
        for ref in ("anna", "boris"):
            make_customer(one.store, ref=ref)
        assert one.post("/orders", {**ORDER, "ref": f"{one.store.code}-1"}).status_code == 201
    token = str(api.post("/quotes", CART).json()["quote_token"])
    assert api.post("/orders", {**ORDER, "ref": "spent", "quote_token": token}).status_code == 201
    named, ended = issued(api.store, code="WIN-BACK"), issued(api.store, code="LAST-YEAR")
    Coupon.objects.filter(code=ended).update(starts_at=timezone.now() - 9 * DAY, ends_at=timezone.now() - DAY)
    return World(api, theirs, named, ended, issued(theirs.store, code="THEIRS", kind="gift"), token)


def issued(store: Store, *, code: str, kind: str = "named") -> str:
    """10 % off, for Anna or for whoever brings it; campaign and offer are called by the code."""
    offer = run_offer(store, code=code.lower(), at=timezone.now() - 10 * DAY)
    campaign = make_campaign(offer, code=code.lower(), kind=kind)
    anna = store.customer_set.get(ref="anna")
    issue = issue_named if kind == "named" else issue_gift
    with transaction.atomic():
        return issue(campaign, anna, issue_key="test", at=timezone.now()).code


def old_token(world: World) -> str:
    """Of a quote that was given half an hour ago."""
    asked = QuoteRequest(customer="anna", lines=(LineRequest(**LINE),), delivery=495)  # type: ignore[arg-type]
    at = timezone.now() - timedelta(minutes=30)
    return sign_quote(world.api.store, quote_cart(world.api.store, asked, at=at))


def tampered(token: str) -> str:
    place = token.index(":") // 2
    return token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]


@dataclass(frozen=True)
class Wrong:
    """`sent`: where to, and what makes the body. `refused`: status, code, the field at fault, and what the sentence
    tells to do."""

    what: str
    sent: tuple[str, Callable[[World], dict[str, Any]]]
    refused: tuple[int, str, str | None, str]

    def __str__(self) -> str:
        return self.what


def order(**changed: Any) -> Callable[[World], dict[str, Any]]:
    """An order with these fields; those that are functions are asked of the world."""
    return lambda world: {
        **ORDER,
        **{name: value(world) if callable(value) else value for name, value in changed.items()},
    }


def body(**fields: Any) -> Callable[[World], dict[str, Any]]:
    return lambda _: fields


def priced(sku: str, **more: str) -> dict[str, Any]:
    return {"sku": sku, "price": 100, **more}


OR_LEAVE_IT_OUT = "Leave the code out, or send accept_changes: true."
HEARTS = {"sku": "22423", "quantity": 1}
TABLE = [
    # Codes
    Wrong(
        "an expired coupon",
        ("POST /orders", order(codes=lambda w: [w.ended])),
        (409, "expired", "codes.0", f"It has ended. {OR_LEAVE_IT_OUT}"),
    ),
    Wrong(
        "an expired coupon with the price it would have made",
        ("POST /orders", order(codes=lambda w: [w.ended], expected_payable=1872)),
        (409, "price_changed", None, "Show the shopper the new quote"),
    ),
    Wrong(
        "another customer's named coupon",
        ("POST /orders", order(customer="boris", codes=lambda w: [w.named])),
        (409, "wrong_customer", "codes.0", f"a named coupon is its holder's alone. {OR_LEAVE_IT_OUT}"),
    ),
    Wrong(
        "a guest with a named coupon, after a code that is good",
        ("POST /orders", order(customer=None, codes=lambda w: [public(w), w.named])),
        (409, "wrong_customer", "codes.1", OR_LEAVE_IT_OUT),
    ),
    Wrong(
        "a code that nobody has issued",
        ("POST /orders", order(codes=["NO-SUCH-CODE"])),
        (409, "unknown_code", "codes.0", f"letter by letter. {OR_LEAVE_IT_OUT}"),
    ),
    # Money and goods
    Wrong(
        "a cart to be priced in another currency",
        ("POST /quotes", lambda _: {**CART, "currency": "EUR"}),
        (422, "wrong_currency", "currency", "Your store sells in GBP."),
    ),
    Wrong(
        "an order in another currency",
        ("POST /orders", order(currency="EUR")),
        (422, "wrong_currency", "currency", "Send the amounts in it."),
    ),
    Wrong(
        "a left cart in another currency",
        ("PUT /carts/c-1", body(lines=[LINE], currency="USD")),
        (422, "wrong_currency", "currency", "Send the amounts in it."),
    ),
    Wrong(
        "one product of two in another currency",
        ("POST /products/bulk", body(products=[priced("A"), priced("B", currency="EUR")])),
        (422, "wrong_currency", "products.1.currency", "Send the amounts in it."),
    ),
    Wrong(
        "a product in another currency",
        ("PUT /products/A", body(price=100, currency="EUR")),
        (422, "wrong_currency", "currency", "Send the amounts in it."),
    ),
    Wrong(
        "something that is no currency",
        ("POST /quotes", lambda _: {**CART, "currency": "pounds"}),
        (400, "wrong_form", "currency", ""),
    ),
    Wrong(
        "an unknown sku whose price only the catalogue could tell",
        ("PUT /carts/c-1", body(lines=[LINE, HEARTS])),
        (422, "unknown_product", None, "Send it first"),
    ),
    Wrong(
        "a price that has changed",
        ("POST /orders", order(expected_payable=2024)),
        (409, "price_changed", None, "Show the shopper the new quote, or send accept_changes: true."),
    ),
    # Quotes
    Wrong(
        "a spent quote",
        ("POST /orders", order(quote_token=lambda w: w.token)),
        (409, "quote_spent", "quote_token", "Ask for a new one: each order has its own."),
    ),
    Wrong(
        "a spent quote, whatever it costs",
        ("POST /orders", order(quote_token=lambda w: w.token, accept_changes=True)),
        (409, "quote_spent", "quote_token", "Ask for a new one"),
    ),
    Wrong(
        "a quote of half an hour ago",
        ("POST /orders", order(quote_token=old_token)),
        (409, "quote_token_expired", "quote_token", "Ask for a new one."),
    ),
    Wrong(
        "a quote that somebody has tampered with",
        ("POST /orders", order(quote_token=lambda w: tampered(w.quote()), accept_changes=True)),
        (400, "quote_token_invalid", "quote_token", "Send it as POST /quotes gave it."),
    ),
    Wrong(
        "a quote of another store",
        (
            "POST /orders",
            order(quote_token=lambda w: w.theirs.post("/quotes", CART).json()["quote_token"]),
        ),
        (400, "quote_token_invalid", "quote_token", "not one of your store's"),
    ),
    Wrong(
        "a quote of another cart",
        ("POST /orders", order(quote_token=lambda w: w.quote(lines=[{**LINE, "quantity": 7}]))),
        (409, "price_changed", None, "Show the shopper the new quote"),
    ),
    # Refunds
    Wrong(
        "more refunded than bought",
        ("POST /orders/candles-1/refunds", body(ref="R-1", lines=[{"line": 1, "quantity": 7}])),
        (422, "refunded_more_than_bought", "lines.0.quantity", "GET the order to see"),
    ),
    Wrong(
        "a line refunded that was not bought",
        ("POST /orders/candles-1/refunds", body(ref="R-1", lines=[{"line": 2, "quantity": 1}])),
        (422, "line_unknown", "lines.0.line", "Lines are counted from 1."),
    ),
    # What belongs to another store
    Wrong(
        "another store's coupon in an order",
        ("POST /orders", order(codes=lambda w: [w.their_code])),
        (409, "unknown_code", "codes.0", OR_LEAVE_IT_OUT),
    ),
    Wrong(
        "another store's campaign and its offer",
        ("POST /campaigns/theirs/coupons", body(customer="anna")),
        (404, "not_found", None, "Check the address and the reference."),
    ),
    Wrong(
        "another store's order refunded",
        ("POST /orders/books-1/refunds", body(ref="R-1", lines=[{"line": 1, "quantity": 1}])),
        (404, "order_unknown", None, "Your store has no order under this reference."),
    ),
    Wrong(
        "another store's order cancelled",
        ("POST /orders/books-1/cancellation", body()),
        (404, "order_unknown", None, "Your store has no order under this reference."),
    ),
    Wrong(
        "consent of a customer whom only another store knows",
        (
            "POST /customers/clara/consents",
            body(purpose="marketing", channel="email", is_given=True, wording="Yes", source="web"),
        ),
        (404, "not_found", None, "Check the address and the reference."),
    ),
    Wrong(
        "a coupon for a customer whom only another store knows",
        ("POST /campaigns/win-back/coupons", body(customer="clara")),
        (422, "unknown_customer", "customer", "Send the customer first."),
    ),
]


def public(world: World) -> str:
    offer = run_offer(world.api.store, code="spring")
    with transaction.atomic():
        return issue_public(make_campaign(offer, kind="gift"), "SPRING", at=timezone.now()).code


def everything() -> dict[str, str]:
    """A digest of every table's rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        tables = sorted({name for (name,) in cursor.fetchall()} - set(NOT_CONTENT))
        rows = {}
        for table in tables:
            cursor.execute(f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t')
            rows[table] = cursor.fetchone()[0]
        return rows


@pytest.mark.parametrize("wrong", TABLE, ids=str)
def test_bad_input_is_refused_and_nothing_is_written(world: World, wrong: Wrong) -> None:
    make_customer(world.theirs.store, ref="clara")
    method, _, path = wrong.sent[0].partition(" ")
    body = wrong.sent[1](world)
    status, code, attr, says = wrong.refused
    before = everything()
    answer = world.api.ask(method, path, body)
    assert (answer.status_code, code_of(answer)) == (status, code), answer.content
    assert places_of(answer)[0] == (code, attr)
    assert says in answer.json()["detail"]
    assert everything() == before


def test_another_stores_code_can_neither_be_handed_on_nor_taken_back(world: World) -> None:
    for act, sent in (("handover", {"customer": "anna"}), ("revocation", {"reason": "mistake"})):
        before = everything()
        answer = world.api.post(f"/coupons/{world.their_code}/{act}", sent)
        assert (answer.status_code, code_of(answer)) == (404, "not_found")
        assert everything() == before


def test_what_was_refused_with_the_quote_of_now_can_be_agreed_to(world: World) -> None:
    """The code of last year would have made 18.72 of 20.25."""
    wanted = {**ORDER, "codes": [world.ended]}
    refused = world.api.post("/orders", {**wanted, "expected_payable": 1872}).json()
    assert [(one["code"], one["attr"]) for one in refused["errors"]] == [
        ("price_changed", None),
        ("expired", "codes.0"),
    ]
    (reason,) = [one for one in refused["quote"]["refused"] if one["coupon"] == world.ended]
    assert (reason["code"], reason["detail"]) == ("expired", "It has ended.")
    agreed = world.api.post("/orders", {**wanted, "quote_token": refused["quote"]["quote_token"]})
    assert (agreed.status_code, agreed.json()["payable"]) == (201, 2025)


def test_a_coupon_that_ends_after_it_was_shown_is_told_before_anybody_pays_more(world: World) -> None:
    wanted = {**ORDER, "codes": [world.named]}
    quote = world.api.post("/quotes", {**CART, "codes": [world.named]}).json()
    assert quote["payable"] == 1872
    Coupon.objects.filter(code=world.named).update(ends_at=timezone.now())
    refused = world.api.post("/orders", {**wanted, "quote_token": quote["quote_token"]})
    assert (refused.status_code, code_of(refused)) == (409, "price_changed")
    assert refused.json()["quote"]["payable"] == 2025


def test_an_order_reported_late_is_taken_though_its_code_gives_nothing(world: World) -> None:
    """It has happened: whatever the shop gave was its own decision."""
    placed_at = (timezone.now() - DAY).isoformat()
    answer = world.api.post("/orders", {**ORDER, "codes": [world.ended], "placed_at": placed_at})
    assert (answer.status_code, answer.json()["discount"]) == (201, 0)


def test_an_unknown_sku_is_priced_as_told_and_marked(world: World) -> None:
    world.api.put("/products/85123A", {"price": 255})
    quote = world.api.post(
        "/quotes", {"lines": [LINE, {**LINE, "sku": "NEW-TODAY"}], "currency": "GBP"}
    ).json()
    assert [(line["sku"], line["net"], line["is_known"]) for line in quote["lines"]] == [
        ("85123A", 1530, True),
        ("NEW-TODAY", 1530, False),
    ]
    stored = world.api.post("/orders", {"ref": "2", "lines": [{**LINE, "sku": "NEW-TODAY"}]})
    assert (stored.status_code, stored.json()["lines"][0]["sku"]) == (201, "NEW-TODAY")
