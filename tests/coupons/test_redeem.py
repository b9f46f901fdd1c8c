"""A coupon is used by its holder, in its time, as often as it says."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from coupons.models import Coupon, Redemption
from coupons.queries import usable_codes
from coupons.redeem import CouponRefused, redeem
from shop.models import Store
from tests.factories import AT, make_customer, make_order, make_store
from tests.factories.offers_that_run import named_coupon, public_coupon

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def store() -> Store:
    return make_store()


def refusal(coupon: Coupon, *, at: datetime = AT, holder: bool = True) -> str | None:
    """What becomes of one use by an order, of the holder's or of somebody else's."""
    customer = coupon.customer if holder else make_customer(coupon.store)
    order = make_order(coupon.store, customer=customer)
    try:
        redeem(coupon, order, amount=100, at=at)
    except CouponRefused as refused:
        return refused.code.value
    return None


def test_a_named_coupon_is_used_once(store: Store) -> None:
    coupon = named_coupon(store, make_customer(store))
    assert [refusal(coupon), refusal(coupon)] == [None, "used_up"]
    redeemed = Redemption.objects.get()
    assert (redeemed.campaign, redeemed.customer, redeemed.amount) == (coupon.campaign, coupon.customer, 100)


def test_a_named_coupon_refuses_another_customer(store: Store) -> None:
    assert refusal(named_coupon(store, make_customer(store)), holder=False) == "wrong_customer"


def test_a_named_coupon_refuses_a_guest(store: Store) -> None:
    coupon = named_coupon(store, make_customer(store))
    with pytest.raises(CouponRefused):
        redeem(coupon, make_order(store), amount=100, at=AT)


def test_a_coupon_is_good_from_its_start_until_just_before_its_end(store: Store) -> None:
    coupon = public_coupon(store)
    moments = (coupon.starts_at - MOMENT, coupon.starts_at, coupon.ends_at - MOMENT, coupon.ends_at)
    assert [refusal(coupon, at=at) for at in moments] == ["not_started", None, None, "expired"]


def test_a_held_use_is_nobody_elses(store: Store) -> None:
    coupon = named_coupon(store, make_customer(store))
    Coupon.objects.update(held=1)
    assert refusal(coupon) == "used_up"


def test_a_coupon_that_was_shortened_since_it_was_read_is_refused(store: Store) -> None:
    coupon = named_coupon(store, make_customer(store))
    Coupon.objects.update(ends_at=AT + MOMENT)
    assert refusal(coupon, at=AT + MOMENT) == "used_up"


def test_a_public_code_is_used_by_many_and_its_row_stays_as_it_is(store: Store) -> None:
    coupon = public_coupon(store)
    assert [refusal(coupon, holder=False) for _ in range(3)] == [None] * 3
    assert (Coupon.objects.get().used, Redemption.objects.count()) == (0, 3)


def test_codes_are_found_with_campaign_offer_and_holder_in_one_query(
    store: Store, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    anna = make_customer(store)
    coupon = named_coupon(store, anna)
    public_coupon(make_store(), "THEIRS")
    with django_assert_num_queries(1):
        found = usable_codes(store, [coupon.code.lower(), "THEIRS", "NONE"])
        assert {code: each.campaign.offer.store_id for code, each in found.items()} == {coupon.code: store.pk}
        assert found[coupon.code].customer == anna
    with django_assert_num_queries(0):
        assert usable_codes(store, []) == {}


# --- Every rule twice: the database refuses it too.


def test_a_coupon_used_beyond_its_limit_is_refused_by_the_database(store: Store) -> None:
    named_coupon(store, make_customer(store))
    with pytest.raises(IntegrityError, match="coupons_coupon_within_limit"), transaction.atomic():
        Coupon.objects.update(used=2)


def test_one_order_redeems_a_coupon_once(store: Store) -> None:
    coupon, order = public_coupon(store), make_order(store)
    redeem(coupon, order, amount=1, at=AT)
    with pytest.raises(IntegrityError, match="coupons_redemption_once_per_order"), transaction.atomic():
        redeem(coupon, order, amount=1, at=AT)


@pytest.mark.parametrize(
    "statement", ["UPDATE coupons_redemption SET amount = 0", "DELETE FROM coupons_redemption"]
)
def test_a_redemption_is_neither_changed_nor_deleted(store: Store, statement: str) -> None:
    redeem(public_coupon(store), make_order(store), amount=1, at=AT)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
