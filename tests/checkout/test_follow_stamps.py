"""Stamp cards follow orders: paid, called off, sent back; a full card gives its reward once."""

from datetime import timedelta

import pytest
from django.db import transaction

from checkout.cancel import cancel_order
from checkout.follow_stamps import follow_stamps
from checkout.grant_rewards import grant_due
from checkout.refund import RefundLineRequest, RefundRequest, refund_order
from checkout.request import LineRequest
from coupons.models import Coupon
from loyalty.models import FullCard, StampCard
from loyalty.queries import points_of
from loyalty.stamps.queries import Progress, progress_of
from loyalty.stamps.visit import stamp_visit
from shop.models import Customer, Order, Outbox, Store
from tests.checkout.ask import order
from tests.factories import AT, DAY, make_campaign, make_customer, make_product_group, make_store
from tests.factories.offers_that_run import run_offer
from tests.factories.status_rows import make_stamp_card

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return make_customer(store, joined_at=AT - 400 * DAY)


def coupon_card(store: Store, **given: object) -> StampCard:
    """Two orders, then a coupon."""
    make_campaign(run_offer(store), code="seventh")
    return make_stamp_card(store, needed=2, reward="coupon", points=None, campaign="seventh", **given)


def buy(anna: Customer, *, at: object = AT, quantity: int = 1, is_paid: bool = True) -> Order:
    line = LineRequest(sku="COFFEE", quantity=quantity, unit_price=300)
    paid = {"paid_at": at} if is_paid else {}
    return order(anna.store, customer=anna.ref, lines=(line,), at=at, **paid).order


def follow(at: object = AT) -> None:
    Outbox.objects.filter(consumer="checkout.stamps").update(due_at=at)
    while follow_stamps(at=at):  # type: ignore[arg-type]
        pass
    while grant_due(at=at):  # type: ignore[arg-type]
        pass


def card_of(anna: Customer) -> Progress:
    (one,) = progress_of(anna, at=AT + DAY)
    return one


def give_back(bought: Order, quantity: int = 1) -> None:
    with transaction.atomic():
        back = RefundRequest(ref=f"back-{bought.pk}-{quantity}", lines=(RefundLineRequest(1, quantity),))
        refund_order(bought.store, bought.ref, back, at=AT + HOUR, at_recorded=AT + HOUR)


def test_every_paid_order_is_a_stamp_and_three_give_the_points_once(store: Store, anna: Customer) -> None:
    make_stamp_card(store)
    for number in range(4):
        buy(anna, at=AT + number * HOUR)
        follow(AT + number * HOUR)
    seen = card_of(anna)
    assert (seen.stamps, seen.full, seen.missing) == (1, 1, 2)
    assert points_of(anna, at=AT + DAY).active == 100


def test_an_order_that_is_not_paid_is_no_stamp_yet(store: Store, anna: Customer) -> None:
    make_stamp_card(store)
    buy(anna, is_paid=False)
    follow()
    assert card_of(anna).stamps == 0


def test_whoever_has_not_joined_gets_no_stamp(store: Store) -> None:
    make_stamp_card(store)
    stranger = make_customer(store)
    buy(stranger)
    follow()
    assert card_of(stranger).stamps == 0


def test_each_unit_of_a_group_is_a_stamp(store: Store, anna: Customer) -> None:
    make_product_group(store, code="coffee", skus=["COFFEE"])
    store.refresh_from_db()
    make_stamp_card(store, by="product", group="coffee", needed=6)
    buy(anna, quantity=4)
    order(store, customer=anna.ref, paid_at=AT)
    follow()
    assert card_of(anna).stamps == 4, "the mug is of no group"


def test_no_more_stamps_a_day_than_the_card_allows(store: Store, anna: Customer) -> None:
    make_stamp_card(store, day_max=1)
    buy(anna)
    buy(anna, at=AT + HOUR)
    buy(anna, at=AT + DAY)
    follow(AT + DAY)
    assert card_of(anna).stamps == 2


def test_a_stamp_that_has_ended_fills_nothing(store: Store, anna: Customer) -> None:
    make_stamp_card(store, needed=2, life_days=10)
    buy(anna, at=AT - 20 * DAY)
    buy(anna)
    follow()
    assert (card_of(anna).stamps, card_of(anna).full) == (1, 0)


def test_told_twice_an_order_is_stamped_once(store: Store, anna: Customer) -> None:
    make_stamp_card(store)
    bought = buy(anna)
    follow()
    Outbox.objects.create(
        store=store, consumer="checkout.stamps", kind="order.paid", subject_id=bought.pk, at=AT, due_at=AT
    )
    follow()
    assert card_of(anna).stamps == 1


def test_a_return_takes_the_stamp_and_the_unused_coupon_back(store: Store, anna: Customer) -> None:
    coupon_card(store)
    buy(anna)
    second = buy(anna, at=AT + HOUR)
    follow(AT + HOUR)
    coupon = Coupon.objects.get(customer=anna)
    give_back(second)
    follow(AT + HOUR)
    coupon.refresh_from_db()
    assert hasattr(coupon, "revocation")
    assert (card_of(anna).stamps, card_of(anna).full) == (1, 0)
    buy(anna, at=AT + 2 * HOUR)
    follow(AT + 2 * HOUR)
    assert Coupon.objects.filter(customer=anna, revocation=None).count() == 1, "full again, rewarded again"


def test_after_a_used_coupon_the_missing_stamp_is_owed(store: Store, anna: Customer) -> None:
    coupon_card(store)
    first = buy(anna)
    buy(anna, at=AT + HOUR)
    follow(AT + HOUR)
    Coupon.objects.filter(customer=anna).update(used=1)
    with transaction.atomic():
        cancel_order(store, first.ref, told=None, at=AT + HOUR, at_recorded=AT + HOUR)
    follow(AT + HOUR)
    assert (card_of(anna).full, card_of(anna).owed, card_of(anna).missing) == (1, 1, 3)
    buy(anna, at=AT + 2 * HOUR)
    follow(AT + 2 * HOUR)
    assert (card_of(anna).stamps, card_of(anna).owed) == (0, 0), "it replaced the one that was missing"
    assert FullCard.objects.count() == 1


def test_a_visit_is_stamped_once_by_its_reference(store: Store, anna: Customer) -> None:
    make_stamp_card(store, by="visit")
    for ref in ("till-1", "till-1", "till-2"):
        with transaction.atomic():
            stamp_visit(anna, ref, visited_at=AT, at=AT, at_recorded=AT)
    assert card_of(anna).stamps == 2
