"""How many queries each answer costs, for one thing and for many. The key and its store are one of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clubcards.give import give
from clubcards.open_plans import open_plans
from coupons.issue import issue_named
from loyalty.give_points import give_points
from shop.keys import SERVER_SCOPES, issue_key
from shop.models import ApiKey, Customer
from tests.api.conftest import LINE, Api
from tests.api.test_quotes import public_code
from tests.budgets.test_checkout import OUTER_SAVEPOINT
from tests.factories import (
    AT,
    DAY,
    make_campaign,
    make_customer,
    make_earning_rule,
    make_order,
    make_person,
    make_product,
    make_store,
)
from tests.factories.offers_that_run import named_coupon, run_offer


@pytest.fixture
def api(db: None) -> Api:
    """Called a moment ago, so that noting the key's last use does not count."""
    store = make_store()
    key, secret = issue_key(store, name="Storefront", kind="server", scopes=SERVER_SCOPES)
    ApiKey.objects.update(last_used_at=timezone.now())
    return Api(store, key, secret)


def queries(ask: Any) -> int:
    """Statements, without those that open and end a savepoint, and without the question for the month's partition,
    which a process asks once."""
    ask()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = ask()
    assert answer.status_code < 300, answer.content
    passed_over = ("SAVEPOINT", "RELEASE", "SELECT shop_make_partition")
    return sum(not one["sql"].startswith(passed_over) for one in seen.captured_queries)


def test_quote_is_three_queries_for_1_and_200_lines_and_1_and_50_offers(api: Api) -> None:
    code = public_code(api)
    body: dict[str, Any] = {"customer": "17850", "codes": [code], "lines": [LINE]}
    assert queries(lambda: api.post("/quotes", body)) == 3
    make_customer(api.store, ref="17850")
    body["lines"] = [{**LINE, "sku": make_product(api.store).sku} for _ in range(200)]
    for _ in range(49):
        run_offer(api.store)
    assert queries(lambda: api.post("/quotes", body)) == 3


def test_customer_with_segments_is_three_queries_with_or_without_personal_data(api: Api) -> None:
    customer = make_customer(api.store, ref="17850")
    assert queries(lambda: api.get("/customers/17850")) == 3
    make_person(customer)
    assert queries(lambda: api.get("/customers/17850")) == 3


@pytest.mark.parametrize(
    "path", ["/customers?limit=100", "/products?limit=100", "/orders?limit=100", "/campaigns"]
)
def test_list_is_two_queries_for_1_and_100_rows(api: Api, path: str) -> None:
    def add() -> None:
        make_person(make_customer(api.store))
        make_product(api.store)
        make_order(api.store, customer=make_customer(api.store))

    add()
    public_code(api)
    assert queries(lambda: api.get(path)) == 2
    for _ in range(99):
        add()
    public_code(api, "SUMMER")
    assert queries(lambda: api.get(path)) == 2


def test_points_are_four_queries(api: Api) -> None:
    make_customer(api.store, ref="17850")
    assert queries(lambda: api.get("/customers/17850/points")) == 4


def test_usable_offers_are_six_queries_for_1_and_100_coupons_and_offers(api: Api) -> None:
    anna = make_customer(api.store, ref="17850")
    api.put("/carts/c-1", {"customer": "17850", "lines": [LINE]})
    named_coupon(api.store, anna)
    assert queries(lambda: api.get("/customers/17850/offers?cart=c-1")) == 6
    for _ in range(99):
        named_coupon(api.store, anna)
    api.put("/carts/c-1", {"customer": "17850", "lines": [LINE] * 200})
    assert queries(lambda: api.get("/customers/17850/offers?cart=c-1")) == 6


def test_stored_order_is_six_queries_for_1_and_200_lines(api: Api) -> None:
    api.post("/orders", {"ref": "1", "customer": "17850", "lines": [LINE], "codes": [public_code(api)]})
    api.post("/orders", {"ref": "200", "customer": "17850", "lines": [LINE] * 200, "codes": ["SPRING"]})
    assert queries(lambda: api.get("/orders/1")) == 6
    assert queries(lambda: api.get("/orders/200")) == 6


def test_500_products_are_three_queries_as_one_is(api: Api) -> None:
    for count in (1, 500):
        many = [{"sku": str(n), "price": n} for n in range(count)]
        price = iter(range(1000))

        def store(many: Any = many, price: Any = price) -> Any:
            many[0]["price"] = next(price)
            return api.post("/products/bulk", {"products": many})

        assert queries(store) == 3


def test_100_events_are_four_queries_as_one_is(api: Api) -> None:
    event = {"kind": "visit", "visitor": "0f8fad5b-d9cb-469f-a165-70867728950e", "customer": "17850"}
    for count in (1, 100):
        assert queries(lambda count=count: api.post("/events", {"events": [event] * count})) == 4


def test_cart_costs_the_same_for_1_and_500_lines(api: Api) -> None:
    make_customer(api.store, ref="17850")
    costs = [
        queries(lambda count=count: api.put("/carts/1", {"customer": "17850", "lines": [LINE] * count}))
        for count in (1, 500)
    ]
    assert costs == [9, 9]


@pytest.mark.parametrize("lines", [1, 200])
def test_commit_with_coupon_card_points_cart_and_key_is_13_statements(api: Api, lines: int) -> None:
    """All that reaches the database, savepoints included, but for the one that the test's own transaction sets."""
    anna = make_customer(api.store, ref="17850", joined_at=AT)
    codes = equip(api, anna)
    headers = iter({"Idempotency_Key": f"key-{n}"} for n in range(3))

    def order(ref: str) -> Any:
        api.put(f"/carts/{ref}", {"customer": "17850", "lines": [LINE]})
        body = {"ref": ref, "cart": ref, "customer": "17850", "lines": [LINE] * lines, "points_to_spend": 30}
        body["codes"] = [next(codes)]
        with CaptureQueriesContext(connection) as seen:
            answer = api.post("/orders", body, **next(headers))
        assert answer.status_code == 201, answer.content
        # A process asks for the month's partition once.
        said = [one["sql"] for one in seen.captured_queries if "shop_make_partition" not in one["sql"]]
        return said, answer.json()

    order("1")
    said, answer = order("2")
    assert answer["points_spent"] == 30
    assert {one["offer"] for one in answer["discounts"]} == {"card-vip", "own"}
    # the key, its turn, codes, facts, order, account, points spent, points earned, coupon, customer, cart,
    # what happened, the answer
    assert len(said) - OUTER_SAVEPOINT == 13


def equip(api: Api, anna: Customer) -> Iterator[str]:
    """A VIP card, points, and the codes of coupons of her own."""
    make_earning_rule(api.store)
    now = timezone.now() - DAY
    api.store.points_value = 1
    api.store.save()
    with transaction.atomic():
        give(open_plans(api.store, by=None, at=now)[0], anna, at=now)
        give_points(api.store, customer=anna, points=500, key="p", at=now, at_recorded=now, life_days=365)
    campaign = make_campaign(run_offer(api.store, code="own"))
    for n in range(2):
        with transaction.atomic():
            yield issue_named(campaign, anna, issue_key=str(n), at=now).code
