"""How many statements a reservation costs: none where there is none, and as many for 200 lines as for one."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from shop.models import Customer, Store
from tests.budgets.test_checkout import OUTER_SAVEPOINT, anna, month_is_there, store, warm
from tests.checkout.ask import lines, order, quote
from tests.checkout.hold import order_of, reserve
from tests.factories import AT
from tests.factories.offers_that_run import named_coupon

__all__ = ["anna", "month_is_there", "store"]  # fixtures, the same as for checkout as a whole

pytestmark = pytest.mark.django_db
Count = DjangoAssertNumQueries


def test_a_quote_that_names_its_cart_is_one_query_with_or_without_a_hold(
    store: Store, django_assert_num_queries: Count
) -> None:
    warm(store)
    with django_assert_num_queries(1):
        quote(store, cart="c1")
    reserve(store)
    with django_assert_num_queries(1):
        assert quote(store, cart="c1").facts.own is not None


def test_an_order_that_names_a_cart_without_a_hold_costs_no_more(
    store: Store, django_assert_num_queries: Count
) -> None:
    warm(store)
    # facts, order, activity
    with django_assert_num_queries(3 + OUTER_SAVEPOINT):
        order(store, cart="nobody-reported-it")


@pytest.mark.parametrize("count", [1, 200])
def test_reserving_renewing_and_ordering_cost_the_same_for_any_length(
    store: Store, anna: Customer, count: int, django_assert_num_queries: Count
) -> None:
    coupon = named_coupon(store, anna, limits={"uses_max": 50})
    asked = {"lines": lines(count), "customer": anna.ref, "codes": (coupon.code,)}
    warm(store)
    with django_assert_num_queries(RESERVE + OUTER_SAVEPOINT):
        reserve(store, **asked)
    with django_assert_num_queries(RENEW + OUTER_SAVEPOINT):
        reserved = reserve(store, **asked, at=AT + timedelta(minutes=1))
    with django_assert_num_queries(COMMIT + OUTER_SAVEPOINT):
        order_of(reserved, at=AT + timedelta(minutes=2))


# the turn, the cart's hold, the codes, facts, savepoint, coupon, counter and its row, quote, reservations, release
RESERVE = 11
# and what was held, its rows away, the old quote closed; without coupon, counter and its row
RENEW = 11
# the quote, what it holds, facts, terms, codes, order, lock, points, coupon, customer, activity, rows away,
# counter, quote
COMMIT = 14
