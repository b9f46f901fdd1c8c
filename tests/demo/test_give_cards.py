"""The demo's members: the best customers, the same ones every time."""

import pytest

from clubcards.models import Membership
from loyalty.models import Offer
from panel.demo import give_cards as room
from panel.demo.give_cards import give_cards
from shop.models import Order, Store
from tests.factories import AT, make_customer, make_order, make_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    """Six buyers: the first pays least; of two equal ones the smaller number comes first; one only cancelled."""
    monkeypatch.setattr(room, "VIPS", 2)
    monkeypatch.setattr(room, "PREMIUMS", 2)
    store = make_store()
    for ref, payable in (("1", 100), ("2", 500), ("3", 500), ("4", 900), ("5", 300)):
        make_order(store, customer=make_customer(store, ref=ref), goods=payable, payable=payable)
    cancelled = Order.Status.CANCELLED
    make_order(store, customer=make_customer(store, ref="6"), goods=9_000, payable=9_000, status=cancelled)
    return store


def members(store: Store) -> list[tuple[str, str]]:
    cards = Membership.objects.filter(store=store).order_by("id")
    return list(cards.values_list("plan__code", "customer__ref"))


def test_who_paid_most_is_vip_and_the_next_are_premium(store: Store) -> None:
    assert give_cards(store, at=AT) == 4
    assert members(store) == [("vip", "4"), ("vip", "2"), ("premium", "3"), ("premium", "5")]
    assert set(Offer.objects.filter(store=store, status="running").values_list("code", flat=True)) == {
        "card-vip",
        "card-vip-delivery",
        "card-premium",
    }


def test_again_it_gives_nothing_more(store: Store) -> None:
    give_cards(store, at=AT)
    before = members(store)
    assert give_cards(store, at=AT) == 0
    assert members(store) == before
