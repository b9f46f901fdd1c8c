"""The terms of a store as a process keeps them: compiled once, seen anew after every change."""

from datetime import datetime

import pytest

from loyalty.models import Offer
from loyalty.running import PERIOD, Running, period_of
from loyalty.schedule import calendar_of
from loyalty.snapshot import snapshot
from pricing.index import OfferIndex
from shop.models import Store
from tests.checkout.ask import order, quote
from tests.factories import AT, DAY, make_customer, make_store
from tests.factories.offers_that_run import public_coupon, run_offer

pytestmark = pytest.mark.django_db

EVERYONE = {"kind": "everyone"}
FRIDAYS = {"recurring": {"kind": "weekly", "weekdays": [5]}}


@pytest.fixture
def store() -> Store:
    return make_store()


def compiled(store: Store, *, at: datetime = AT) -> Running:
    return snapshot(store.pk, store.offers_version).compiled(calendar=calendar_of(store), at=at)


def test_offers_are_compiled_once_for_a_period(store: Store) -> None:
    begin = AT - (AT - datetime(1970, 1, 1, tzinfo=AT.tzinfo)) % PERIOD
    run_offer(store, lane="sale", audience=EVERYONE, schedule=FRIDAYS, at=begin - DAY)
    assert compiled(store, at=begin) is compiled(store, at=begin + PERIOD - DAY)
    assert compiled(store, at=begin) is not compiled(store, at=begin + PERIOD)
    assert period_of(begin + PERIOD) == period_of(begin) + 1


def test_where_nothing_recurs_one_compilation_serves_for_ever(store: Store) -> None:
    run_offer(store, lane="sale", audience=EVERYONE)
    assert compiled(store) is compiled(store, at=AT + 100 * PERIOD)


def test_a_version_that_comes_into_force_is_compiled_by_then(store: Store) -> None:
    tomorrow = run_offer(store, lane="sale", audience=EVERYONE, at=AT + DAY)
    assert tomorrow.code not in compiled(store).offers
    assert tomorrow.code in compiled(store, at=AT + DAY).offers


def test_personal_limits_and_coupons_compile_nothing_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_offer(store, lane="order", audience=EVERYONE, limits={"uses_max": 5})
    coupon = public_coupon(store)
    before = compiled(store)
    built: list[int] = []
    original = OfferIndex.__init__

    def count(self: OfferIndex, ranked: list[object]) -> None:
        built.append(len(ranked))
        original(self, ranked)  # type: ignore[arg-type]

    monkeypatch.setattr(OfferIndex, "__init__", count)
    assert quote(store, codes=(coupon.code,)).quote.payable == 810
    assert compiled(store) is before
    assert built == []


def test_an_edit_is_seen_at_the_next_request_and_the_order_keeps_its_version(store: Store) -> None:
    offer = run_offer(store, lane="sale", audience=EVERYONE)
    first = order(store).order
    Offer.objects.filter(pk=offer.pk).update(status=Offer.Status.PAUSED)
    # As authentication of the next request reads it, in whatever process.
    store.refresh_from_db()
    assert order(store).order.payable == 1000
    assert first.discounts.get().version == offer.versions.get()
    assert first.offers_version < store.offers_version


def test_few_periods_are_kept_at_once(store: Store) -> None:
    run_offer(store, lane="sale", audience=EVERYONE, schedule=FRIDAYS)
    for back in range(40):
        compiled(store, at=AT - back * PERIOD)
    assert len(snapshot(store.pk, store.offers_version)._compiled) == 16


def test_the_storefront_hears_of_near_offers_and_try_a_cart_of_all(store: Store) -> None:
    near = run_offer(
        store, lane="sale", audience=EVERYONE, conditions=[{"kind": "subtotal_at_least", "amount": 5000}]
    )
    far = run_offer(
        store, lane="sale", audience=EVERYONE, conditions=[{"kind": "holds_card", "plans": ["vip"]}]
    )
    anna = make_customer(store)
    told = {each.offer for each in quote(store, customer=anna.ref, explain="near").quote.refused}
    assert told == {near.code}
    told = {each.offer for each in quote(store, customer=anna.ref).quote.refused}
    assert told == {near.code, far.code}
