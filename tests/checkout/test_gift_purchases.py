"""Gift balances are sold as a product: issued once per unit when paid, and a refund takes back what is left of them."""

from typing import Any

import pytest
from django.db import transaction

from checkout.refund import Refunded
from checkout.request import LineRequest
from coupons.gift_codes import read_gift_code
from coupons.issue_balance import code_of
from coupons.models import GiftBalance, GiftProduct, GiftWithdrawal
from loyalty.queries import points_of
from loyalty.verify import verify_ledger
from shop.models import Customer, Order, OrderLine, Product, Store
from tests.checkout.ask import MUG, order, quote
from tests.checkout.gift import assert_adds_up, end_due_balances, gift, left, moved
from tests.checkout.reverse import cancel, fulfil, give, member, pay, points_store, refund
from tests.factories import AT, DAY, make_product
from tests.factories.offers_that_run import named_coupon, run_offer

pytestmark = pytest.mark.django_db

CARD = LineRequest("CARD", 1, 5000)


@pytest.fixture
def store() -> Store:
    return points_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


@pytest.fixture(autouse=True)
def card(store: Store) -> Product:
    return make_product(store, sku="CARD", price=5000, kind=Product.Kind.GIFT_BALANCE)


def cards(count: int) -> dict[str, Any]:
    return {"lines": (LineRequest("CARD", count, 5000),)}


def bought(of: Order) -> list[GiftBalance]:
    return list(GiftBalance.objects.filter(line__order=of).select_related("account").order_by("unit"))


def spend(balance: GiftBalance, amount: int) -> Order:
    line = LineRequest("MUG", 1, amount)
    return order(balance.store, lines=(line,), gift_balances=(code_of(balance),)).order


def outcome(done: Refunded) -> tuple[int, int]:
    return done.refund.amount, done.refund.withdrawn


def test_it_is_issued_when_the_order_is_paid_once_per_unit(store: Store, anna: Customer) -> None:
    sold = order(store, customer=anna.ref, **cards(2)).order
    assert bought(sold) == []
    for _ in range(3):
        pay(sold)
    issued = bought(sold)
    assert [(one.unit, one.face_value, one.customer) for one in issued] == [(1, 5000, anna), (2, 5000, anna)]
    assert [left(one) for one in issued] == [5000, 5000]
    assert len({read_gift_code(code_of(one)) for one in issued}) == 2
    assert verify_ledger(store) == []


def test_an_order_that_is_paid_as_it_comes_issues_at_once(store: Store) -> None:
    sold = order(store, paid_at=AT, **cards(1)).order
    assert [one.face_value for one in bought(sold)] == [5000]
    order(store, ref=sold.ref, paid_at=AT, **cards(1))
    pay(sold)
    assert len(bought(sold)) == 1


def test_delivered_is_not_paid(store: Store) -> None:
    sold = order(store, **cards(1)).order
    fulfil(sold)
    assert bought(sold) == []


def test_a_cancelled_order_that_is_paid_later_issues_nothing(store: Store) -> None:
    sold = order(store, **cards(1)).order
    cancel(sold)
    pay(sold)
    assert bought(sold) == []


def test_terms_say_what_it_is_worth_and_how_long(store: Store, card: Product) -> None:
    GiftProduct.objects.create(store=store, product=card, face_value=6000, valid_days=30)
    sold = order(store, paid_at=AT, **cards(1)).order
    (issued,) = bought(sold)
    assert (issued.face_value, issued.ends_at) == (6000, AT.replace(hour=0) + 31 * DAY)


def test_what_was_sold_stays_so_whatever_its_product_becomes(store: Store, card: Product) -> None:
    sold = order(store, **cards(1)).order
    Product.objects.filter(pk=card.pk).update(kind=Product.Kind.GOODS)
    pay(sold)
    assert [one.face_value for one in bought(sold)] == [5000]


def test_it_is_never_discounted_and_earns_no_points(store: Store, anna: Customer) -> None:
    run_offer(store, lane="order", audience={"kind": "everyone"})
    coupon = named_coupon(store, anna)
    asked: dict[str, Any] = {"customer": anna.ref, "codes": (coupon.code,), "lines": (CARD, MUG)}
    sold = order(store, paid_at=AT, **asked).order
    of_card, of_mug = OrderLine.objects.order_by("ordinal").values_list("discount", flat=True)
    assert of_card == 0 < of_mug
    assert points_of(anna, at=AT).pending == (sold.payable - 5000) // 100


def test_neither_points_nor_another_balance_buy_it(store: Store, anna: Customer) -> None:
    give(anna, 9000)
    _, code = gift(store, 9000)
    asked: dict[str, Any] = {"customer": anna.ref, "points_to_spend": 9000, "gift_balances": (code,)}
    assert quote(store, lines=(CARD,), **asked).quote.payable == 5000
    mixed = quote(store, lines=(CARD, MUG), delivery=500, **asked).quote
    assert (mixed.points_amount, mixed.balance_amount, mixed.payable) == (1000, 500, 5000)


def test_a_refund_withdraws_what_is_left_and_gives_no_more(store: Store) -> None:
    sold = order(store, paid_at=AT, **cards(1)).order
    (issued,) = bought(sold)
    spend(issued, 3000)
    assert outcome(refund(sold, (1, 1))) == (2000, 2000)
    assert (left(issued), moved(issued)) == (0, {"issue": 5000, "payment": 3000, "withdrawal": 2000})
    assert Order.objects.get(pk=sold.pk).refunded == 2000
    assert_adds_up(issued)
    assert verify_ledger(store) == []


def test_a_preview_says_what_the_refund_then_does(store: Store) -> None:
    sold = order(store, paid_at=AT, **cards(2)).order
    spend(bought(sold)[0], 3000)
    with transaction.atomic():
        announced = outcome(refund(sold, (1, 2)))
        transaction.set_rollback(True)
    assert outcome(refund(sold, (1, 2))) == announced == (7000, 7000)


def test_the_fullest_come_back_first_and_any_split_ends_alike(store: Store) -> None:
    sold = order(store, paid_at=AT, **cards(3)).order
    first, second, _ = bought(sold)
    spend(first, 5000)
    spend(second, 1000)
    assert [outcome(refund(sold, (1, 1))) for _ in range(3)] == [(5000, 5000), (4000, 4000), (0, 0)]
    assert GiftWithdrawal.objects.count() == 3
    assert verify_ledger(store) == []


def test_one_worth_more_than_its_price_gives_back_the_price(store: Store, card: Product) -> None:
    GiftProduct.objects.create(store=store, product=card, face_value=6000)
    sold = order(store, paid_at=AT, **cards(1)).order
    assert outcome(refund(sold, (1, 1))) == (5000, 6000)


def test_one_that_was_never_issued_comes_back_whole_and_is_not_issued_later(store: Store) -> None:
    sold = order(store, **cards(2)).order
    assert outcome(refund(sold, (1, 1))) == (5000, 0)
    pay(sold)
    assert len(bought(sold)) == 1
    assert outcome(refund(sold, (1, 1))) == (5000, 5000)


def test_one_that_has_ended_gives_nothing_back(store: Store) -> None:
    sold = order(store, paid_at=AT, **cards(1)).order
    (issued,) = bought(sold)
    assert outcome(refund(sold, (1, 1), at=issued.ends_at)) == (0, 0)
    assert moved(issued) == {"issue": 5000, "lapse": 5000}


def test_money_that_comes_back_after_its_purchase_was_refunded_is_its_holders(store: Store) -> None:
    sold = order(store, paid_at=AT, **cards(1)).order
    (issued,) = bought(sold)
    mug = spend(issued, 3000)
    refund(sold, (1, 1))
    refund(mug, (1, 1))
    assert left(issued) == 3000
    end_due_balances(at=issued.ends_at)
    assert_adds_up(issued)


def test_a_cancelled_purchase_takes_all_of_it_back(store: Store) -> None:
    sold = order(store, paid_at=AT, **cards(2)).order
    spend(bought(sold)[0], 1500)
    done = cancel(sold).refund
    assert done is not None
    assert outcome(done) == (8500, 8500)
    assert verify_ledger(store) == []
