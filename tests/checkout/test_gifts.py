"""Gifts that offers add: lines of the order, at their full price and for nothing."""

from typing import Any

import pytest

from checkout.request import LineRequest
from loyalty.models import Discount, OfferBudget
from loyalty.verify import verify_ledger
from pricing.refusals import Refusal
from shop.models import Order, OrderLine, Product, Store
from tests.checkout.ask import MUG, order, quote
from tests.checkout.reverse import balance, cancel, give, member, points_store, refund
from tests.factories import AT, make_customer, make_earning_rule, make_product, make_store
from tests.factories.offers_that_run import run_offer

pytestmark = pytest.mark.django_db

CUP = LineRequest(sku="CUP", quantity=1, unit_price=2000)


@pytest.fixture
def store() -> Store:
    store = make_store()
    make_product(store, sku="SOAP", name="Soap", price=300, cost=120, tax_bp=2000)
    return store


def give_soap(store: Store, **terms: Any) -> None:
    """One soap with every order, unless said otherwise."""
    gift = {"kind": "gift_item", "skus": ["SOAP"], "how": "added"}
    run_offer(store, code="soap", lane="gifts", audience={"kind": "everyone"}, **{"benefits": [gift]} | terms)


def test_the_quote_shows_the_gift_beside_its_lines(store: Store) -> None:
    give_soap(store)
    priced = quote(store).quote
    assert [(gift.sku, gift.quantity, gift.unit_price, gift.offer) for gift in priced.gifts] == [
        ("SOAP", 1, 300, "soap")
    ]
    assert (len(priced.lines), priced.goods, priced.payable) == (1, 1000, 1000)
    assert [(each.offer, each.amount) for each in priced.applied] == [("soap", 300)]


def test_the_order_holds_it_as_a_line_that_costs_nothing(store: Store) -> None:
    give_soap(store)
    bought = order(store).order
    bought.refresh_from_db()
    assert (bought.goods, bought.discount, bought.payable) == (1300, 300, 1000)
    soap = OrderLine.objects.get(order=bought, is_gift=True)
    assert (soap.ordinal, soap.sku, soap.name, soap.quantity) == (2, "SOAP", "Soap", 1)
    assert (soap.unit_price, soap.discount, soap.total, soap.cost, soap.tax_bp) == (300, 300, 0, 120, 2000)
    taken = Discount.objects.get(order=bought)
    assert (taken.line_id, taken.amount) == (soap.pk, 300)


def test_a_gift_that_is_sold_out_or_off_sale_is_not_given(store: Store) -> None:
    give_soap(store)
    for gone in ({"stock": 0}, {"stock": 5, "is_active": False}):
        Product.objects.filter(sku="SOAP").update(**gone)
        priced = quote(store).quote
        assert (priced.gifts, [each.refusal for each in priced.refused]) == (
            (),
            [Refusal.GIFT_NOT_AVAILABLE],
        )
    Product.objects.filter(sku="SOAP").update(stock=1, is_active=True)
    assert len(quote(store).quote.gifts) == 1


def test_a_gift_costs_the_offers_budget_its_price(store: Store) -> None:
    give_soap(store, limits={"budget_max": 500})
    order(store)
    assert OfferBudget.objects.get().spent == 300
    assert quote(store).quote.gifts == ()


def test_a_gift_earns_no_points_and_takes_none(store: Store) -> None:
    make_earning_rule(store, points=1, per_amount=100)
    give_soap(store)
    anna = make_customer(store, joined_at=AT)
    store.refresh_from_db()
    assert order(store, customer=anna.ref).points == 10
    assert verify_ledger(store) == []


def test_an_order_with_a_gift_can_be_paid_with_points() -> None:
    store = points_store()
    make_product(store, sku="SOAP", price=300)
    give_soap(store)
    anna = member(store)
    give(anna, 400)
    store.refresh_from_db()
    bought = order(store, customer=anna.ref, points_to_spend=400).order
    assert (bought.payable, bought.points_amount) == (600, 400)
    refund(bought, (1, 1))
    cancel(bought)
    assert balance(anna) == 400
    assert verify_ledger(store) == []


def test_all_of_the_order_but_the_gift_is_refunded_for_all_that_was_paid(store: Store) -> None:
    give_soap(store)
    bought = order(store).order
    assert refund(bought, (1, 1)).refund.amount == 1000
    assert Order.objects.get().refunded == 1000


def test_a_gift_that_comes_back_brings_no_money(store: Store) -> None:
    give_soap(store)
    bought = order(store).order
    assert refund(bought, (2, 1)).refund.amount == 0
    assert OrderLine.objects.get(is_gift=True).refunded_quantity == 1


def test_a_cancelled_order_takes_its_gift_back_too(store: Store) -> None:
    give_soap(store, limits={"budget_max": 500})
    done = cancel(order(store).order)
    assert done.refund is not None
    assert done.refund.refund.amount == 1000
    assert OrderLine.objects.get(is_gift=True).refunded_quantity == 1
    assert OfferBudget.objects.get().spent == 0


def test_a_gift_from_the_cart_is_a_line_like_any_other(store: Store) -> None:
    gift = {"kind": "gift_item", "skus": ["MUG"], "how": "from_cart"}
    run_offer(store, code="mug", lane="gifts", audience={"kind": "everyone"}, benefits=[gift])
    bought = order(store, lines=(MUG, CUP)).order
    assert not OrderLine.objects.filter(order=bought, is_gift=True).exists()
    assert bought.payable == 2000


def test_a_repeated_order_is_the_same_whatever_the_gift_costs_by_then(store: Store) -> None:
    give_soap(store)
    first = order(store, ref="o-1").order
    Product.objects.filter(sku="SOAP").update(price=999)
    again = order(store, ref="o-1")
    assert (again.created, again.order.pk) == (False, first.pk)
