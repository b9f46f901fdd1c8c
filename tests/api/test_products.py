"""Products, one at a time or many."""

from typing import Any

import pytest

from shop.models import Product, Store
from tests.api.conftest import Api, code_of, places_of


def test_product_is_created_and_read_back(api: Api) -> None:
    answer = api.put("/products/85123A", {"price": 255, "name": "Holder", "cost": 90, "tax_bp": 2000})
    assert answer.status_code == 201
    assert answer.json() == api.get("/products/85123A").json()
    assert answer.json()["kind"] == "goods"


def test_description_replaces_the_stored_one_whole(api: Api) -> None:
    api.put("/products/85123A", {"price": 255, "name": "Holder", "cost": 90})
    assert api.put("/products/85123A", {"price": 299}).status_code == 200
    shown = api.get("/products/85123A").json()
    assert (shown["price"], shown["name"], shown["cost"]) == (299, "", None)


def test_500_at_once_say_how_many_were_new_changed_and_the_same(api: Api) -> None:
    many = [{"sku": f"SKU-{n}", "price": n} for n in range(500)]
    assert api.post("/products/bulk", {"products": many}).json() == {
        "created": 500,
        "changed": 0,
        "unchanged": 0,
    }
    many[0]["price"] = 7
    answer = api.post("/products/bulk", {"products": [*many[:10], {"sku": "new", "price": 1}]})
    assert answer.json() == {"created": 1, "changed": 1, "unchanged": 9}
    assert Product.objects.get(sku="SKU-0").price == 7


def test_501_are_refused_and_none_is_stored(api: Api) -> None:
    answer = api.post("/products/bulk", {"products": [{"sku": str(n), "price": 1} for n in range(501)]})
    assert answer.status_code == 400
    assert places_of(answer) == [("too_long", "products")]
    assert not Product.objects.exists()


def test_one_unfit_product_keeps_all_out(api: Api) -> None:
    answer = api.post("/products/bulk", {"products": [{"sku": "a", "price": 1}, {"sku": "b", "price": -1}]})
    assert places_of(answer) == [("too_small", "products.1.price")]
    assert not Product.objects.exists()


def test_sku_that_stands_twice_is_named(api: Api) -> None:
    answer = api.post("/products/bulk", {"products": [{"sku": "a", "price": 1}, {"sku": "a", "price": 2}]})
    assert (answer.status_code, code_of(answer)) == (400, "sku_twice")
    assert places_of(answer) == [("sku_twice", "products.0.sku"), ("sku_twice", "products.1.sku")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", None),
        ("tax_bp", 10_001),
        ("kind", "thing"),
        ("url", "javascript:alert(1)"),
        ("stock", 10**10),
        ("cost", -1),
        ("stocked_on", "yesterday"),
    ],
)
def test_unfit_field_is_named(api: Api, field: str, value: Any) -> None:
    answer = api.put("/products/85123A", {"price": 255, field: value})
    assert answer.status_code == 400
    assert places_of(answer)[0][1] == field


def test_a_store_of_the_eu_tells_the_lowest_price_of_30_days(api: Api) -> None:
    Store.objects.update(country="DE")
    api.put("/products/85123A", {"price": 255})
    assert api.put("/products/85123A", {"price": 299}).json()["lowest_price_30_days"] == 255
    assert api.get("/products/85123A").json()["lowest_price_30_days"] == 255
    assert [one["lowest_price_30_days"] for one in api.get("/products").json()["items"]] == [255]


def test_elsewhere_it_is_not_told(api: Api) -> None:
    assert api.put("/products/85123A", {"price": 255}).json()["lowest_price_30_days"] is None
