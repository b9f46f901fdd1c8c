"""A countdown of an offer: it begins when it is shown first, and never again."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from loyalty.models import PersonalWindow
from loyalty.schedule import calendar_of
from loyalty.snapshot import snapshot
from loyalty.start_countdown import Countdown, CountdownFault, CountdownRefused, start_countdown
from pricing.refusals import Refusal
from shop.models import Activity, Customer, Store, Visitor
from tests.checkout.ask import order, quote
from tests.factories import AT, DAY, make_customer, make_store, make_visitor
from tests.factories.offers_that_run import run_offer

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def store() -> Store:
    store = make_store()
    run_offer(store, code="rush", lane="sale", audience={"kind": "everyone"}, schedule={"personal_hours": 2})
    return store


def show(
    store: Store, *, visitor: Visitor | None = None, customer: Customer | None = None, at: datetime = AT
) -> Countdown:
    terms = snapshot(store.pk, store.offers_version)
    offer = terms.compiled(calendar=calendar_of(store), at=at).offers.get("rush")
    with transaction.atomic():
        return start_countdown(store, offer, visitor=visitor, customer=customer, at=at)


def test_it_lasts_its_hours_from_the_first_showing(store: Store) -> None:
    found = show(store, visitor=make_visitor(store))
    assert (found.starts_at, found.ends_at, found.created) == (AT, AT + 2 * HOUR, True)
    assert Activity.objects.get(kind="countdown.started").subject == "offer:rush"


def test_shown_again_it_goes_on_and_shown_later_it_is_over(store: Store) -> None:
    anna = make_visitor(store)
    show(store, visitor=anna)
    again = show(store, visitor=anna, at=AT + HOUR)
    later = show(store, visitor=anna, at=AT + DAY)
    assert {one.ends_at for one in (again, later)} == {AT + 2 * HOUR}
    assert not again.created
    assert PersonalWindow.objects.count() == 1


def test_each_visitor_has_a_time_of_their_own(store: Store) -> None:
    show(store, visitor=make_visitor(store))
    assert show(store, visitor=make_visitor(store), at=AT + DAY).ends_at == AT + DAY + 2 * HOUR


def test_a_visitor_who_logs_in_keeps_their_time(store: Store) -> None:
    browser, anna = make_visitor(store), make_customer(store)
    show(store, visitor=browser)
    assert show(store, visitor=browser, customer=anna, at=AT + HOUR).ends_at == AT + 2 * HOUR
    another = make_visitor(store)
    assert show(store, visitor=another, customer=anna, at=AT + HOUR).ends_at == AT + 2 * HOUR


def test_a_cookie_that_is_known_to_be_a_customers_counts_for_both(store: Store) -> None:
    anna = make_customer(store)
    show(store, customer=anna)
    browser = make_visitor(store, customer=anna)
    assert show(store, visitor=browser, at=AT + HOUR).ends_at == AT + 2 * HOUR


def test_it_never_lasts_longer_than_the_offer(store: Store) -> None:
    run_offer(
        store,
        code="short",
        lane="sale",
        audience={"kind": "everyone"},
        schedule={"personal_hours": 2, "ends_at": (AT + HOUR).isoformat()},
    )
    terms = snapshot(store.pk, store.offers_version)
    offer = terms.compiled(calendar=calendar_of(store), at=AT).offers["short"]
    with transaction.atomic():
        found = start_countdown(store, offer, visitor=make_visitor(store), customer=None, at=AT)
    assert found.ends_at == AT + HOUR


def test_an_offer_without_a_countdown_and_one_that_does_not_run_are_refused(store: Store) -> None:
    run_offer(store, code="plain", lane="sale", audience={"kind": "everyone"})
    terms = snapshot(store.pk, store.offers_version)
    plain = terms.compiled(calendar=calendar_of(store), at=AT).offers["plain"]
    for offer, fault in ((plain, CountdownFault.NO_COUNTDOWN), (None, CountdownFault.OFFER_UNKNOWN)):
        with pytest.raises(CountdownRefused) as refused, transaction.atomic():
            start_countdown(store, offer, visitor=make_visitor(store), customer=None, at=AT)
        assert refused.value.code == fault
    assert PersonalWindow.objects.count() == 0


def test_an_offer_that_was_never_shown_is_refused(store: Store) -> None:
    refused = quote(store, visitor=make_visitor(store).key).quote.refused
    assert [each.refusal for each in refused] == [Refusal.NOT_IN_WINDOW]


def test_quote_and_order_hold_to_the_second(store: Store) -> None:
    browser = make_visitor(store)
    show(store, visitor=browser)
    last = AT + 2 * HOUR - timedelta(seconds=1)
    assert quote(store, visitor=browser.key, at=AT).quote.payable == 900
    assert order(store, visitor=browser.key, at=last).order.payable == 900
    assert order(store, visitor=browser.key, at=AT + 2 * HOUR).order.payable == 1000
    assert quote(store, visitor=make_visitor(store).key, at=AT).quote.payable == 1000


def test_a_logged_in_shopper_is_known_on_any_device(store: Store) -> None:
    anna = make_customer(store)
    show(store, visitor=make_visitor(store), customer=anna)
    assert quote(store, customer=anna.ref).quote.payable == 900
    assert quote(store).quote.payable == 1000


def test_a_countdown_on_fridays_runs_only_on_fridays() -> None:
    store = make_store()
    friday = AT + (4 - AT.weekday()) % 7 * DAY
    run_offer(
        store,
        code="rush",
        lane="sale",
        audience={"kind": "everyone"},
        schedule={"personal_hours": 48, "recurring": {"kind": "weekly", "weekdays": [5]}},
    )
    browser = make_visitor(store)
    show(store, visitor=browser, at=friday)
    assert quote(store, visitor=browser.key, at=friday).quote.payable == 900
    assert quote(store, visitor=browser.key, at=friday + DAY).quote.payable == 1000
