"""How many queries the panel's pages may make, for one row and for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import programme_rows as programme
from tests.factories import shop_rows as shop
from tests.panel.addresses import address
from tests.panel.conftest import LogIn
from tests.panel.world import World

# Session, person and role are three of each.
BUDGETS = {
    "admin:index": 17,
    "panel:books": 10,
    "panel:corrections": 8,
    "panel:liability": 8,
    "panel:customer": 23,
    "panel:order": 11,
    "panel:campaigns": 4,
    "panel:offers": 11,
    "panel:offer": 15,
    "panel:campaign": 12,
    "admin:shop_customer_changelist": 8,
    "admin:shop_order_changelist": 8,
    "admin:coupons_redemption_changelist": 8,
    "admin:triggers_message_changelist": 9,
    "admin:loyalty_offer_changelist": 8,
}


def _more_of_everything(world: World) -> None:
    store, customer = world.store, world.customer
    for _ in range(12):
        order = shop.make_order(store, customer=customer)
        shop.make_order_line(order)
        shop.make_order_line(world.order, ordinal=100 + order.pk)
        shop.make_refund(store, order=order, customer=customer)
        shop.make_activity(store, customer=customer)
        shop.make_person(shop.make_customer(store))
        coupon = programme.make_coupon(world.campaign, customer=customer)
        programme.make_redemption(coupon, order)
        offer = programme.make_offer(store)
        programme.make_version(offer)
        programme.make_campaign(offer)
        programme.make_message(programme.make_step(world.trigger, ordinal=order.pk), customer)


@pytest.mark.parametrize("route", sorted(BUDGETS))
def test_a_page_keeps_its_budget_for_one_row_and_for_many(route: str, ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    page = address(route, ours)
    client.get(page)  # what a process does once
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    _more_of_everything(ours)
    with CaptureQueriesContext(connection) as many:
        client.get(page)
    assert len(few) <= BUDGETS[route], [query["sql"][:120] for query in few.captured_queries]
    assert len(many) <= len(few), [query["sql"][:120] for query in many.captured_queries]


def test_the_menu_costs_nothing(ours: World, log_in: LogIn) -> None:
    client = log_in(ours.store, "owner")
    client.get(reverse("panel:imports"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("panel:imports"))
    assert len(queries) <= 4
