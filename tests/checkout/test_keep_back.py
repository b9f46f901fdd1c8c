"""A return that undoes the condition of a threshold, a free delivery or a gift, by the store's policy."""

from typing import Any

import pytest
from django.db import transaction

from checkout.request import LineRequest
from loyalty.publish import write_version
from shop.models import Order, Refund, Store
from tests.checkout.ask import order
from tests.checkout.reverse import balance, cancel, give, member, points_store, refund
from tests.factories import AT, DAY, make_product, make_product_group
from tests.factories.offers_that_run import document, public_coupon, run_offer

pytestmark = pytest.mark.django_db

MUG, JUG = LineRequest("MUG", 1, 3000), LineRequest("JUG", 1, 3000)
EVERYONE = {"kind": "everyone"}
FROM_50 = [{"kind": "subtotal_at_least", "amount": 5000}]


@pytest.fixture
def store() -> Store:
    return points_store(return_policy="reprice")


def tenth_off_from_50(store: Store, **terms: Any) -> None:
    tenth = [{"kind": "percent_off", "rate_bp": 1000}]
    run_offer(
        store, **{"lane": "order", "conditions": FROM_50, "benefits": tenth, "audience": EVERYONE} | terms
    )


def free_delivery_from_50(store: Store) -> None:
    free = [{"kind": "delivery_fixed_price", "price": 0}]
    run_offer(store, lane="delivery", conditions=FROM_50, benefits=free, audience=EVERYONE)


def free_spoon_from_50(store: Store) -> None:
    """To an order with 50.00 of other goods."""
    make_product_group(store, code="pots", skus=["MUG", "JUG"])
    target = {"kind": "of_skus", "skus": ["SPOON"]}
    run_offer(
        store,
        lane="gifts",
        conditions=[{"kind": "subtotal_at_least", "amount": 5000, "groups": ["pots"]}],
        benefits=[{"kind": "percent_off", "rate_bp": 10_000, "target": target}],
        audience=EVERYONE,
    )


def amounts(bought: Order, *refunds: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Money given back and money kept back, of each refund in turn."""
    done = [refund(bought, *units).refund for units in refunds]
    return [(one.amount, one.kept_back) for one in done]


def test_by_default_what_is_kept_stays_at_the_price_that_was_paid() -> None:
    store = points_store()
    tenth_off_from_50(store)
    bought = order(store, lines=(MUG, JUG)).order
    assert bought.payable == 5400
    assert amounts(bought, ((2, 1),)) == [(2700, 0)]


def test_a_discount_from_an_amount_is_undone_by_a_return_that_falls_short(store: Store) -> None:
    # 60.00 less a tenth were paid. The mug alone costs 30.00: 54.00 - 30.00 = 24.00.
    tenth_off_from_50(store)
    bought = order(store, lines=(MUG, JUG)).order
    assert amounts(bought, ((2, 1),), ((1, 1),)) == [(2400, 300), (3000, -300)]
    bought.refresh_from_db()
    assert bought.refunded == bought.payable == 5400


def test_exactly_the_amount_still_qualifies_and_a_penny_less_does_not(store: Store) -> None:
    tenth_off_from_50(store)
    enough = order(store, lines=(LineRequest("BOWL", 1, 5000), LineRequest("CUP", 1, 100))).order
    assert amounts(enough, ((2, 1),)) == [(90, 0)]
    # 49.99 alone cost 49.99 without the tenth: 46.79 were paid, so nothing is left to give back.
    short = order(store, lines=(LineRequest("BOWL", 1, 4999), LineRequest("CUP", 1, 200))).order
    assert short.payable == 4679
    assert amounts(short, ((2, 1),), ((1, 1),)) == [(0, 180), (4679, -180)]


def test_free_delivery_is_paid_once_its_condition_is_undone(store: Store) -> None:
    free_delivery_from_50(store)
    bought = order(store, lines=(MUG, JUG), delivery=495).order
    assert bought.payable == 6000
    assert amounts(bought, ((2, 1),), ((1, 1),)) == [(2505, 495), (3495, -495)]


def test_a_gift_that_is_kept_is_paid_once_its_condition_is_undone(store: Store) -> None:
    free_spoon_from_50(store)
    bought = order(store, lines=(MUG, JUG, LineRequest("SPOON", 1, 700))).order
    assert bought.payable == 6000
    assert amounts(bought, ((2, 1),), ((3, 1),), ((1, 1),)) == [(2300, 700), (700, -700), (3000, 0)]


def test_a_gift_that_comes_back_with_the_goods_costs_nothing(store: Store) -> None:
    free_spoon_from_50(store)
    bought = order(store, lines=(MUG, JUG, LineRequest("SPOON", 1, 700))).order
    assert amounts(bought, ((2, 1), (3, 1))) == [(3000, 0)]


def added_soap_from_50(store: Store) -> None:
    """A soap that the offer puts into the parcel."""
    make_product(store, sku="SOAP", price=700)
    gift = {"kind": "gift_item", "skus": ["SOAP"], "how": "added"}
    run_offer(store, lane="gifts", conditions=FROM_50, benefits=[gift], audience=EVERYONE)


def test_an_added_gift_that_is_kept_is_paid_once_its_condition_is_undone(store: Store) -> None:
    added_soap_from_50(store)
    bought = order(store, lines=(MUG, JUG)).order
    assert bought.payable == 6000
    assert amounts(bought, ((2, 1),), ((3, 1),), ((1, 1),)) == [(2300, 700), (700, -700), (3000, 0)]


def test_an_added_gift_that_is_still_earned_stays_free(store: Store) -> None:
    added_soap_from_50(store)
    bought = order(store, lines=(LineRequest("BOWL", 1, 5000), MUG)).order
    assert amounts(bought, ((2, 1),)) == [(3000, 0)]


def test_a_coupon_s_amount_off_is_shared_anew_among_what_is_kept(store: Store) -> None:
    # 5.00 off 60.00, from 25.00 on: the mug alone would have cost 25.00, so the jug is worth 30.00.
    from_25 = [{"kind": "subtotal_at_least", "amount": 2500}]
    off = [{"kind": "amount_off", "amount": 500}]
    public_coupon(store, "SPRING", conditions=from_25, benefits=off)
    bought = order(store, lines=(MUG, JUG), codes=("SPRING",)).order
    assert bought.payable == 5500
    assert amounts(bought, ((2, 1),), ((1, 1),)) == [(3000, -250), (2500, 250)]


def test_what_is_kept_is_priced_by_the_terms_of_then(store: Store) -> None:
    tenth = run_offer(
        store,
        lane="order",
        conditions=FROM_50,
        benefits=[{"kind": "percent_off", "rate_bp": 1000}],
        audience=EVERYONE,
    )
    bought = order(store, lines=(MUG, JUG)).order
    with transaction.atomic():
        now = document(lane="order", benefits=[{"kind": "percent_off", "rate_bp": 5000}], audience=EVERYONE)
        write_version(tenth, now, by=None, at=AT + DAY)
    store.refresh_from_db()
    assert refund(bought, (2, 1), at=AT + 2 * DAY).refund.amount == 2400


def test_where_the_price_of_then_cannot_be_told_any_more_what_is_kept_stays_as_it_was(store: Store) -> None:
    group = make_product_group(store, code="pots", skus=["MUG", "JUG"])
    pots = [{"kind": "subtotal_at_least", "amount": 5000, "groups": ["pots"]}]
    tenth_off_from_50(store, conditions=pots)
    bought = order(store, lines=(MUG, JUG)).order
    group.skus = ["MUG"]
    group.save()
    Store.objects.filter(pk=store.pk).update(offers_version=store.offers_version + 1)
    store.refresh_from_db()
    assert amounts(bought, ((2, 1),)) == [(2700, 0)]


def test_refunds_never_ask_for_money(store: Store) -> None:
    # 15.00 off from 20.00. Without the 2.00 pen the rest costs 5.00; then, without the mug, the other one costs 10.00,
    # more than the 7.00 that were paid: the second return gives nothing, and the last one gives the rest.
    off = [{"kind": "amount_off", "amount": 1500}]
    tenth_off_from_50(store, conditions=[{"kind": "subtotal_at_least", "amount": 2000}], benefits=off)
    lines = (LineRequest("CUP", 2, 1000), LineRequest("PEN", 1, 200))
    bought = order(store, lines=lines).order
    assert bought.payable == 700
    assert [paid for paid, _ in amounts(bought, ((2, 1),), ((1, 1),), ((1, 1),))] == [200, 0, 500]


def test_delivery_that_comes_back_is_not_charged_for_any_more(store: Store) -> None:
    half = [{"kind": "delivery_percent_off", "rate_bp": 5000}]
    run_offer(store, lane="delivery", conditions=FROM_50, benefits=half, audience=EVERYONE)
    bought = order(store, lines=(MUG, JUG), delivery=500).order
    assert bought.payable == 6250
    done = refund(bought, (2, 1)).refund
    assert (done.amount, done.kept_back) == (2750, 250)
    done = refund(bought, delivery=True).refund
    assert (done.amount, done.delivery, done.kept_back) == (500, 250, -250)
    assert refund(bought, (1, 1)).refund.amount == 3000


def test_a_cancellation_gives_back_what_was_kept_back(store: Store) -> None:
    tenth_off_from_50(store)
    bought = order(store, lines=(MUG, JUG)).order
    refund(bought, (2, 1))
    done = cancel(bought)
    assert done.refund is not None
    assert (done.refund.refund.amount, done.refund.refund.kept_back) == (3000, -300)


def test_a_store_that_changes_its_policy_gives_back_what_it_kept_back(store: Store) -> None:
    tenth_off_from_50(store)
    bought = order(store, lines=(MUG, LineRequest("JUG", 2, 3000))).order
    refund(bought, (2, 1))
    refund(bought, (1, 1))
    Store.objects.update(return_policy="keep")
    store.refresh_from_db()
    bought.store = store
    assert refund(bought, (2, 1)).refund.kept_back == -300
    bought.refresh_from_db()
    assert bought.refunded == bought.payable


def test_points_come_back_as_they_were_spent_and_only_money_is_kept_back(store: Store) -> None:
    # 54.00: 50.00 in points and 4.00 in money. 3.00 of it are missing for the mug; the jug's part of the money is 2.00.
    tenth_off_from_50(store)
    anna = member(store)
    give(anna, 5000)
    bought = order(store, lines=(MUG, JUG), customer=anna.ref, points_to_spend=5000).order
    assert (bought.payable, balance(anna)) == (400, 4)
    done = refund(bought, (2, 1))
    assert (done.refund.amount, done.refund.kept_back) == (0, 200)
    assert done.lines[0].points_returned == 2500
    assert refund(bought, (1, 1)).refund.amount == 400


def test_a_repeat_answers_with_the_same_refund(store: Store) -> None:
    tenth_off_from_50(store)
    bought = order(store, lines=(MUG, JUG)).order
    first = refund(bought, (2, 1), ref="R-1")
    again = refund(bought, (2, 1), ref="R-1")
    assert (again.created, again.refund.amount, again.refund.kept_back) == (False, 2400, 300)
    assert first.refund.pk == again.refund.pk == Refund.objects.get().pk
