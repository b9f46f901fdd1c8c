"""What grows with days and visitors goes in time: counters of past days, countdowns of offers that are archived."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from loyalty.models import Offer, OfferDayUse, OrderDayUse, PersonalWindow
from loyalty.prune import prune_countdowns, prune_day_uses
from tests.factories import (
    AT,
    DAY,
    make_offer,
    make_offer_day_use,
    make_order,
    make_personal_window,
    make_store,
    make_visitor,
)

pytestmark = pytest.mark.django_db

Window = Callable[[], PersonalWindow]


def drain(prune: Callable[..., int]) -> int:
    done = 0
    while batch := prune(at=AT):
        done += batch
    return done


def test_a_day_is_kept_for_60_days_and_goes_with_its_orders_uses() -> None:
    offer, order = make_offer(store := make_store()), make_order(store)
    for days_ago in (60, 61):
        counter = make_offer_day_use(offer, day=(AT - days_ago * DAY).date(), used=1)
        OrderDayUse.objects.create(counter=counter, order=order)
    assert drain(prune_day_uses) == 2
    assert OfferDayUse.objects.get().day == (AT - 60 * DAY).date()
    assert OrderDayUse.objects.get().counter == OfferDayUse.objects.get()


def test_a_day_that_a_cart_still_holds_is_kept() -> None:
    make_offer_day_use(make_offer(make_store()), day=(AT - 90 * DAY).date(), held=1)
    assert drain(prune_day_uses) == 0


@pytest.fixture
def long_over() -> Window:
    """A countdown that ended 91 days ago; its offer runs."""

    def make() -> PersonalWindow:
        store = make_store()
        ends_at = AT - timedelta(days=91)
        return make_personal_window(
            make_offer(store), visitor=make_visitor(store), starts_at=ends_at - DAY, ends_at=ends_at
        )

    return make


def test_a_countdown_is_kept_while_its_offer_may_run(long_over: Window) -> None:
    for status in (Offer.Status.RUNNING, Offer.Status.PAUSED):
        Offer.objects.filter(pk=long_over().offer_id).update(status=status)
    assert drain(prune_countdowns) == 0


def test_a_countdown_of_an_archived_offer_goes_90_days_after_its_end(long_over: Window) -> None:
    over = long_over()
    recent = make_personal_window(
        over.offer, visitor=make_visitor(over.store), ends_at=AT - 90 * DAY, starts_at=AT - 91 * DAY
    )
    Offer.objects.update(status=Offer.Status.ARCHIVED)
    assert drain(prune_countdowns) == 1
    assert PersonalWindow.objects.get() == recent


GUARDS = [
    (Offer.Status.RUNNING, "kept", "DELETE FROM loyalty_personalwindow", "kept while its offer may run"),
    (
        Offer.Status.ARCHIVED,
        "never_changes",
        "UPDATE loyalty_personalwindow SET ends_at = ends_at",
        "append-only",
    ),
    (Offer.Status.ARCHIVED, "no_truncate", "TRUNCATE loyalty_personalwindow CASCADE", "append-only"),
]


@pytest.mark.parametrize(("status", "guard", "statement", "refusal"), GUARDS)
def test_the_database_loses_and_changes_no_countdown(
    long_over: Window, status: str, guard: str, statement: str, refusal: str
) -> None:
    """loyalty_personalwindow_kept, loyalty_personalwindow_never_changes, loyalty_personalwindow_no_truncate."""
    long_over()
    Offer.objects.update(status=status)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while checks of it wait
        with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
            cursor.execute(statement)
        # It is this trigger that refuses: without it the statement goes through.
        cursor.execute(f"ALTER TABLE loyalty_personalwindow DISABLE TRIGGER loyalty_personalwindow_{guard}")
        cursor.execute(statement)
