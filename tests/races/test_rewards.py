"""A coupon for the next order, earned once however many reports of the payment come at once. With counter-proof."""

import pytest
from django.db import transaction

from checkout.grant_rewards import grant_rewards
from coupons.models import Coupon
from shop.models import Order
from tests.checkout.ask import order
from tests.checkout.reverse import pay
from tests.factories import AT, make_campaign, make_customer, make_store
from tests.factories.offers_that_run import run_offer
from tests.races.at_once import at_once, drop_constraint, meet_after

pytestmark = pytest.mark.django_db(transaction=True)

REPORTS = 20


@pytest.fixture
def bought() -> Order:
    """With a coupon promised for the next one."""
    store = make_store()
    make_campaign(run_offer(store), code="next")
    promise = {"kind": "next_coupon", "campaign": "next"}
    run_offer(store, lane="order", audience={"kind": "everyone"}, benefits=[promise])
    return order(store, customer=make_customer(store).ref).order


def grant_without_the_orders_lock(bought: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_after(monkeypatch, "coupons.issue.new_code", workers=REPORTS)

    def grant() -> list[Coupon]:
        with transaction.atomic():
            return grant_rewards(bought, at=AT)

    at_once([grant] * REPORTS, workers=REPORTS)


def test_twenty_reports_of_a_payment_bring_one_coupon(bought: Order) -> None:
    at_once([lambda: pay(bought)] * REPORTS, workers=REPORTS)
    assert Coupon.objects.count() == 1


def test_even_without_the_orders_lock_its_key_keeps_the_coupon_one(
    bought: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant_without_the_orders_lock(bought, monkeypatch)
    assert Coupon.objects.count() == 1


def test_without_lock_and_key_there_are_several(bought: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    drop_constraint("coupons_coupon", "coupons_coupon_issued_once")
    grant_without_the_orders_lock(bought, monkeypatch)
    assert Coupon.objects.count() > 1
