"""Who came by a partner's link pays what the partner's visitors pay, until the click is 30 days old."""

from datetime import timedelta
from typing import Any

import pytest

from shop.models import Store, Visitor
from tests.checkout.ask import quote
from tests.factories import AT, DAY, make_customer, make_store, make_visitor
from tests.factories.offers_that_run import run_offer
from tests.loyalty.friends import click, link_of, shop_with_programme
from tests.loyalty.partners import link, partner

pytestmark = pytest.mark.django_db


def offer_for(store: Store, *partners: str) -> None:
    condition = {"kind": "partner_traffic", "partners": list(partners)}
    run_offer(store, lane="sale", audience={"kind": "everyone"}, conditions=[condition])
    store.refresh_from_db()


def discount(store: Store, visitor: Visitor | None = None, **asked: Any) -> int:
    priced = quote(store, visitor=visitor.key if visitor else None, **asked)
    return priced.quote.discount


def test_the_last_click_within_thirty_days_counts() -> None:
    store = make_store()
    offer_for(store, "blog")
    blog, visitor = partner(store, code="blog"), make_visitor(store)
    assert discount(store, visitor) == 0
    click(store, visitor, link(blog).code, at=AT - 30 * DAY + timedelta(seconds=1))
    assert discount(store, visitor) == 100
    assert discount(store, visitor, at=AT + timedelta(seconds=1)) == 0


def test_a_customer_is_known_by_any_of_their_browsers() -> None:
    store = make_store()
    offer_for(store, "blog")
    customer = make_customer(store)
    click(store, make_visitor(store, customer=customer), link(partner(store, code="blog")).code, at=AT - DAY)
    assert discount(store, customer=customer.ref) == 100


def test_what_the_request_names_counts_more() -> None:
    store = make_store()
    offer_for(store, "blog")
    visitor = make_visitor(store)
    click(store, visitor, link(partner(store, code="blog")).code, at=AT - DAY)
    assert discount(store, visitor, partner="other") == 0


def test_a_friends_link_followed_later_is_the_last_one() -> None:
    store = shop_with_programme()
    offer_for(store, "blog")
    visitor = make_visitor(store)
    click(store, visitor, link(partner(store, code="blog")).code, at=AT - 2 * DAY)
    click(store, visitor, link_of(make_customer(store)).code, at=AT - DAY)
    assert discount(store, visitor) == 0
