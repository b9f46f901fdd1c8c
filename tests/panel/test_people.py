"""Merging, parting, exporting and erasing customers in the panel."""

import json
from typing import Any

import pytest
from django.urls import reverse

from checkout.models import Merge
from loyalty.models import Account
from shop.models import Activity, Customer, Person, Store
from tests.checkout.reverse import give
from tests.factories import AT, DAY, make_customer, make_person, make_store
from tests.panel.conftest import LogIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    anna = make_customer(store, ref="anna", joined_at=AT - DAY)
    old = make_customer(store, ref="anna-old", joined_at=AT - DAY)
    make_person(anna, name="Anna Petrova", email="anna@shop.test")
    make_person(old, name="A. Petrova", email="old@shop.test")
    give(old, 120, ends_at=AT + 3650 * DAY)
    return anna


def text(client: Any, address: str) -> str:
    return str(client.get(address).content.decode())


def test_two_customers_are_found_seen_side_by_side_merged_and_parted(
    store: Store, anna: Customer, log_in: LogIn
) -> None:
    admin, page = log_in(store, "admin"), reverse("panel:merge", args=[anna.pk])
    assert "anna-old" in text(admin, f"{page}?q=petrova")
    both = text(admin, f"{page}?with=anna-old")
    assert "120 points of customer anna-old become points of customer anna" in both
    sent = admin.post(page, {"with": "anna-old", "token": "t-1"})
    assert sent.status_code == 302
    done = Merge.objects.get()
    assert (done.points, done.made_by is not None, Account.objects.get(customer=anna).balance) == (
        120,
        True,
        120,
    )
    assert "was merged into this one" in text(admin, sent["Location"])
    undo = reverse("panel:merge_undo", args=[done.pk])
    assert "Of the 120 points that moved, 120 are left" in text(admin, undo)
    admin.post(undo, {})
    done.refresh_from_db()
    assert (done.undone_by is not None, done.points_returned) == (True, 120)
    assert admin.get(undo).status_code == 404


def test_who_was_merged_is_not_offered_again(store: Store, anna: Customer, log_in: LogIn) -> None:
    admin, page = log_in(store, "admin"), reverse("panel:merge", args=[anna.pk])
    admin.post(page, {"with": "anna-old", "token": "t-1"})
    assert "Nobody else is known so" in text(admin, f"{page}?q=anna")
    old = Customer.objects.get(ref="anna-old")
    assert admin.get(reverse("panel:merge", args=[old.pk])).status_code == 404


def test_erasing_asks_for_the_number(store: Store, anna: Customer, log_in: LogIn) -> None:
    owner, page = log_in(store, "owner"), reverse("panel:erase", args=[anna.pk])
    assert "What goes, for ever" in text(owner, page)
    assert owner.post(page, {"ref": "somebody"}).status_code == 400
    assert Person.objects.filter(customer=anna).exists()
    assert owner.post(page, {"ref": "anna"}).status_code == 302
    assert not Person.objects.filter(customer=anna).exists()
    assert Activity.objects.get(kind="customer.erased").data["by"] is not None


def test_an_export_is_a_file_and_is_written_down(store: Store, anna: Customer, log_in: LogIn) -> None:
    answer = log_in(store, "owner").post(reverse("panel:export", args=[anna.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert json.loads(answer.content)["shop.person"][0]["email"] == "anna@shop.test"
    assert Activity.objects.filter(kind="customer.exported").count() == 1


@pytest.mark.parametrize("role", ["marketer", "support", "analyst"])
@pytest.mark.parametrize("route", ["panel:merge", "panel:erase", "panel:export"])
def test_others_may_do_nothing_of_it(
    store: Store, anna: Customer, log_in: LogIn, role: str, route: str
) -> None:
    assert log_in(store, role).post(reverse(route, args=[anna.pk])).status_code == 403
