"""A countdown asked for many times at once begins once. With its counter-proof."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from loyalty.models import PersonalWindow
from loyalty.schedule import calendar_of
from loyalty.snapshot import snapshot
from loyalty.start_countdown import Countdown, start_countdown
from shop.models import Customer, Visitor
from tests.factories import AT, make_customer, make_store, make_visitor
from tests.factories.offers_that_run import run_offer
from tests.races.at_once import Rewrite, at_once, drop_constraint, meet_after, of_type

pytestmark = pytest.mark.django_db(transaction=True)


def race(monkeypatch: pytest.MonkeyPatch, rewrite: Rewrite | None = None) -> list[Countdown | Exception]:
    """Ten pages of one shopper, a minute apart by their own clocks, none of which has seen another's."""
    store = make_store()
    run_offer(store, code="rush", lane="sale", audience={"kind": "everyone"}, schedule={"personal_hours": 1})
    terms = snapshot(store.pk, store.offers_version)
    offer = terms.compiled(calendar=calendar_of(store), at=AT).offers["rush"]
    anna = make_customer(store)
    browser = make_visitor(store, customer=anna)
    meet_after(monkeypatch, "loyalty.start_countdown._first", workers=10)

    def page(n: int) -> Callable[[], Countdown]:
        def show() -> Countdown:
            with transaction.atomic():
                at = AT + n * timedelta(minutes=1)
                return start_countdown(store, offer, visitor=browser, customer=anna, at=at)

        return show

    return at_once([page(n) for n in range(10)], workers=10, rewrite=rewrite)


def test_ten_pages_at_once_start_one_countdown(monkeypatch: pytest.MonkeyPatch) -> None:
    results = of_type(race(monkeypatch), Countdown)
    assert len(results) == 10
    assert len({one.ends_at for one in results}) == 1
    assert sum(one.created for one in results) == 1
    ends_at = results[0].ends_at
    stored = PersonalWindow.objects.order_by("id").values_list("visitor__key", "customer__ref", "ends_at")
    assert sorted(map(str, stored)) == sorted(
        map(str, [(Visitor.objects.get().key, None, ends_at), (None, Customer.objects.get().ref, ends_at)])
    )


def test_without_its_unique_keys_every_page_starts_one(monkeypatch: pytest.MonkeyPatch) -> None:
    drop_constraint("loyalty_personalwindow", "loyalty_personalwindow_once_per_visitor")
    drop_constraint("loyalty_personalwindow", "loyalty_personalwindow_once_per_customer")
    race(monkeypatch)
    assert PersonalWindow.objects.count() == 20
