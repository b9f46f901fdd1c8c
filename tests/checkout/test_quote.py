"""What a cart costs, and who learns what about a code."""

from typing import Any

import pytest

from checkout.request import LineRequest
from pricing.refusals import Refusal
from shop.models import Product, Store
from tests.checkout.ask import MUG, quote
from tests.factories import (
    AT,
    DAY,
    make_customer,
    make_earning_rule,
    make_product,
    make_product_group,
    make_store,
)
from tests.factories.offers_that_run import named_coupon, public_coupon, run_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


def refusals(store: Store, **asked: Any) -> dict[str | None, str]:
    return {each.coupon: each.refusal.value for each in quote(store, **asked).quote.refused}


def test_a_cart_without_offers_costs_its_prices_and_delivery(store: Store) -> None:
    priced = quote(store, delivery=350).quote
    assert (priced.goods, priced.discount, priced.delivery, priced.payable) == (1000, 0, 350, 1350)


def test_a_named_coupon_takes_ten_percent_off_for_its_holder(store: Store) -> None:
    anna = make_customer(store)
    coupon = named_coupon(store, anna)
    priced = quote(store, customer=anna.ref, codes=(coupon.code,))
    assert priced.quote.payable == 900
    assert priced.quote.applied[0].coupon == coupon.code
    assert priced.offers[priced.quote.applied[0].offer].terms.needs_code


def test_a_code_is_read_in_small_letters_and_with_spaces(store: Store) -> None:
    public_coupon(store, "SPRING-25")
    assert quote(store, codes=(" spring-25 ",)).quote.payable == 900


def test_the_stores_own_key_learns_that_a_coupon_is_somebody_elses(store: Store) -> None:
    coupon = named_coupon(store, make_customer(store))
    assert refusals(store, customer="stranger", codes=(coupon.code,)) == {coupon.code: "wrong_customer"}


def test_a_stranger_learns_the_same_of_a_named_code_and_of_none(store: Store) -> None:
    coupon = named_coupon(store, make_customer(store))
    found = refusals(store, customer="stranger", codes=(coupon.code, "GUESSED"), full_reasons=False)
    assert found == {coupon.code: "unknown_code", "GUESSED": "unknown_code"}


def test_a_stranger_learns_no_offer_behind_a_code_that_is_used_up(store: Store) -> None:
    coupon = public_coupon(store, conditions=[{"kind": "subtotal_at_least", "amount": 5000}])
    refused = quote(store, codes=(coupon.code,), full_reasons=False).quote.refused
    assert [(each.offer, each.refusal, each.missing) for each in refused] == [
        ("", Refusal.UNKNOWN_CODE, None)
    ]


def test_the_holder_learns_what_is_missing(store: Store) -> None:
    anna = make_customer(store)
    coupon = named_coupon(store, anna, conditions=[{"kind": "subtotal_at_least", "amount": 1500}])
    refused = quote(store, customer=anna.ref, codes=(coupon.code,), full_reasons=False).quote.refused
    assert [(each.refusal, each.missing) for each in refused] == [(Refusal.BELOW_MINIMUM, 500)]


def test_a_code_of_another_store_is_unknown(store: Store) -> None:
    public_coupon(make_store(), "THEIRS")
    assert refusals(store, codes=("THEIRS",)) == {"THEIRS": "unknown_code"}


def test_a_coupon_ends_with_its_last_moment(store: Store) -> None:
    coupon = public_coupon(store)
    just_before = coupon.ends_at.replace(microsecond=0) - DAY / 86_400
    assert quote(store, codes=(coupon.code,), at=just_before).quote.payable == 900
    assert refusals(store, codes=(coupon.code,), at=coupon.ends_at) == {coupon.code: "expired"}


def test_codes_are_refused_while_redemption_is_paused_and_promotions_go_on(store: Store) -> None:
    run_offer(
        store, lane="sale", audience={"kind": "everyone"}, benefits=[{"kind": "amount_off", "amount": 50}]
    )
    coupon = public_coupon(store)
    store.is_redemption_paused = True
    assert quote(store, codes=(coupon.code,)).quote.payable == 950
    assert refusals(store, codes=(coupon.code,)) == {coupon.code: "paused"}


def test_an_offer_for_everybody_needs_no_code(store: Store) -> None:
    run_offer(store, lane="sale", audience={"kind": "everyone"})
    assert quote(store).quote.payable == 900


def test_an_offer_for_customers_is_not_for_guests(store: Store) -> None:
    run_offer(store, lane="sale", audience={"kind": "customers"})
    assert refusals(store) == {None: "not_registered"}
    assert quote(store, customer="anna").quote.payable == 900


def test_the_storefronts_price_counts_not_the_catalogues(store: Store) -> None:
    make_product(store, sku="MUG", price=5000)
    assert quote(store).quote.goods == 1000


def test_a_product_adds_its_groups_and_marks(store: Store) -> None:
    make_product(store, sku="MUG", category="Mugs", is_never_discounted=True)
    make_product(store, sku="CUP", category="Cups")
    make_product_group(store, code="drinking", categories=["Mugs", "Cups"])
    run_offer(
        store,
        lane="sale",
        audience={"kind": "everyone"},
        benefits=[
            {"kind": "percent_off", "rate_bp": 5000, "target": {"kind": "in_groups", "groups": ["drinking"]}}
        ],
    )
    cup = LineRequest(sku="CUP", quantity=2, unit_price=400)
    priced = quote(store, lines=(MUG, cup)).quote
    assert [line.net for line in priced.lines] == [1000, 400]


def test_a_group_is_told_by_sku_and_by_price_too(store: Store) -> None:
    make_product_group(store, code="named", skus=["MUG"])
    make_product_group(store, code="cheap", price_max=400)
    for code in ("named", "cheap"):
        run_offer(
            store,
            code=code,
            lane="order",
            audience={"kind": "everyone"},
            benefits=[
                {"kind": "amount_off", "amount": 10, "target": {"kind": "in_groups", "groups": [code]}}
            ],
        )
    cup = LineRequest(sku="CUP", quantity=1, unit_price=400)
    assert [line.discount for line in quote(store, lines=(MUG, cup)).quote.lines] == [10, 10]


def test_the_margin_floor_of_the_store_holds(store: Store) -> None:
    make_product(store, sku="MUG", cost=950)
    coupon = public_coupon(store)
    store.margin_floor_bp = 0
    priced = quote(store, codes=(coupon.code,)).quote
    assert (priced.payable, priced.applied[0].capped) == (950, 50)


def test_goods_earn_and_a_gift_balance_does_not(store: Store) -> None:
    make_earning_rule(store, points=1, per_amount=100)
    make_product(store, sku="BALANCE", kind=Product.Kind.GIFT_BALANCE)
    store.refresh_from_db()
    balance = LineRequest(sku="BALANCE", quantity=1, unit_price=5000)
    priced = quote(store, lines=(MUG, balance)).quote
    assert [line.points_to_earn for line in priced.lines] == [10, 0]


def test_a_gift_balance_is_never_discounted(store: Store) -> None:
    make_product(store, sku="MUG", kind=Product.Kind.GIFT_BALANCE)
    coupon = public_coupon(store)
    assert refusals(store, codes=(coupon.code,)) == {coupon.code: "no_target"}


def test_a_paused_and_an_archived_offer_refuse_their_codes(store: Store) -> None:
    paused, archived = public_coupon(store, "PAUSED"), public_coupon(store, "ENDED")
    type(paused.campaign.offer).objects.filter(pk=paused.campaign.offer_id).update(status="paused")
    type(paused.campaign.offer).objects.filter(pk=archived.campaign.offer_id).update(status="archived")
    store.refresh_from_db()
    assert refusals(store, codes=("PAUSED", "ENDED")) == {"PAUSED": "paused", "ENDED": "expired"}


def test_a_code_for_an_offer_that_applies_anyway_does_not_double_it(store: Store) -> None:
    coupon = public_coupon(store)
    offer = coupon.campaign.offer
    version = offer.versions.get()
    version.document["audience"] = {"kind": "everyone"}
    version.document["lane"] = "order"
    version.save()
    store.refresh_from_db()
    assert quote(store, codes=(coupon.code,)).quote.payable == 900
    assert refusals(store, codes=(coupon.code,)) == {coupon.code: "not_combinable"}


def test_a_version_counts_from_its_moment_on(store: Store) -> None:
    from_tomorrow = run_offer(store, lane="sale", audience={"kind": "everyone"}, at=AT + DAY)
    assert quote(store).quote.payable == 1000
    assert quote(store, at=AT + DAY).offers[from_tomorrow.code].name
    assert quote(store, at=AT + DAY).quote.payable == 900


def test_a_document_written_past_the_verb_stops_nobody_from_buying(store: Store) -> None:
    offer = run_offer(store, lane="sale", audience={"kind": "everyone"})
    offer.versions.update(document={"v": 7})
    run_offer(
        store, lane="order", audience={"kind": "everyone"}, benefits=[{"kind": "amount_off", "amount": 1}]
    )
    assert quote(store).quote.payable == 999
