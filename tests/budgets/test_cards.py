"""Cards cost a quote no statement of their own."""

import pytest
from pytest_django import DjangoAssertNumQueries

from panel.customers.cards import show_cards
from tests.checkout.ask import lines, quote
from tests.factories import AT, make_customer, make_store
from tests.factories.card_rows import give_card, make_plan, open_plan

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("plans", [1, 10])
def test_a_members_quote_reads_the_database_once(
    plans: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    store = make_store()
    anna = make_customer(store)
    for n in range(plans):
        give_card(open_plan(store, f"plan-{n}", discount_bp=100 + n, free_delivery_from=0), anna)
    quote(store)  # compiles the store's offers, once for this version of them
    with django_assert_num_queries(1):
        priced = quote(store, customer=anna.ref, lines=lines(50), delivery=300).quote
    assert f"plan-{plans - 1}" in {each.offer.removeprefix("card-") for each in priced.applied}


@pytest.mark.parametrize("cards", [1, 10])
def test_a_customers_cards_are_one_statement(
    cards: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    store = make_store()
    anna = make_customer(store)
    for _ in range(cards):
        give_card(make_plan(store), anna)
    with django_assert_num_queries(1):
        assert len(show_cards(anna, store=store, at=AT)) == cards
