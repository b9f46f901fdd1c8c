"""An offer for a segment: who is in it gets it, with no statement more."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from pricing.refusals import Refusal
from tests.checkout.ask import lines, order, quote
from tests.factories import AT, DAY, make_customer, make_store
from tests.factories.offers_that_run import run_offer
from tests.factories.segment_rows import look, segment_of
from tests.loyalty.tiers.ladder import buy

pytestmark = pytest.mark.django_db
FOR_SLEEPING: dict[str, Any] = {
    "conditions": [{"kind": "in_segment", "segments": ["sleeping"]}],
    "audience": {"kind": "everyone"},
}


def test_only_who_is_in_the_segment_gets_the_offer() -> None:
    store = make_store()
    segment = segment_of(store, {"kind": "last_order", "days_min": 60})
    anna, boris = make_customer(store), make_customer(store)
    buy(anna, 1000, at=AT - 60 * DAY)
    buy(boris, 1000, at=AT - 59 * DAY)
    look(segment)
    run_offer(store, **FOR_SLEEPING)
    assert quote(store, customer=anna.ref).quote.discount == 100
    priced = quote(store, customer=boris.ref)
    assert [one.refusal for one in priced.quote.refused] == [Refusal.NOT_IN_SEGMENT]
    assert quote(store).quote.discount == 0, "nobody knows who that is"
    assert order(store, customer=anna.ref).order.discount == 100


@pytest.mark.parametrize("count", [1, 200])
def test_it_costs_a_quote_no_statement(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    store = make_store()
    segment = segment_of(store, {"kind": "orders", "at_most": 0})
    anna = make_customer(store)
    look(segment)
    run_offer(store, **FOR_SLEEPING)
    quote(store)
    with django_assert_num_queries(1):
        facts = quote(store, customer=anna.ref, lines=lines(count)).facts
    assert facts.customer is not None
    assert facts.customer.segments == ("sleeping",)


def test_nobody_asks_where_no_offer_is_for_a_segment() -> None:
    store = make_store()
    segment = segment_of(store, {"kind": "orders", "at_most": 0})
    anna = make_customer(store)
    look(segment)
    run_offer(store, audience={"kind": "everyone"})
    facts = quote(store, customer=anna.ref).facts
    assert facts.customer is not None
    assert facts.customer.segments == ()
