"""What jobs book late takes effect, and ends, as if they had come at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from checkout.follow_stamps import follow_stamps
from coupons.settle_balances import end_due_balances
from loyalty.earn import earn_waiting
from loyalty.expire import expire_due
from loyalty.give_points import give_points
from loyalty.models import Lot, Prolongation, StampCard, Transfer
from loyalty.verify import verify_ledger
from shop.models import Customer, Order, Outbox, Store
from shop.record import enqueue
from tests.checkout.ask import order
from tests.checkout.gift import gift
from tests.checkout.reverse import THREE, give, member, points_store, refund
from tests.factories import AT, DAY, make_order, make_order_line, make_store
from tests.factories.status_rows import make_stamp_card

pytestmark = pytest.mark.django_db
LATE = AT + 2 * DAY
SLIDES = 30


def midnight_after(at: datetime, *, days: int) -> datetime:
    """The end of the day so many days later; the shops of these tests keep UTC."""
    day = (at + timedelta(days=days + 1)).date()
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def sliding_store(**given: Any) -> Store:
    return make_store(points_expiry="sliding", points_slide_days=SLIDES, **given)


def reward(customer: Customer, *, at: datetime, at_recorded: datetime) -> Lot:
    """Points for something that happened at `at`."""
    with transaction.atomic():
        terms: dict[str, Any] = {"points": 10, "key": f"test:{at}", "life_days": 365}
        give_points(customer.store, customer=customer, at=at, at_recorded=at_recorded, **terms)
    return Lot.objects.get(transfer__key=f"test:{at}")


def test_points_of_a_full_stamp_card_are_earned_when_its_last_stamp_was() -> None:
    store = points_store()
    anna = member(store)
    make_stamp_card(store, needed=1, by=StampCard.By.ORDER)
    order(store, customer=anna.ref, paid_at=AT)
    Outbox.objects.update(due_at=LATE)
    assert follow_stamps(at=LATE)
    given = Transfer.objects.get(key__startswith="stamps:")
    assert (given.effective_at, given.recorded_at) == (AT, LATE)
    assert Lot.objects.get(transfer=given).ends_at == midnight_after(AT, days=365)


def test_a_card_filled_by_a_late_payment_is_full_from_then_on() -> None:
    store = points_store()
    anna = member(store)
    make_stamp_card(store, needed=1, by=StampCard.By.ORDER)
    bought = order(store, customer=anna.ref)
    Order.objects.filter(pk=bought.order.pk).update(paid_at=AT + DAY, fulfilled_at=LATE)
    Outbox.objects.update(due_at=LATE)
    assert follow_stamps(at=LATE)
    assert Transfer.objects.get(key__startswith="stamps:").effective_at == AT + DAY


def test_points_given_late_were_prolonged_by_what_was_bought_meanwhile() -> None:
    store = sliding_store()
    anna = member(store)
    bought = order(store, customer=anna.ref, at=AT + DAY).order
    assert reward(anna, at=AT, at_recorded=LATE).ends_at == midnight_after(AT + DAY, days=SLIDES)
    assert Prolongation.objects.get().order == bought
    assert verify_ledger(store) == []


def test_a_purchase_before_they_were_earned_does_not_prolong_points_given_late() -> None:
    store = sliding_store()
    anna = member(store)
    order(store, customer=anna.ref, at=AT - DAY)
    assert reward(anna, at=AT, at_recorded=LATE).ends_at == midnight_after(AT, days=SLIDES)
    assert not Prolongation.objects.exists()


def test_a_gap_between_purchases_ends_points_given_late() -> None:
    store = sliding_store()
    anna = member(store)
    order(store, customer=anna.ref, at=AT + 40 * DAY)
    assert reward(anna, at=AT, at_recorded=AT + 41 * DAY).ends_at == midnight_after(AT, days=SLIDES)


@pytest.mark.parametrize("told_at", [AT, LATE])
def test_an_imported_purchase_prolongs_from_when_it_was_imported(told_at: datetime) -> None:
    store = sliding_store()
    anna = member(store)
    give(anna, 10, ends_at=AT + DAY)
    bought = make_order(store, customer=anna, source=Order.Source.IMPORT, placed_at=AT, fulfilled_at=AT)
    Order.objects.filter(pk=bought.pk).update(recorded_at=told_at)
    make_order_line(bought)
    with transaction.atomic():
        enqueue("order.imported", consumers=("loyalty.earn",), store=store, subject_id=bought.pk, at=AT)
    Outbox.objects.update(due_at=LATE)
    assert earn_waiting(at=LATE)
    # Told of in time, it prolongs though the job is late; told of when they were over, it does not.
    assert Prolongation.objects.exists() is (told_at == AT)
    assert expire_due(at=LATE) == (0 if told_at == AT else 1)


def test_a_debt_is_repaid_when_it_is_there_and_not_before() -> None:
    store = points_store()
    anna = member(store)
    bought = order(store, customer=anna.ref, lines=THREE).order
    Lot.objects.update(active_at=AT)
    order(store, customer=anna.ref, points_to_spend=1000, at=AT + timedelta(hours=1))
    refund(bought, (1, 4), (2, 3), (3, 1), at=AT + DAY)
    reward(anna, at=AT + timedelta(hours=2), at_recorded=LATE)
    repaid = Transfer.objects.get(key__startswith="debt:")
    assert repaid.effective_at == AT + DAY


def test_a_gift_balance_lapses_at_its_end_however_late_the_job() -> None:
    store = make_store()
    balance, _ = gift(store, 5000, days=10)
    assert end_due_balances(at=balance.ends_at + 2 * DAY) == 1
    lapse = Transfer.objects.get(kind="lapse")
    assert (lapse.effective_at, lapse.recorded_at) == (balance.ends_at, balance.ends_at + 2 * DAY)
