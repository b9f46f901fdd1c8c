"""Refunds, cancellations, expiry and the last points at once. Each with its counter-proof."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db.models import Count, Sum

from checkout.cancel import Cancelled
from checkout.commit import Committed
from checkout.errors import RefundRefused
from checkout.refund import Refunded
from coupons.models import Coupon
from loyalty.expire import expire_due
from loyalty.models import Account, Lot, LotUse, Transfer
from loyalty.transfer_accounts import programme_account
from loyalty.verify import verify_ledger
from shop.models import Activity, Customer, Order, OrderLine, Refund, Store
from tests.checkout.ask import order
from tests.checkout.reverse import cancel, give, member, mugs, points_store, refund
from tests.factories import AT, DAY, make_customer
from tests.factories.offers_that_run import named_coupon
from tests.races.at_once import Rewrite, at_once, drop_constraint, meet_after, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)

LOCKS = (' FOR NO KEY UPDATE OF "shop_order"', " FOR NO KEY UPDATE", " FOR UPDATE", "\nFOR NO KEY UPDATE")
CONNECTIONS = 64
GUARD_OF_UNITS = "refunded_quantity + asked.quantity <= shop_orderline.quantity"
GUARD_OF_POINTS = "balance >= held + %(amount)s"
GUARD_OF_MONEY = '"shop_order"."payable" >= ("shop_order"."refunded" + %s)'


@pytest.fixture
def store() -> Store:
    return points_store()


@pytest.fixture
def anna(store: Store) -> Customer:
    return member(store)


def race_to_refund(store: Store, rewrite: Rewrite | None = None) -> list[Refunded | Exception]:
    """Sixty-four clerks, each with a refund of their own, give back one of five mugs."""
    bought = order(store, lines=mugs(5)).order
    jobs = [partial(refund, bought, (1, 1), ref=f"R-{n}") for n in range(CONNECTIONS)]
    return at_once(jobs, workers=CONNECTIONS, rewrite=rewrite)


def test_five_mugs_are_refunded_five_times_by_sixty_four_clerks(store: Store) -> None:
    results = race_to_refund(store)
    assert (len(of_type(results, Refunded)), len(of_type(results, RefundRefused))) == (5, 59)
    assert (Order.objects.get().refunded, OrderLine.objects.get().refunded_quantity) == (5000, 5)
    assert (Refund.objects.count(), verify_ledger(store)) == (5, [])


def test_without_its_guards_more_is_refunded_than_was_bought(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # allocate() would refuse to divide what there is not; it is no guard that anybody should rely on.
    for room in ("checkout.refund", "checkout.refund_balances"):
        monkeypatch.setattr(
            f"{room}.part_of", lambda whole, *, refunded, quantity: whole * refunded // quantity
        )
    drop_constraint("shop_orderline", "shop_orderline_refunded_within")
    drop_constraint("shop_order", "shop_order_refunded_within_paid")
    race_to_refund(store, rewrite=without(*LOCKS, GUARD_OF_UNITS, GUARD_OF_MONEY))
    assert OrderLine.objects.get().refunded_quantity > 5


def test_without_the_lock_the_guards_alone_keep_the_number(store: Store) -> None:
    race_to_refund(store, rewrite=without(*LOCKS))
    assert OrderLine.objects.get().refunded_quantity == Refund.objects.count() == 5


def race_to_repeat(store: Store, rewrite: Rewrite | None = None) -> list[Refunded | Exception]:
    """One refund, told sixty-four times at once."""
    bought = order(store, lines=mugs(CONNECTIONS)).order
    jobs = [lambda: refund(bought, (1, 1), ref="R-1")] * CONNECTIONS
    return at_once(jobs, workers=CONNECTIONS, rewrite=rewrite)


def test_a_refund_told_sixty_four_times_at_once_is_one(store: Store) -> None:
    results = of_type(race_to_repeat(store), Refunded)
    assert (len(results), sum(done.created for done in results)) == (CONNECTIONS, 1)
    assert (Refund.objects.count(), Order.objects.get().refunded) == (1, 1000)


def test_without_lock_and_unique_reference_it_is_paid_out_many_times(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("shop_refund", "shop_refund_ref_once")
    meet_after(monkeypatch, "checkout.refund.moment_of", workers=CONNECTIONS)
    results = race_to_repeat(store, rewrite=reading_its_own_row)
    paid_out = [done for done in of_type(results, Refunded) if done.created]
    assert len(paid_out) == Refund.objects.filter(ref="R-1").count() > 1
    assert Order.objects.get().refunded == 1000 * len(paid_out)


def reading_its_own_row(sql: str) -> str:
    """No lock, and whoever reads the refund back takes the row just written for the only one."""
    if 'FROM "shop_refund" WHERE ("shop_refund"."ref"' in sql:
        return sql.replace(" LIMIT 21", ' AND "shop_refund".xmin = pg_current_xact_id()::xid LIMIT 21')
    return without(*LOCKS)(sql)


def test_without_lock_alone_a_refund_told_sixty_four_times_is_still_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "checkout.refund.moment_of", workers=CONNECTIONS)
    race_to_repeat(store, rewrite=without(*LOCKS))
    assert Refund.objects.count() == 1


def race_for_a_reference(
    store: Store, monkeypatch: pytest.MonkeyPatch, rewrite: Rewrite | None = None
) -> list[Refunded | Exception]:
    """Eight orders are refunded at once, all under the same reference."""
    meet_after(monkeypatch, "checkout.refund.moment_of", workers=8)
    bought = [order(store, lines=mugs(1)).order for _ in range(8)]
    jobs = [partial(refund, one, (1, 1), ref="R-1") for one in bought]
    return at_once(jobs, workers=8, rewrite=rewrite)


def test_orders_refunded_at_once_do_not_share_a_reference(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = race_for_a_reference(store, monkeypatch)
    assert (len(of_type(results, Refunded)), len(of_type(results, RefundRefused))) == (1, 7)
    assert Order.objects.filter(refunded=1000).count() == Refund.objects.count() == 1


def test_without_unique_reference_two_orders_are_refunded_under_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("shop_refund", "shop_refund_ref_once")
    results = race_for_a_reference(store, monkeypatch, rewrite=reading_its_own_row)
    assert len(of_type(results, Refunded)) == Order.objects.filter(refunded=1000).count() > 1
    assert Refund.objects.filter(ref="R-1").count() > 1


def race_with_expiry(
    store: Store,
    anna: Customer,
    rewrite: Rewrite | None = None,
    prepare: Callable[[], object] | None = None,
) -> list[Any]:
    """Thirty-two orders' refunds take back what they earned while as many workers end the lots of it."""
    half = CONNECTIONS // 2
    bought = [order(store, customer=anna.ref, lines=mugs(1)).order for _ in range(half)]
    end = AT + 8 * DAY
    Lot.objects.update(active_at=AT, ends_at=end)
    if prepare:
        prepare()
    refunds: list[Callable[[], Any]] = [partial(refund, one, (1, 1), at=end) for one in bought]
    return at_once(refunds + [partial(expire_due, at=end)] * half, workers=CONNECTIONS, rewrite=rewrite)


def test_points_expire_or_are_taken_back_and_never_both(store: Store, anna: Customer) -> None:
    results = race_with_expiry(store, anna)
    assert of_type(results, Exception) == []
    ended = Transfer.objects.filter(kind="expiry").aggregate(points=Sum("amount"))["points"]
    mine = Account.objects.get(customer=anna)
    # The lots had ended, so all of them expire, and every refund leaves a debt.
    assert (ended, mine.balance, mine.owed) == (320, 0, 320)
    assert verify_ledger(store) == []


def drop_guards_of_expiry() -> None:
    drop_constraint("loyalty_transfer", "loyalty_transfer_key_once")
    drop_constraint("loyalty_account", "loyalty_account_balance_not_negative")
    drop_constraint("loyalty_account", "loyalty_account_held_within_balance")
    drop_constraint("loyalty_account", "loyalty_account_owes_only_when_empty")


def test_without_locks_and_unique_key_points_expire_more_than_once(store: Store, anna: Customer) -> None:
    def slow_and_unlocked(sql: str) -> str:
        for lock in ("FOR NO KEY UPDATE OF account SKIP LOCKED", "FOR UPDATE OF lot", *LOCKS):
            sql = sql.replace(lock, "")
        # Everybody has looked before anybody acts: a statement sees what there was when it began.
        return sql.replace(
            "WITH due AS (\n    SELECT",
            "WITH pause AS MATERIALIZED (SELECT pg_sleep(0.5)), due AS (\n    SELECT",
        ).replace("FROM unnest(%(accounts)s::bigint[], %(m", "FROM pause, unnest(%(accounts)s::bigint[], %(m")

    programme_account(store, Account.Kind.EXPIRED)  # or all would wait for whoever makes it
    race_with_expiry(store, anna, rewrite=slow_and_unlocked, prepare=drop_guards_of_expiry)
    ended = Transfer.objects.filter(kind="expiry").aggregate(points=Sum("amount"))["points"]
    assert ended > 320


def drop_guards_of_spending() -> None:
    drop_constraint("loyalty_account", "loyalty_account_balance_not_negative")
    drop_constraint("loyalty_account", "loyalty_account_held_within_balance")
    drop_constraint("loyalty_lot", "loyalty_lot_left_within_amount")
    drop_constraint("loyalty_lot", "loyalty_lot_held_within_left")


def race_for_the_last_points(
    store: Store, anna: Customer, rewrite: Rewrite | None = None
) -> list[Committed | Exception]:
    """Sixty-four carts of one customer, each wants to pay with ten of the same fifty points."""
    give(anna, 50)
    jobs = [
        partial(order, store, ref=f"o-{n}", customer=anna.ref, lines=mugs(1), points_to_spend=10)
        for n in range(64)
    ]
    return at_once(jobs, workers=64, rewrite=rewrite)


def test_fifty_points_pay_in_five_of_sixty_four_carts(store: Store, anna: Customer) -> None:
    results = of_type(race_for_the_last_points(store, anna), Committed)
    assert sorted(done.order.points_spent for done in results) == [0] * 59 + [10] * 5
    # Each order earned as well: ten points, or what was paid in money.
    assert Lot.objects.get(transfer__kind="adjustment").left == 0
    assert Order.objects.aggregate(points=Sum("points_spent"))["points"] == 50
    assert verify_ledger(store) == []


def test_without_locks_and_guards_the_last_points_are_spent_again_and_again(
    store: Store, anna: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "loyalty.spend.lock_accounts", workers=20)
    give(anna, 50)
    programme_account(store, Account.Kind.SPENT)  # or all would wait for whoever makes it
    jobs = [
        partial(order, store, ref=f"o-{n}", customer=anna.ref, lines=mugs(1), points_to_spend=10)
        for n in range(20)
    ]
    drop_guards_of_spending()
    at_once(jobs, workers=20, rewrite=without(*LOCKS, GUARD_OF_POINTS))
    assert (Order.objects.aggregate(points=Sum("points_spent"))["points"] or 0) > 50


def race_for_two_lots(
    store: Store, anna: Customer, rewrite: Rewrite | None = None, prepare: Callable[[], object] | None = None
) -> None:
    """Sixty-four orders of ten points each, for which there are two portions: the first ends in the midst of one."""
    give(anna, 35, ends_at=AT + 10 * DAY)
    give(anna, 45, ends_at=AT + 20 * DAY)
    programme_account(store, Account.Kind.SPENT)  # or all would wait for whoever makes it
    if prepare:
        prepare()
    jobs = [
        partial(order, store, ref=f"o-{n}", customer=anna.ref, lines=mugs(1), points_to_spend=10)
        for n in range(CONNECTIONS)
    ]
    at_once(jobs, workers=CONNECTIONS, rewrite=rewrite)


def used_of_lots() -> list[tuple[int, int]]:
    """What was taken of the two portions, and by how many orders."""
    uses = LotUse.objects.filter(lot__transfer__kind="adjustment", transfer__kind="redemption")
    rows = uses.values("lot").annotate(points=Sum("amount"), orders=Count("transfer", distinct=True))
    return list(rows.order_by("lot").values_list("points", "orders"))


def test_orders_at_once_share_two_lots_to_the_point(store: Store, anna: Customer) -> None:
    race_for_two_lots(store, anna)
    # The fourth order takes five of each.
    assert used_of_lots() == [(35, 4), (45, 5)]
    assert Order.objects.filter(points_spent=10).count() == 8
    assert verify_ledger(store) == []


def test_without_locks_and_guards_orders_take_more_of_a_lot_than_it_holds(
    store: Store, anna: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "loyalty.spend.lock_accounts", workers=CONNECTIONS)
    rewrite = without(*LOCKS, GUARD_OF_POINTS)
    race_for_two_lots(store, anna, rewrite=rewrite, prepare=drop_guards_of_spending)
    points, orders = used_of_lots()[0]
    assert points > 35
    assert orders > 4


def race_to_cancel(store: Store, rewrite: Rewrite | None = None) -> list[Cancelled | Exception]:
    """One cancellation, told by twenty clerks, of an order that used a coupon; another order uses it meanwhile."""
    anna = make_customer(store)
    coupon = named_coupon(store, anna)
    Coupon.objects.update(uses_max=30)
    bought = order(store, customer=anna.ref, codes=(coupon.code,)).order
    for _ in range(19):
        order(store, customer=anna.ref, codes=(coupon.code,))
    return at_once([lambda: cancel(bought)] * 20, workers=20, rewrite=rewrite)


def test_an_order_cancelled_by_twenty_clerks_gives_its_coupon_back_once(store: Store) -> None:
    results = race_to_cancel(store)
    assert len(of_type(results, Cancelled)) == 20
    assert Coupon.objects.get().used == 19
    assert Activity.objects.filter(kind="order.cancelled").count() == 1
    assert Order.objects.get(status="cancelled").refunded == 900


def test_without_its_guard_the_coupon_comes_back_many_times(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "checkout.cancel.moment_of", workers=20)
    guard = '"shop_order"."cancelled_at" IS NULL'
    race_to_cancel(store, rewrite=without(*LOCKS, guard))
    assert Coupon.objects.get().used < 19
