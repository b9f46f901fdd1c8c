"""Members' cards in quotes and orders."""

import pytest
from django.db import transaction

from checkout.request import LineRequest
from clubcards.end import end
from loyalty.models import Discount
from shop.models import Customer, Store
from tests.checkout.ask import MUG, order, quote
from tests.factories import AT, DAY, make_customer, make_product, make_product_group, make_store
from tests.factories.card_rows import give_card, open_plan
from tests.factories.offers_that_run import public_coupon, run_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return make_customer(store)


def refusals(store: Store, customer: Customer | None) -> dict[str, str]:
    found = quote(store, customer=customer.ref if customer else None, delivery=300).quote.refused
    return {each.offer: each.refusal.value for each in found}


def test_a_member_pays_less_and_others_are_told_why_not(store: Store, anna: Customer) -> None:
    give_card(open_plan(store), anna)
    assert quote(store, customer=anna.ref).quote.payable == 900
    assert quote(store).quote.payable == 1000
    assert refusals(store, make_customer(store)) == {"card-vip": "no_card"}
    assert refusals(store, None) == {"card-vip": "no_card"}


def test_only_the_plans_product_group_is_discounted(store: Store, anna: Customer) -> None:
    make_product(store, sku="TEA", category="tea")
    make_product_group(store, code="tea", skus=[], categories=["tea"])
    give_card(open_plan(store, group="tea"), anna)
    tea = LineRequest(sku="TEA", quantity=1, unit_price=500)
    assert quote(store, customer=anna.ref, lines=(MUG, tea)).quote.payable == 1450


def test_a_card_is_used_from_its_first_moment_until_just_before_its_end(store: Store, anna: Customer) -> None:
    plan = open_plan(store, at=AT - 9 * DAY)
    give_card(plan, anna, at=AT, ends_at=AT + DAY)
    prices = [quote(store, customer=anna.ref, at=at).quote.payable for at in (AT - DAY, AT, AT + DAY)]
    assert prices == [1000, 900, 1000]


def test_an_ended_card_gives_nothing(store: Store, anna: Customer) -> None:
    card = give_card(open_plan(store), anna)
    with transaction.atomic():
        end(card, at=AT)
    assert quote(store, customer=anna.ref).quote.payable == 1000


def test_a_plan_out_of_use_gives_nothing(store: Store, anna: Customer) -> None:
    give_card(open_plan(store), anna)
    run_offer(
        store,
        code="members",
        audience={"kind": "everyone"},
        conditions=[{"kind": "holds_card", "plans": ["vip"]}],
    )
    open_plan(store, is_active=False)
    assert refusals(store, anna) == {"members": "no_card"}


def test_another_stores_card_gives_nothing(store: Store, anna: Customer) -> None:
    theirs = make_store()
    give_card(open_plan(theirs), make_customer(theirs, ref=anna.ref))
    open_plan(store)
    assert quote(store, customer=anna.ref).quote.payable == 1000


def test_the_plans_limit_holds_on_a_line_with_all_its_discounts(store: Store, anna: Customer) -> None:
    give_card(open_plan(store, line_limit_bp=1500), anna)
    public_coupon(store, "SPRING", benefits=[{"kind": "percent_off", "rate_bp": 1000}])
    store.refresh_from_db()
    priced = quote(store, customer=anna.ref, codes=("SPRING",)).quote
    assert priced.payable == 850
    assert [(each.amount, each.capped_by) for each in priced.applied] == [(100, None), (50, "card_limit")]


def test_a_limit_that_would_make_it_dearer_is_left_out_with_the_card(store: Store, anna: Customer) -> None:
    give_card(open_plan(store, discount_bp=500, line_limit_bp=1000), anna)
    public_coupon(store, "SPRING", benefits=[{"kind": "percent_off", "rate_bp": 3000}])
    store.refresh_from_db()
    priced = quote(store, customer=anna.ref, codes=("SPRING",)).quote
    assert priced.payable == 700
    assert [(each.offer, each.refusal.value) for each in priced.refused] == [("card-vip", "card_left_out")]


def test_the_better_of_two_cards_counts_and_free_delivery_of_the_other_stays(
    store: Store, anna: Customer
) -> None:
    give_card(open_plan(store, "vip", discount_bp=500, free_delivery_from=1000), anna)
    give_card(open_plan(store, "premium", discount_bp=1000), anna)
    priced = quote(
        store, customer=anna.ref, delivery=300, lines=(LineRequest(sku="M", quantity=2, unit_price=1000),)
    )
    assert priced.quote.payable == 1800
    assert {each.offer for each in priced.quote.applied} == {"card-premium", "card-vip-delivery"}
    assert [(each.offer, each.better) for each in priced.quote.refused] == [("card-vip", "card-premium")]


def test_an_order_keeps_what_the_card_took_off_each_line(store: Store, anna: Customer) -> None:
    plan = open_plan(store, free_delivery_from=0)
    give_card(plan, anna)
    committed = order(store, customer=anna.ref, delivery=300)
    assert (committed.order.payable, committed.order.discount) == (900, 100)
    assert plan.discount_offer is not None
    rows = Discount.objects.filter(order=committed.order).select_related("version__offer").order_by("id")
    assert [(row.version.offer.code, row.amount, row.line_id is None) for row in rows] == [
        ("card-vip", 100, False),
        ("card-vip-delivery", 300, True),
    ]


def test_a_changed_plan_prices_new_orders_only(store: Store, anna: Customer) -> None:
    give_card(open_plan(store), anna)
    before = order(store, customer=anna.ref).order
    open_plan(store, discount_bp=2000, at=AT)
    after = order(store, customer=anna.ref).order
    numbers = (
        Discount.objects.filter(order__in=(before, after))
        .order_by("order_id")
        .values_list("amount", "version__number")
    )
    assert list(numbers) == [(100, 1), (200, 2)]
