"""What the panel says of points: on the customer's page and on the order's."""

from django.test import Client
from django.urls import reverse

from shop.models import Customer, Order
from tests.checkout.ask import order
from tests.checkout.reverse import fulfil, give, member, mugs, points_store, refund
from tests.factories import AT, DAY, make_person
from tests.flows.act import words
from tests.panel.conftest import LogIn


def page_of(log_in: LogIn, row: Customer | Order) -> str:
    client: Client = log_in(row.store, "owner")
    route = "panel:customer" if isinstance(row, Customer) else "panel:order"
    return words(client.get(reverse(route, args=[row.pk])).content.decode())


def anna_of_a_points_store() -> Customer:
    anna = member(points_store())
    make_person(anna)
    return anna


def test_a_customers_points_are_told_by_state_and_by_movement(log_in: LogIn, db: None) -> None:
    anna = anna_of_a_points_store()
    give(anna, 1500)
    bought = order(anna.store, customer=anna.ref, lines=mugs(2), points_to_spend=300).order
    page = page_of(log_in, anna)
    assert "Can be spent now 1,200 £12.00" in page
    assert "Pending until the return window ends 17" in page
    assert "End next, after" in page
    assert f"Used as payment {bought.ref} −300" in page
    assert f"Earned {bought.ref}" in page
    assert "Added by hand +1,500" in page
    assert "Owed" not in page


def test_an_order_tells_what_points_paid_and_what_came_back(log_in: LogIn, db: None) -> None:
    anna = anna_of_a_points_store()
    give(anna, 1500)
    bought = order(anna.store, customer=anna.ref, lines=mugs(2), points_to_spend=300).order
    refund(bought, (1, 1), ref="R-1")
    page = page_of(log_in, bought)
    assert "Paid with 300 points −£3.00" in page
    assert "Spent on it 300 Earned by it 17" in page
    assert "R-1 1 × MUG · 150 points given back · 9 points taken back" in page
    assert "Given back for returned goods +150" in page
    assert "Taken back for returned goods −9" in page


def test_debts_are_told_on_both_pages(log_in: LogIn, db: None) -> None:
    anna = anna_of_a_points_store()
    first = order(anna.store, customer=anna.ref, lines=mugs(1)).order
    fulfil(first, at=AT)
    later = AT + 20 * DAY
    order(anna.store, customer=anna.ref, lines=mugs(1), points_to_spend=10, at=later)
    refund(first, (1, 1), at=later)
    page = page_of(log_in, first)
    assert "Taken back for returned goods −9" in page
    assert "Owed 1 Goods came back" in page
    page = page_of(log_in, anna)
    assert "Owed 1 Goods came back" in page
    assert f"Earned by order {first.ref} 1" in page


def test_what_a_refund_kept_back_is_told(log_in: LogIn, db: None) -> None:
    anna = anna_of_a_points_store()
    bought = order(anna.store, customer=anna.ref, lines=mugs(2)).order
    done = refund(bought, (1, 1), ref="R-1").refund
    type(done).objects.filter(pk=done.pk).update(kept_back=495)
    assert "£4.95 kept back: what the customer keeps costs more without the rest" in page_of(log_in, bought)


def test_the_owner_says_what_a_return_undoes(log_in: LogIn, db: None) -> None:
    anna = anna_of_a_points_store()
    client = log_in(anna.store, "owner")
    page = words(client.get(reverse("admin:shop_store_change", args=[anna.store.pk])).content.decode())
    assert "When a return undoes an offer" in page
    assert "what is kept costs what it would have cost alone" in page
    assert "Whoever gives back everything gets back everything." in page
