"""Tiers cost a quote no statement of their own, and a batch of customers as many as one."""

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from loyalty.stamps.queries import progress_of
from loyalty.tiers.find_standing import tier_of
from loyalty.tiers.recompute import recompute
from shop import partitions
from shop.partitions import ensure_partition
from tests.checkout.ask import lines, quote
from tests.factories import AT, make_store
from tests.factories.status_rows import make_stamp_card
from tests.loyalty.tiers.ladder import buy, follow, make_member, start_ladder

pytestmark = pytest.mark.django_db
Count = DjangoAssertNumQueries


@pytest.mark.parametrize("measure", ["spend", "orders", "points"])
def test_a_members_quote_still_reads_the_database_once(
    measure: str, django_assert_num_queries: Count
) -> None:
    store = make_store()
    start_ladder(store, measure=measure)
    anna = make_member(store)
    buy(anna, 12_000)
    follow(AT)
    store.refresh_from_db()
    quote(store)
    with django_assert_num_queries(1):
        facts = quote(store, customer=anna.ref, lines=lines(50)).facts
    assert facts.customer is not None
    assert facts.customer.tier_score == {"spend": 12_000, "orders": 1, "points": 0}[measure]


@pytest.mark.parametrize("count", [1, 20])
def test_a_batch_takes_as_many_statements_as_one_customer(
    count: int, django_assert_num_queries: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store()
    start_ladder(store)
    members = [make_member(store) for _ in range(count)]
    for member in members:
        buy(member, 12_000)
    ensure_partition("shop_activity", AT)
    known = {(connection.settings_dict["NAME"], "shop_activity", AT.year, AT.month)}
    monkeypatch.setattr(partitions, "_known", known)  # as in a process that has written this month already
    # ladder, rows made, rows locked, last steps, facts, grants, steps, rows, activity
    with transaction.atomic(), django_assert_num_queries(9):
        assert recompute(store, [one.pk for one in members], at=AT, at_recorded=AT) == count


def test_where_a_customer_stands_is_four_queries(django_assert_num_queries: Count) -> None:
    store = make_store()
    start_ladder(store)
    anna = make_member(store)
    buy(anna, 12_000)
    with django_assert_num_queries(4):
        tier_of(anna, at=AT)


@pytest.mark.parametrize("cards", [1, 5])
def test_stamp_cards_of_a_customer_are_three_queries(cards: int, django_assert_num_queries: Count) -> None:
    store = make_store()
    for _ in range(cards):
        make_stamp_card(store)
    anna = make_member(store)
    with django_assert_num_queries(3):
        assert len(progress_of(anna, at=AT)) == cards
