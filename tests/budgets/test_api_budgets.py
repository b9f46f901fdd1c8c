"""How many queries each answer costs, for one thing and for many. The key and its store are one of them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.keys import SERVER_SCOPES, issue_key
from shop.models import ApiKey
from tests.api.conftest import LINE, Api
from tests.api.test_quotes import public_code
from tests.factories import make_customer, make_order, make_person, make_product, make_store
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


def test_customer_is_two_queries_with_or_without_personal_data(api: Api) -> None:
    customer = make_customer(api.store, ref="17850")
    assert queries(lambda: api.get("/customers/17850")) == 2
    make_person(customer)
    assert queries(lambda: api.get("/customers/17850")) == 2


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


def test_commit_costs_the_same_for_1_and_200_lines(api: Api) -> None:
    refs = iter(range(1000))
    make_customer(api.store, ref="17850")
    code = public_code(api)

    def order(lines: int) -> Any:
        body = {"ref": str(next(refs)), "customer": "17850", "lines": [LINE] * lines, "codes": [code]}
        return api.post("/orders", body)

    assert queries(lambda: order(1)) == queries(lambda: order(200)) <= 16
