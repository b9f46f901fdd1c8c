"""Gift balances that are spent, refunded, ended and issued by many at once. Each with its counter-proof."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db.models import Sum

from checkout.commit import Committed
from checkout.errors import RefundRefused
from checkout.refund import Refunded
from checkout.request import LineRequest
from coupons.models import GiftBalance
from coupons.settle_balances import end_due_balances
from loyalty.models import Account, BalancePayment, Transfer
from loyalty.transfer_accounts import programme_account
from loyalty.verify import verify_ledger
from shop.models import Order, Product, Store
from tests.checkout.ask import order
from tests.checkout.gift import assert_adds_up, gift, moved
from tests.checkout.reverse import mugs, pay, points_store, refund
from tests.factories import AT, make_product
from tests.races.at_once import Rewrite, at_once, drop_constraint, meet_after, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)

LOCKS = (' FOR NO KEY UPDATE OF "shop_order"', " FOR NO KEY UPDATE", " FOR UPDATE", "\nFOR NO KEY UPDATE")
GUARD = "account.balance - account.held >= input.amount - input.held"
MONEY = Account.Asset.MONEY


@pytest.fixture
def store() -> Store:
    store = points_store()
    for kind in (Account.Kind.SPENT, Account.Kind.EXPIRED, Account.Kind.WITHDRAWN):
        programme_account(store, kind, asset=MONEY)  # or all would wait for whoever makes it
    return store


def race_to_spend(
    store: Store, code: str, *, count: int, rewrite: Rewrite | None = None
) -> list[Committed | Exception]:
    """So many carts at once, each of which wants to pay 10.00 with the same gift balance."""
    jobs = [partial(order, store, ref=f"o-{n}", lines=mugs(1), gift_balances=(code,)) for n in range(count)]
    return at_once(jobs, workers=count, rewrite=rewrite)


def paid_in_all() -> int:
    return BalancePayment.objects.aggregate(sum=Sum("amount"))["sum"] or 0


def test_fifty_pounds_pay_five_of_sixty_four_carts(store: Store) -> None:
    balance, code = gift(store, 5000)
    results = of_type(race_to_spend(store, code, count=64), Committed)
    assert sorted(done.order.balance_amount for done in results) == [0] * 59 + [1000] * 5
    assert (paid_in_all(), Account.objects.get(kind="gift").balance) == (5000, 0)
    assert_adds_up(balance)
    assert verify_ledger(store) == []


def test_without_guard_and_constraints_it_is_spent_again_and_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, code = gift(store, 5000)
    meet_after(monkeypatch, "checkout.quote.find_balances", workers=20)
    drop_constraint("loyalty_account", "loyalty_account_balance_not_negative")
    drop_constraint("loyalty_account", "loyalty_account_held_within_balance")
    race_to_spend(store, code, count=20, rewrite=without(*LOCKS, GUARD))
    assert paid_in_all() > 5000
    assert Account.objects.get(kind="gift").balance < 0


def test_without_the_locks_the_guard_alone_keeps_the_sum(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, code = gift(store, 5000)
    meet_after(monkeypatch, "checkout.quote.find_balances", workers=20)
    race_to_spend(store, code, count=20, rewrite=without(*LOCKS))
    assert (paid_in_all(), Account.objects.get(kind="gift").balance) == (5000, 0)


def race_to_refund(store: Store, rewrite: Rewrite | None = None) -> list[Refunded | Exception]:
    """Twenty clerks, each with a refund of their own, give back one of five mugs that a balance has paid."""
    _, code = gift(store, 5000)
    bought = order(store, lines=mugs(5), gift_balances=(code,)).order
    return at_once(
        [partial(refund, bought, (1, 1), ref=f"R-{n}") for n in range(20)], workers=20, rewrite=rewrite
    )


def test_five_mugs_come_back_to_the_balance_five_times(store: Store) -> None:
    results = race_to_refund(store)
    assert (len(of_type(results, Refunded)), len(of_type(results, RefundRefused))) == (5, 15)
    assert Account.objects.get(kind="gift").balance == 5000
    assert_adds_up(GiftBalance.objects.get())
    assert verify_ledger(store) == []


def test_without_its_guards_more_comes_back_than_was_paid(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # allocate() would refuse to divide what there is not; it is no guard that anybody should rely on.
    for name in ("checkout.refund.part_of", "checkout.refund_balances.part_of"):
        monkeypatch.setattr(name, lambda whole, *, refunded, quantity: whole * refunded // quantity)
    monkeypatch.setattr("checkout.refund_balances._note_returned", lambda parts: None)
    monkeypatch.setattr(
        "checkout.refund_balances._parts", lambda line, amount, touched: [(touched.payments[0], amount)]
    )
    for table, name in (
        ("shop_orderline", "shop_orderline_refunded_within"),
        ("shop_order", "shop_order_balance_refunded_within"),
        ("shop_order", "shop_order_refunded_within_paid"),
    ):
        drop_constraint(table, name)
    units = "refunded_quantity + asked.quantity <= shop_orderline.quantity"
    money = '"shop_order"."balance_amount" >= ("shop_order"."balance_refunded" + %s)'
    race_to_refund(store, rewrite=without(*LOCKS, units, money))
    assert Account.objects.get(kind="gift").balance > 5000


def race_with_its_end(
    store: Store, balance: GiftBalance, code: str, rewrite: Rewrite | None = None
) -> dict[str, int]:
    """Eight carts that were quick enough pay while eight workers book the end of the balance."""
    jobs: list[Callable[[], Any]] = [
        partial(order, store, ref=f"o-{n}", lines=mugs(1), gift_balances=(code,), at=AT) for n in range(8)
    ]
    at_once(jobs + [partial(end_due_balances, at=balance.ends_at)] * 8, workers=16, rewrite=rewrite)
    return moved(balance)


def test_money_is_spent_or_ends_and_never_both(store: Store) -> None:
    balance, code = gift(store, 5000, days=10)
    race_with_its_end(store, balance, code)
    end_due_balances(at=balance.ends_at)
    sums = moved(balance)
    assert sums.get("payment", 0) + sums.get("lapse", 0) == 5000
    assert Account.objects.get(kind="gift").balance == 0
    assert verify_ledger(store) == []


def test_without_locks_and_guard_it_does_both(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    balance, code = gift(store, 5000, days=10)
    # Everybody has looked before anybody acts.
    meet_after(monkeypatch, "loyalty.transfer_gifts.programme_account", workers=16)
    drop_constraint("loyalty_account", "loyalty_account_balance_not_negative")
    drop_constraint("loyalty_account", "loyalty_account_held_within_balance")
    drop_constraint("loyalty_transfer", "loyalty_transfer_key_once")
    rewrite = without("FOR NO KEY UPDATE OF account SKIP LOCKED", *LOCKS, GUARD)
    sums = race_with_its_end(store, balance, code, rewrite=rewrite)
    assert sums.get("payment", 0) + sums.get("lapse", 0) > 5000


def race_to_pay(store: Store, rewrite: Rewrite | None = None) -> list[Order | Exception]:
    """One order of two gift balances, told to be paid by twenty at once."""
    make_product(store, sku="CARD", kind=Product.Kind.GIFT_BALANCE)
    sold = order(store, lines=(LineRequest("CARD", 2, 5000),)).order
    return at_once([lambda: pay(sold)] * 20, workers=20, rewrite=rewrite)


def test_a_purchase_paid_twenty_times_at_once_issues_once(store: Store) -> None:
    assert len(of_type(race_to_pay(store), Order)) == 20
    assert list(GiftBalance.objects.order_by("unit").values_list("unit", "face_value")) == [
        (1, 5000),
        (2, 5000),
    ]
    assert Transfer.objects.filter(kind="issue").count() == 2
    assert verify_ledger(store) == []


def blind(sql: str) -> str:
    """No lock, and whoever looks whether it was issued before sees nothing."""
    if sql.endswith(" LIMIT 1"):
        mine = '"coupons_giftbalance"."issue_key" = %s'
        sql = sql.replace(mine, f"({mine} AND random() < 0)")
    return without(*LOCKS)(sql)


def test_without_lock_and_look_the_unique_key_alone_issues_once(store: Store) -> None:
    race_to_pay(store, rewrite=blind)
    assert GiftBalance.objects.count() == 2
    assert verify_ledger(store) == []


def test_without_unique_keys_it_issues_many_times(store: Store) -> None:
    drop_constraint("coupons_giftbalance", "coupons_giftbalance_issued_once")
    drop_constraint("coupons_giftbalance", "coupons_giftbalance_once_per_unit")
    race_to_pay(store, rewrite=blind)
    assert GiftBalance.objects.count() > 2
