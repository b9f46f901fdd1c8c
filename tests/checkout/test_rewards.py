"""What offers give beside money off: points, and a coupon for the next order."""

from typing import Any

import pytest

from checkout.request import LineRequest
from coupons.models import Coupon, CouponCampaign, Revocation
from loyalty.earn import earn_waiting
from loyalty.models import Account, LineEarning, Lot, Offer, OfferUse, Reward
from loyalty.verify import verify_ledger
from pricing.refusals import Refusal
from shop.models import Customer, OrderLine, Store
from tests.checkout.ask import MUG, order, quote
from tests.checkout.reverse import balance, cancel, fulfil, member, pay, points_store, refund
from tests.factories import (
    AT,
    DAY,
    make_campaign,
    make_customer,
    make_outbox,
    make_product,
    make_product_group,
    make_store,
)
from tests.factories.offers_that_run import run_offer

pytestmark = pytest.mark.django_db

CUP = LineRequest(sku="CUP", quantity=3, unit_price=500)
EVERYONE = {"kind": "everyone"}


@pytest.fixture
def store() -> Store:
    """A point for every 1.00."""
    return points_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


def give(store: Store, *benefits: dict[str, Any], code: str = "more", **terms: Any) -> None:
    run_offer(store, code=code, lane="order", audience=EVERYONE, **{"benefits": list(benefits)} | terms)


def double(*groups: str) -> dict[str, Any]:
    return {"kind": "points_multiplier", "factor_bp": 20_000, "groups": list(groups)}


def extra(points: int) -> dict[str, Any]:
    return {"kind": "extra_points", "points": points}


def test_double_points_are_booked_as_they_were_quoted(store: Store, anna: Customer) -> None:
    give(store, double())
    quoted = quote(store, customer=anna.ref).quote.points_to_earn
    done = order(store, customer=anna.ref)
    assert (quoted, done.points, balance(anna)) == (20, 20, 20)
    assert verify_ledger(store) == []


def test_double_points_of_a_group_are_kept_line_by_line(store: Store, anna: Customer) -> None:
    make_product_group(store, code="cups", skus=["CUP"])
    give(store, double("cups"))
    bought = order(store, customer=anna.ref, lines=(MUG, CUP)).order
    assert list(OrderLine.objects.order_by("ordinal").values_list("points_to_earn", flat=True)) == [10, 30]
    refund(bought, (2, 1))
    assert balance(anna) == 30
    refund(bought, (2, 2))
    assert balance(anna) == 10
    refund(bought, (1, 1))
    assert balance(anna) == 0
    assert verify_ledger(store) == []


def test_an_order_that_offers_left_alone_keeps_no_points_on_its_lines(store: Store, anna: Customer) -> None:
    order(store, customer=anna.ref)
    assert OrderLine.objects.get().points_to_earn is None


def test_extra_points_come_on_top_and_go_with_a_refund(store: Store, anna: Customer) -> None:
    give(store, extra(100))
    bought = order(store, customer=anna.ref)
    assert (bought.points, balance(anna)) == (110, 110)
    assert Reward.objects.get().kind == Reward.Kind.POINTS
    refund(bought.order, (1, 1))
    assert balance(anna) == 0
    assert LineEarning.objects.get().taken_back == 110


def test_extra_points_need_no_earning_rule_and_live_a_year() -> None:
    store = make_store()
    anna = member(store)
    give(store, extra(100))
    bought = order(store, customer=anna.ref, fulfilled_at=AT).order
    assert balance(anna) == 100
    lot = Lot.objects.get()
    assert (lot.active_at - AT).days == store.return_window_days
    assert (lot.ends_at - lot.active_at).days == 365
    fulfil(bought, told=AT)
    assert verify_ledger(store) == []


def test_a_multiplier_cap_of_the_store_holds(store: Store, anna: Customer) -> None:
    give(store, double(), code="double")
    give(store, {"kind": "points_multiplier", "factor_bp": 30_000}, code="triple")
    assert quote(store, customer=anna.ref).quote.points_to_earn == 40
    store.multiplier_cap_bp = 25_000
    assert quote(store, customer=anna.ref).quote.points_to_earn == 25
    assert order(store, customer=anna.ref).points == 25


def test_whoever_joins_within_a_month_earns_what_was_promised(store: Store) -> None:
    boris = make_customer(store)
    give(store, double())
    bought = order(store, customer=boris.ref)
    assert bought.points == 0
    Customer.objects.filter(pk=boris.pk).update(joined_at=AT + DAY)
    make_outbox(store, kind="customer.joined", subject_id=boris.pk)
    earn_waiting(at=AT + DAY)
    assert balance(boris) == 20


def test_a_cancelled_order_makes_its_place_under_a_points_offers_limit_free(
    store: Store, anna: Customer
) -> None:
    give(store, extra(100), limits={"uses_max": 1})
    bought = order(store, customer=anna.ref).order
    assert OfferUse.objects.get().used == 1
    cancel(bought)
    assert (OfferUse.objects.get().used, balance(anna)) == (0, 0)


def test_a_store_may_keep_uses_of_cancelled_orders_used(store: Store, anna: Customer) -> None:
    give(store, extra(100), limits={"uses_max": 1})
    store.cancel_returns_use = False
    store.save(update_fields=["cancel_returns_use"])
    cancel(order(store, customer=anna.ref).order)
    assert OfferUse.objects.get().used == 1


# --- a coupon for the next order


@pytest.fixture
def campaign(store: Store) -> CouponCampaign:
    """10 % off the next order, promised by every order."""
    campaign = make_campaign(run_offer(store, code="next-10"), code="next")
    give(store, {"kind": "next_coupon", "campaign": "next"}, code="promise")
    return campaign


def test_the_coupon_comes_with_the_payment_and_only_once(
    store: Store, anna: Customer, campaign: CouponCampaign
) -> None:
    bought = order(store, customer=anna.ref).order
    assert not Coupon.objects.exists()
    pay(bought)
    pay(bought, told=AT)
    fulfil(bought)
    coupon = Coupon.objects.get()
    assert (coupon.customer, coupon.campaign) == (anna, campaign)
    assert order(store, customer=anna.ref, codes=(coupon.code,)).order.payable == 900


def test_an_order_that_is_paid_already_gives_it_at_once(
    store: Store, anna: Customer, campaign: CouponCampaign
) -> None:
    order(store, customer=anna.ref, paid_at=AT)
    assert Coupon.objects.get().customer == anna
    assert Reward.objects.get().granted_at == AT


def test_the_coupon_of_an_order_reported_late_lives_from_the_report_on(
    store: Store, anna: Customer, campaign: CouponCampaign
) -> None:
    Offer.objects.filter(code="promise").get().versions.update(in_force_at=AT - 200 * DAY)
    store.refresh_from_db()
    order(store, customer=anna.ref, placed_at=AT - 100 * DAY, paid_at=AT - 100 * DAY)
    assert Coupon.objects.get().starts_at == AT


def test_a_repeated_order_gives_no_second_coupon(
    store: Store, anna: Customer, campaign: CouponCampaign
) -> None:
    for _ in range(2):
        order(store, customer=anna.ref, paid_at=AT, ref="o-1")
    assert Coupon.objects.count() == 1


def test_a_guest_gets_none(store: Store, campaign: CouponCampaign) -> None:
    order(store, paid_at=AT)
    assert not Coupon.objects.exists()


def test_a_full_refund_takes_an_unused_coupon_back_and_a_part_does_not(
    store: Store, anna: Customer, campaign: CouponCampaign
) -> None:
    bought = order(store, customer=anna.ref, lines=(CUP,), paid_at=AT).order
    refund(bought, (1, 2))
    assert not Revocation.objects.exists()
    refund(bought, (1, 1))
    assert Revocation.objects.get().reason == Revocation.Reason.REFUND
    code = Coupon.objects.get().code
    assert order(store, customer=anna.ref, codes=(code,)).order.payable == 1000


def test_a_coupon_that_was_used_stays_used(store: Store, anna: Customer, campaign: CouponCampaign) -> None:
    first = order(store, customer=anna.ref, paid_at=AT).order
    second = order(store, customer=anna.ref, codes=(Coupon.objects.get().code,)).order
    cancel(first)
    second.refresh_from_db()
    assert (second.payable, Revocation.objects.exists()) == (900, False)


def test_what_was_cancelled_before_it_was_paid_brings_no_coupon(
    store: Store, anna: Customer, campaign: CouponCampaign
) -> None:
    bought = order(store, customer=anna.ref).order
    cancel(bought)
    pay(bought)
    assert not Coupon.objects.exists()
    assert Reward.objects.get().withdrawn_at == AT


def test_a_campaign_that_rests_leaves_the_promise_open(
    store: Store, anna: Customer, campaign: CouponCampaign
) -> None:
    Offer.objects.filter(code="next-10").update(status=Offer.Status.PAUSED)
    bought = order(store, customer=anna.ref, paid_at=AT).order
    assert not Coupon.objects.exists()
    Offer.objects.filter(code="next-10").update(status=Offer.Status.RUNNING)
    fulfil(bought)
    assert Coupon.objects.count() == 1


def test_points_and_coupon_of_one_offer_are_two_rewards(store: Store, anna: Customer) -> None:
    make_campaign(run_offer(store, code="next-10"), code="next")
    make_product(store, sku="MUG")
    give(store, extra(5), {"kind": "next_coupon", "campaign": "next"})
    order(store, customer=anna.ref)
    assert sorted(Reward.objects.values_list("kind", "campaign")) == [("coupon", "next"), ("points", "")]
    assert Account.objects.get(customer=anna).balance == 15


def test_a_guest_is_promised_no_coupon(store: Store, campaign: CouponCampaign) -> None:
    told = quote(store).quote
    assert (told.promised, [each.refusal for each in told.refused]) == ((), [Refusal.NOT_REGISTERED])
    bought = order(store).order
    pay(bought)
    assert not Reward.objects.filter(order=bought).exists()
