"""Try a cart shows what the storefront would be told, and never writes."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loyalty.models import Offer, OfferDayUse
from shop.keys import SERVER_SCOPES, issue_key
from shop.models import Activity, Customer, Product
from tests.factories import make_customer, make_person, make_product
from tests.factories.offers_that_run import public_coupon, run_offer
from tests.panel.conftest import LogIn
from tests.panel.world import World

pytestmark = pytest.mark.django_db
PAGE = reverse("panel:try_cart")
FREE_DELIVERY = {"kind": "delivery_fixed_price", "price": 0}


@pytest.fixture
def mug(ours: World) -> Product:
    return make_product(ours.store, sku="MUG", name="Blue mug", price=1000)


@pytest.fixture
def anna(ours: World) -> Customer:
    return ours.customer


def tried(client: Client, **query: Any) -> Any:
    """The answer, whatever it is."""
    return client.get(PAGE, query)


def shown(client: Client, **query: Any) -> str:
    page = tried(client, **query)
    assert page.status_code == 200
    return str(page.content.decode())


def test_an_empty_cart_says_what_to_do(ours: World, log_in: LogIn) -> None:
    assert "Put a product into the cart" in shown(log_in(ours.store, "owner"))


def test_an_offer_that_needs_more_says_how_much(ours: World, mug: Product, log_in: LogIn) -> None:
    run_offer(
        ours.store,
        audience={"kind": "everyone"},
        conditions=[{"kind": "subtotal_at_least", "amount": 2400}],
    )
    page = shown(log_in(ours.store, "owner"), sku="MUG", quantity=2)
    assert "£4.00 are missing." in page
    assert "£20.00" in page
    more = shown(log_in(ours.store, "owner"), sku="MUG", quantity=3)
    assert "are missing" not in more
    assert "−£3.00" in more


def test_the_page_and_the_api_say_the_same(ours: World, mug: Product, log_in: LogIn) -> None:
    public_coupon(ours.store, "SPRING")
    _key, secret = issue_key(ours.store, name="Server", kind="server", scopes=SERVER_SCOPES)
    page = tried(
        log_in(ours.store, "owner"),
        sku="MUG",
        quantity=3,
        codes="spring nope",
        delivery="4.95",
        moment="2026-11-02T12:00",
    )
    body = {
        "lines": [{"sku": "MUG", "quantity": 3, "unit_price": 1000}],
        "codes": ["spring", "nope"],
        "delivery": 495,
    }
    answer = Client().post(
        "/api/v1/quotes",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    told = answer.json()
    quote = page.context["quote"]
    for name in ("goods", "discount", "delivery_fee", "delivery", "payable", "points_to_earn"):
        assert getattr(quote, name) == told[name], name
    assert [one.amount for one in page.context["trace"].applied] == [one["amount"] for one in told["applied"]]
    assert len(page.context["trace"].refused) == len(told["refused"])


def test_what_is_added_is_added_once_however_often_the_address_is_opened(
    ours: World, mug: Product, log_in: LogIn
) -> None:
    client = log_in(ours.store, "owner")
    added = tried(client, sku="MUG", quantity=1, add="MUG", codes="SPRING")
    assert added.status_code == 302
    assert "quantity=2" in added["Location"]
    assert "add=" not in added["Location"]
    assert "codes=SPRING" in added["Location"]
    again = client.get(added["Location"])
    assert [quantity for _product, quantity in again.context["lines"]] == [2]


def test_a_line_is_taken_out(ours: World, mug: Product, log_in: LogIn) -> None:
    gone = log_in(ours.store, "owner").get(PAGE, {"sku": "MUG", "quantity": "2", "drop": "MUG"}, follow=True)
    assert gone.context["lines"] == []


def test_customers_are_found_by_name_and_number(ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    assert ours.customer.ref in shown(client, who="petro")
    assert "Anna Petrova" in shown(client, who=ours.customer.ref)
    picked = client.get(PAGE, {"pick": ours.customer.ref}, follow=True)
    assert picked.context["customer"].name == "Anna Petrova"


def test_a_marketer_finds_by_number_only_and_sees_initials(ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "marketer")
    assert client.get(PAGE, {"who": "petro"}).context["found_customers"] == []
    page = shown(client, who=ours.customer.ref)
    assert "Petrova" not in page
    assert "P•••" in page


def test_another_stores_people_and_goods_stay_there(ours: World, theirs: World, log_in: LogIn) -> None:
    make_person(make_customer(theirs.store, ref="THEIRS-1"), name="Zoe Zimmer")
    make_product(theirs.store, sku="THEIRS-MUG", name="Their mug")
    client = log_in(ours.store, "owner")
    assert client.get(PAGE, {"who": "THEIRS-1"}).context["found_customers"] == []
    assert list(client.get(PAGE, {"what": "Their mug"}).context["found_products"]) == []
    assert tried(client, sku="THEIRS-MUG", quantity=1).context["quote"] is None


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("delivery", "-1"),
        ("delivery", "lots"),
        ("moment", "yesterday"),
        ("moment", "9999-01-01T00:00"),
        ("codes", "X" * 41),
        ("codes", " ".join(f"CODE{n}" for n in range(11))),
    ],
)
def test_what_cannot_be_read_is_said_and_left_out(
    field: str, typed: str, ours: World, mug: Product, log_in: LogIn
) -> None:
    page = tried(log_in(ours.store, "owner"), **{"sku": "MUG", "quantity": 1, field: typed})
    assert page.status_code == 200
    assert field in page.context["trial"].wrong
    assert (page.context["quote"].goods, page.context["quote"].delivery_fee) == (1000, 0)


@pytest.mark.parametrize("quantity", ["0", "-3", "1e9", "²", "", "9" * 30, "\x00"])
def test_a_quantity_that_is_none_leaves_the_line_out(
    quantity: str, ours: World, mug: Product, log_in: LogIn
) -> None:
    page = tried(log_in(ours.store, "owner"), sku="MUG", quantity=quantity, who="\x00\x01")
    assert page.status_code == 200
    assert page.context["quote"] is None


def test_trying_writes_nothing_and_costs_the_same_for_many_lines(ours: World, log_in: LogIn) -> None:
    for number in range(20):
        make_product(ours.store, sku=f"SKU-{number}", price=500)
    client = log_in(ours.store, "owner")
    shown(client, sku="SKU-0", quantity=1)
    before = Activity.objects.count()
    with CaptureQueriesContext(connection) as few:
        shown(client, sku="SKU-0", quantity=1, customer=ours.customer.ref)
    skus = [f"SKU-{number}" for number in range(20)]
    with CaptureQueriesContext(connection) as many:
        shown(client, sku=skus, quantity=[1] * 20, customer=ours.customer.ref)
    assert len(many) <= len(few) <= 12
    assert Activity.objects.count() == before
    assert not [query for query in many.captured_queries if query["sql"].startswith(("INSERT", "UPDATE"))]


def test_offers_of_one_name_say_at_which_step_they_act(ours: World, mug: Product, log_in: LogIn) -> None:
    """As a card plan's discount and free delivery do."""
    everyone = {"kind": "everyone"}
    shared = run_offer(ours.store, lane="card", audience=everyone)
    other = run_offer(ours.store, lane="delivery", audience=everyone, benefits=[FREE_DELIVERY])
    Offer.objects.filter(pk__in=[shared.pk, other.pk]).update(name="VIP club")
    page = shown(log_in(ours.store, "owner"), sku="MUG", quantity=1, delivery="4.95")
    assert "VIP club (club cards)" in page
    assert "VIP club (delivery)" in page


def test_an_offer_used_up_today_says_on_which_day_it_works_again(
    ours: World, mug: Product, log_in: LogIn
) -> None:
    offer = run_offer(ours.store, audience={"kind": "everyone"}, limits={"uses_per_day": 1})
    OfferDayUse.objects.create(offer=offer, day=date(2026, 11, 2), shard=0, used=1, uses_max=1)
    page = shown(log_in(ours.store, "owner"), sku="MUG", quantity=1, moment="2026-11-02T12:00")
    assert "it works again on 3 Nov" in page
