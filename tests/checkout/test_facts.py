"""What offers may ask about the shopper, the goods and the moment: as the shop knows it, or as the storefront says."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from checkout.request import LineRequest
from shop.birthdays import birthday_offset_days
from shop.models import Product, Store
from tests.checkout.ask import MUG, order, quote
from tests.checkout.reverse import cancel
from tests.factories import (
    AT,
    DAY,
    make_consent,
    make_customer,
    make_person,
    make_product,
    make_store,
    make_visitor,
)
from tests.factories.offers_that_run import run_offer

pytestmark = pytest.mark.django_db

CUP = LineRequest(sku="CUP", quantity=1, unit_price=1000)


@pytest.fixture
def store() -> Store:
    return make_store()


def offer_if(store: Store, kind: str, **asked: Any) -> None:
    """10 % off where the condition holds."""
    run_offer(store, lane="sale", audience={"kind": "everyone"}, conditions=[{"kind": kind, **asked}])


def holds(store: Store, **asked: Any) -> bool:
    return quote(store, **asked).quote.discount > 0


def why_not(store: Store, **asked: Any) -> tuple[str, int | None]:
    (refused,) = quote(store, **asked).quote.refused
    return refused.refusal.value, refused.missing


# --- orders


def test_a_new_customer_has_no_order_that_stands(store: Store) -> None:
    anna = make_customer(store)
    offer_if(store, "new_customer")
    assert holds(store, customer=anna.ref)
    first = order(store, customer=anna.ref).order
    assert why_not(store, customer=anna.ref) == ("not_new", None)
    cancel(first)
    assert holds(store, customer=anna.ref)


def test_the_third_order_counts_those_that_stand(store: Store) -> None:
    anna = make_customer(store)
    offer_if(store, "nth_order", n=3)
    assert why_not(store, customer=anna.ref) == ("not_this_order", 2)
    cancel(order(store, customer=anna.ref).order)
    for _ in range(2):
        assert order(store, customer=anna.ref).order.payable == 1000
    assert order(store, customer=anna.ref).order.payable == 900
    assert order(store, customer=anna.ref).order.payable == 1000


def test_days_since_the_last_order_are_counted_from_it(store: Store) -> None:
    anna = make_customer(store)
    offer_if(store, "days_since_last_order", days_min=30)
    assert why_not(store, customer=anna.ref) == ("no_order_yet", None)
    order(store, customer=anna.ref, at=AT - 29 * DAY)
    assert why_not(store, customer=anna.ref) == ("last_order_too_recent", 1)
    assert holds(store, customer=anna.ref, at=AT + DAY)


def test_a_late_reported_order_looks_back_from_its_own_moment(store: Store) -> None:
    anna = make_customer(store)
    run_offer(
        store,
        lane="sale",
        audience={"kind": "everyone"},
        conditions=[{"kind": "new_customer"}],
        at=AT - 90 * DAY,
    )
    order(store, customer=anna.ref, at=AT - DAY)
    assert order(store, customer=anna.ref, placed_at=AT - 60 * DAY).order.payable == 900


# --- birthdays


def test_a_birthday_is_near_by_the_stores_own_date() -> None:
    """At 23:00 in London it is the next day in Auckland."""
    late = datetime(2026, 5, 9, 22, 0, tzinfo=UTC)
    for zone, near in (("Europe/London", False), ("Pacific/Auckland", True)):
        store = make_store(time_zone=zone)
        run_offer(
            store,
            lane="sale",
            audience={"kind": "everyone"},
            conditions=[{"kind": "near_birthday"}],
            at=late - DAY,
        )
        anna = make_customer(store)
        make_person(anna, birth_on=date(1990, 5, 10))
        assert holds(store, customer=anna.ref, at=late) is near


def test_a_birthday_that_was_changed_counts_after_thirty_days(store: Store) -> None:
    anna = make_customer(store)
    offer_if(store, "near_birthday", days_before=3, days_after=3)
    make_person(anna, birth_on=AT.date(), birth_changed_at=AT - 30 * DAY + timedelta(seconds=1))
    assert why_not(store, customer=anna.ref) == ("not_near_birthday", None)
    assert holds(store, customer=anna.ref, at=AT + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("birth", "today", "offset"),
    [
        ("1990-05-10", "2026-05-10", 0),
        ("1990-05-10", "2026-05-07", -3),
        ("1990-01-02", "2026-12-31", -2),
        ("1990-12-31", "2027-01-01", 1),
        ("1992-02-29", "2026-02-28", 0),
        ("1992-02-29", "2028-02-28", -1),
        ("1992-02-29", "2028-02-29", 0),
        ("1992-02-29", "2026-03-01", 1),
    ],
)
def test_days_from_the_nearest_birthday(birth: str, today: str, offset: int) -> None:
    born = date.fromisoformat(birth)
    assert birthday_offset_days(born, today=date.fromisoformat(today)) == offset


# --- who, and by which way


def test_a_subscriber_is_who_agreed_last_time(store: Store) -> None:
    anna = make_customer(store)
    offer_if(store, "subscribed", lists=["email"])
    assert why_not(store, customer=anna.ref) == ("not_subscribed", None)
    make_consent(anna, purpose="marketing", channel="email", is_given=True, at=AT - 2 * DAY)
    assert holds(store, customer=anna.ref)
    make_consent(anna, purpose="marketing", channel="email", is_given=False, at=AT - DAY)
    assert not holds(store, customer=anna.ref)


def test_consent_to_something_else_is_no_subscription(store: Store) -> None:
    anna = make_customer(store)
    offer_if(store, "subscribed", lists=["email"])
    make_consent(anna, purpose="programme", channel="email", is_given=True, at=AT - DAY)
    make_consent(anna, purpose="marketing", channel="onsite", is_given=True, at=AT - DAY)
    assert not holds(store, customer=anna.ref)


def test_the_second_visit_is_told_by_the_cookie(store: Store) -> None:
    offer_if(store, "visit", number_min=2)
    first, second = make_visitor(store, visits=1), make_visitor(store, visits=2)
    assert not holds(store, visitor=first.key)
    assert holds(store, visitor=second.key)
    assert not holds(store)


def test_a_browser_nobody_has_reported_is_here_for_the_first_time(store: Store) -> None:
    offer_if(store, "visit", number_max=1)
    assert holds(store, visitor="0f8fad5b-d9cb-469f-a165-70867728950e")
    assert not holds(store)


@pytest.mark.parametrize(
    ("kind", "asked", "said", "otherwise"),
    [
        ("came_by_link", {"links": ["banner"]}, {"links": ("mail", "banner")}, {"links": ("mail",)}),
        ("partner_traffic", {"partners": ["blog"]}, {"partner": "blog"}, {"partner": "forum"}),
        (
            "delivery_method",
            {"methods": ["pickup"]},
            {"delivery_method": "pickup"},
            {"delivery_method": "post"},
        ),
        ("payment_method", {"methods": ["card"]}, {"payment_method": "card"}, {}),
    ],
)
def test_the_storefronts_word_is_taken(
    store: Store, kind: str, asked: dict[str, Any], said: dict[str, Any], otherwise: dict[str, Any]
) -> None:
    offer_if(store, kind, **asked)
    assert holds(store, **said)
    assert not holds(store, **otherwise)


# --- goods and moment


def test_old_stock_is_more_than_so_many_days_old_by_the_stores_date(store: Store) -> None:
    make_product(store, sku="MUG", stocked_on=AT.date() - timedelta(days=90))
    offer_if(store, "stock_older_than", days=90)
    assert why_not(store) == ("stock_not_old", None)
    Product.objects.update(stocked_on=AT.date() - timedelta(days=91))
    assert holds(store)


def test_pre_orders_are_products_marked_so(store: Store) -> None:
    make_product(store, sku="MUG", is_preorder=True)
    make_product(store, sku="CUP")
    offer_if(store, "preorder_only")
    assert holds(store, lines=(MUG,))
    assert why_not(store, lines=(MUG, CUP)) == ("not_preorder", None)


def test_hours_are_those_of_the_stores_clocks() -> None:
    store = make_store(time_zone="Europe/Moscow")
    at = datetime(2026, 5, 8, 18, 30, tzinfo=ZoneInfo("Europe/Moscow"))
    run_offer(
        store,
        lane="sale",
        audience={"kind": "everyone"},
        conditions=[{"kind": "weekday_hours", "weekdays": [5], "from_minute": 1080, "to_minute": 1110}],
        at=at - DAY,
    )
    assert not holds(store, at=at)
    assert holds(store, at=at - timedelta(minutes=1))
    assert not holds(store, at=at - timedelta(minutes=31))


def test_recurring_days_are_in_force_in_quotes(store: Store) -> None:
    friday = AT + (4 - AT.weekday()) % 7 * DAY
    run_offer(
        store,
        lane="sale",
        audience={"kind": "everyone"},
        schedule={"recurring": {"kind": "weekly", "weekdays": [5]}},
    )
    assert holds(store, at=friday)
    assert not holds(store, at=friday + DAY)
    # Half a year on, in another period than the one that was resolved first.
    assert holds(store, at=friday + 26 * 7 * DAY)


def test_a_change_of_the_stores_paydays_is_seen_at_once(store: Store) -> None:
    run_offer(store, lane="sale", audience={"kind": "everyone"}, schedule={"recurring": {"kind": "paydays"}})
    assert why_not(store) == ("not_in_window", None)
    Store.objects.filter(pk=store.pk).update(paydays=[AT.day])
    store.refresh_from_db()
    assert holds(store)


# --- settings of the store


def test_settings_of_the_store_decide_and_are_shown(store: Store) -> None:
    run_offer(
        store,
        lane="sale",
        audience={"kind": "everyone"},
        benefits=[{"kind": "percent_off", "rate_bp": 1500}],
    )
    cheap = (LineRequest(sku="PIN", quantity=1, unit_price=70),)
    before = quote(store, lines=cheap).quote
    store.rounding, store.leftover, store.reuses_units, store.exclusive_first = "down", "last", False, True
    after = quote(store, lines=cheap).quote
    assert (before.discount, after.discount) == (11, 10)
    assert (after.rounding, after.leftover, after.reuses_units, after.exclusive_first) == (
        "down",
        "last",
        False,
        True,
    )


def test_a_birthday_that_nobody_told_is_never_near(store: Store) -> None:
    anna = make_customer(store)
    offer_if(store, "near_birthday")
    assert why_not(store, customer=anna.ref) == ("not_near_birthday", None)
