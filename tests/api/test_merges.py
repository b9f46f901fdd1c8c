"""Customers merged and parted over the API: the old number leads to the one who stays, everywhere."""

import pytest

from loyalty.models import Account
from shop.models import Customer, Store
from tests.api.conftest import Api, code_of
from tests.checkout.reverse import give
from tests.factories import AT, DAY, make_customer, make_person
from tests.factories.offers_that_run import named_coupon

MERGE = {"ref": "m-1", "customer": "old"}


@pytest.fixture
def store(api: Api) -> Store:
    return Store.objects.get(pk=api.store.pk)


@pytest.fixture
def anna(store: Store) -> Customer:
    anna = make_customer(store, ref="anna", joined_at=AT - DAY)
    old = make_customer(store, ref="old", joined_at=AT - DAY)
    make_person(anna, email="anna@shop.test")
    make_person(old, email="old@shop.test")
    give(old, 100, ends_at=AT + 3650 * DAY)
    return anna


def test_two_numbers_become_one_customer(api: Api, anna: Customer) -> None:
    done = api.post("/customers/anna/merge", MERGE)
    assert (done.status_code, done.json()["points"], done.json()["kept"]) == (200, 100, "anna")
    assert api.post("/customers/anna/merge", MERGE).json() == done.json()
    assert api.get("/customers/old/points").json() == api.get("/customers/anna/points").json()
    assert api.get("/customers/old").json()["ref"] == "anna"


@pytest.mark.parametrize("path", ["stamps", "coupons", "offers", "cards", "gift-balances", "rewards"])
def test_the_old_number_answers_as_the_new_one(api: Api, anna: Customer, store: Store, path: str) -> None:
    named_coupon(store, Customer.objects.get(ref="old"))
    api.post("/customers/anna/merge", MERGE)
    old, new = api.get(f"/customers/old/{path}"), api.get(f"/customers/anna/{path}")
    assert (old.status_code, old.content) == (new.status_code, new.content)


def test_a_merge_is_undone_once(api: Api, anna: Customer) -> None:
    api.post("/customers/anna/merge", MERGE)
    done = api.post("/customers/anna/merge/undo", {"customer": "old"})
    assert (done.status_code, done.json()["points_returned"]) == (200, 100)
    again = api.post("/customers/anna/merge/undo", {"customer": "old"})
    assert (again.status_code, code_of(again)) == (409, "merge_undone_already")
    assert Account.objects.get(customer__ref="old").balance == 100


@pytest.mark.parametrize(
    ("path", "change", "status", "code"),
    [
        ("/customers/anna/merge", {"customer": "nobody"}, 422, "unknown_customer"),
        ("/customers/anna/merge", {"customer": "anna"}, 422, "merge_with_oneself"),
        ("/customers/nobody/merge", {}, 404, "not_found"),
        ("/customers/anna/merge", {"ref": ""}, 400, None),
    ],
)
def test_a_merge_that_can_not_be_is_refused(
    api: Api, anna: Customer, path: str, change: dict[str, object], status: int, code: str | None
) -> None:
    answer = api.post(path, MERGE | change)
    assert answer.status_code == status
    assert code is None or code_of(answer) == code


def test_who_was_merged_is_not_merged_again(api: Api, anna: Customer, store: Store) -> None:
    make_customer(store, ref="bob")
    api.post("/customers/anna/merge", MERGE)
    answer = api.post("/customers/bob/merge", MERGE | {"ref": "m-2"})
    assert (answer.status_code, code_of(answer)) == (409, "merged_already")


def test_new_data_under_the_old_number_is_the_kept_customers(api: Api, anna: Customer) -> None:
    api.post("/customers/anna/merge", MERGE)
    assert api.put("/customers/old", {"phone": "+44 20 7946 0000"}).json()["ref"] == "anna"
    assert api.get("/customers/anna").json()["phone"] == "+44 20 7946 0000"
