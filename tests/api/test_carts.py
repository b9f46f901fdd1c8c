"""Carts as they are reported, in any order."""

from uuid import UUID

from shop.models import Activity, Cart, CartLine, Visitor
from tests.api.conftest import LINE, Api, code_of, places_of

VISITOR = "0f8fad5b-d9cb-469f-a165-70867728950e"


def test_cart_is_stored_with_its_lines_and_people(api: Api) -> None:
    answer = api.put(
        "/carts/1", {"version": 3, "customer": "17850", "visitor": VISITOR, "lines": [LINE, LINE]}
    )
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["subtotal"], shown["version"], shown["status"], shown["is_taken"]) == (
        3060,
        3,
        "open",
        True,
    )
    assert (shown["customer"], shown["visitor"]) == ("17850", VISITOR)
    assert [line.ordinal for line in CartLine.objects.order_by("ordinal")] == [1, 2]
    visitor = Visitor.objects.get()
    assert (visitor.key, visitor.customer and visitor.customer.ref) == (UUID(VISITOR), "17850")


def test_late_report_changes_nothing(api: Api) -> None:
    api.put("/carts/1", {"version": 3, "lines": [LINE]})
    for version in (2, 3):
        answer = api.put("/carts/1", {"version": version, "lines": []})
        assert (answer.status_code, answer.json()["is_taken"]) == (200, False)
        assert answer.json()["subtotal"] == 1530
    assert Activity.objects.filter(kind__startswith="cart.").count() == 1


def test_report_without_a_version_counts_as_the_newest(api: Api) -> None:
    api.put("/carts/1", {"version": 3, "lines": [LINE]})
    answer = api.put("/carts/1", {"lines": []})
    assert (answer.json()["version"], answer.json()["status"], answer.json()["subtotal"]) == (4, "emptied", 0)
    assert not CartLine.objects.exists()


def test_ordered_cart_stays_ordered(api: Api) -> None:
    api.put("/carts/1", {"lines": [LINE]})
    api.post("/orders", {"ref": "536365", "cart": "1", "lines": [LINE]})
    answer = api.put("/carts/1", {"version": 99, "lines": [LINE]})
    assert (answer.json()["is_taken"], answer.json()["status"]) == (False, "ordered")


def test_price_is_the_products_where_none_is_given(api: Api) -> None:
    api.put("/products/85123A", {"price": 255})
    answer = api.put("/carts/1", {"lines": [{"sku": "85123A", "quantity": 2}]})
    assert answer.json()["subtotal"] == 510


def test_unknown_product_without_a_price_is_422_and_leaves_nothing(api: Api) -> None:
    answer = api.put("/carts/1", {"lines": [{"sku": "unknown", "quantity": 2}]})
    assert (answer.status_code, code_of(answer)) == (422, "unknown_product")
    assert not Cart.objects.exists()


def test_cart_of_somebody_does_not_become_nobodys(api: Api) -> None:
    api.put("/carts/1", {"customer": "17850", "lines": [LINE]})
    assert api.put("/carts/1", {"lines": [LINE]}).json()["customer"] == "17850"


def test_largest_cart_that_is_allowed_fits(api: Api) -> None:
    most = {"sku": "a", "quantity": 100_000, "unit_price": 10_000_000_000}
    answer = api.put("/carts/1", {"lines": [most] * 500})
    assert (answer.status_code, answer.json()["subtotal"]) == (200, 500 * 10**15)


def test_10_000_lines_are_refused(api: Api) -> None:
    answer = api.put("/carts/1", {"lines": [LINE] * 10_000})
    assert answer.status_code == 400
    assert places_of(answer) == [("too_long", "lines")]
