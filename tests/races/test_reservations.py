"""Reservations at once: what is held is held once, ends once, and turns into one use. Each with its counter-proof."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import checkout.commit
import checkout.end_hold
import checkout.find_hold
import checkout.reserve
from checkout.commit import Committed
from checkout.end_hold import release_quote
from checkout.errors import CheckoutError
from checkout.lapse import let_lapse
from checkout.models import Quote
from checkout.reserve import Reserved
from checkout.transaction import atomic_with_retry
from coupons.models import Coupon, Redemption
from loyalty.models import Account, OfferBudget, OfferUse
from loyalty.verify import verify_ledger
from shop.models import Customer, Store
from tests.checkout.ask import order
from tests.checkout.hold import assert_counters_are_reservations, held, order_of, reserve
from tests.checkout.reverse import give, member, points_store
from tests.factories import AT, make_customer
from tests.factories.offers_that_run import named_coupon, public_coupon
from tests.races.at_once import Rewrite, at_once, drop_constraint, drop_index, meet_after, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)

CONNECTIONS = 64
GUARD_OF_USES = '"loyalty_offeruse"."uses_max" > ("loyalty_offeruse"."used" + "loyalty_offeruse"."held")'
# Of carts that reserve, and of orders.
GUARDS_OF_COUPON = (
    '"coupons_coupon"."uses_max" > ("coupons_coupon"."used" + "coupons_coupon"."held")',
    "uses_max > used + held",
)
GUARD_OF_HELD_USE = '"loyalty_offeruse"."held" >= %s'
GUARD_OF_HELD_COUPON = '"coupons_coupon"."held" >= %s'
GUARD_OF_STATUS = '"checkout_quote"."status" = %s'
GUARD_OF_BALANCE = '"loyalty_account"."balance" >= ("loyalty_account"."held" + %s)'
CLAIM = "\nFOR NO KEY UPDATE OF quote SKIP LOCKED"
LOCKS = (CLAIM, " FOR NO KEY UPDATE", " FOR UPDATE", "\nFOR NO KEY UPDATE")
TURN = "SELECT pg_advisory_xact_lock(%s)"
OVER = AT + timedelta(minutes=30)


@pytest.fixture
def store() -> Store:
    return points_store()


def hold_cart(store: Store, n: int, **asked: Any) -> Callable[[], Reserved]:
    return lambda: reserve(store, **{"cart": f"c{n}", "codes": ("SPRING",)} | asked)


def in_goodorder_cart(store: Store) -> bool:
    assert_counters_are_reservations()
    return verify_ledger(store) == []


# --- a limit of fifty, and sixty-four carts that reserve


def race_for_fifty(
    store: Store, monkeypatch: pytest.MonkeyPatch, rewrite: Rewrite | None = None
) -> list[Reserved | Exception]:
    public_coupon(store, limits={"uses_max": 50})
    meet_after(monkeypatch, "checkout.reserve.quote_cart", workers=CONNECTIONS)
    jobs = [hold_cart(store, n, customer=f"customer{n}") for n in range(CONNECTIONS)]
    return at_once(jobs, workers=CONNECTIONS, rewrite=rewrite)


def test_a_limit_of_fifty_is_held_by_fifty_of_64_carts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    reserved = of_type(race_for_fifty(store, monkeypatch), Reserved)
    assert sorted(each.priced.quote.payable for each in reserved) == [900] * 50 + [1000] * 14
    assert held() == {"uses": 50}
    assert in_goodorder_cart(store)


def test_without_its_guard_more_than_fifty_are_held(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    drop_constraint("loyalty_offeruse", "loyalty_offeruse_within_limit")
    race_for_fifty(store, monkeypatch, rewrite=without(GUARD_OF_USES))
    assert held()["uses"] == CONNECTIONS


# --- carts that reserve against carts that order: one named coupon, one budget


def race_for_a_coupon(
    store: Store, monkeypatch: pytest.MonkeyPatch, rewrite: Rewrite | None = None
) -> list[Any]:
    anna = make_customer(store)
    coupon = named_coupon(store, anna)
    both_meet(monkeypatch)
    asked = {"customer": anna.ref, "codes": (coupon.code,)}
    holding = [hold_cart(store, n, **asked) for n in range(10)]
    return at_once(
        [*holding, *(order_cart(store, n, **asked) for n in range(10))], workers=20, rewrite=rewrite
    )


def both_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten carts that reserve and ten that order price themselves by one name, at which all twenty meet."""
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=20)
    monkeypatch.setattr(checkout.reserve, "quote_cart", vars(checkout.commit)["quote_cart"])


def order_cart(store: Store, n: int, **asked: Any) -> Callable[[], Committed]:
    return lambda: order(store, ref=f"o{n}", **asked)


def test_a_coupon_is_held_by_one_cart_or_used_by_one_order(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    race_for_a_coupon(store, monkeypatch)
    coupon = Coupon.objects.get()
    assert (coupon.used + coupon.held, coupon.used) == (1, Redemption.objects.count())
    assert in_goodorder_cart(store)


def test_without_its_guard_a_coupon_is_held_and_used_by_many(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("coupons_coupon", "coupons_coupon_within_limit")
    race_for_a_coupon(store, monkeypatch, rewrite=without(*GUARDS_OF_COUPON))
    coupon = Coupon.objects.get()
    assert coupon.used + coupon.held == 20


def race_for_a_budget(store: Store, monkeypatch: pytest.MonkeyPatch, rewrite: Rewrite | None = None) -> int:
    public_coupon(store, limits={"budget_max": 399})
    both_meet(monkeypatch)
    holding = [hold_cart(store, n) for n in range(10)]
    ordering = [order_cart(store, n, codes=("SPRING",)) for n in range(10)]
    at_once([*holding, *ordering], workers=20, rewrite=rewrite)
    budget = OfferBudget.objects.get()
    return budget.spent + budget.held


def test_a_budget_is_not_passed_by_holds_and_orders_together(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race_for_a_budget(store, monkeypatch) == 300
    assert in_goodorder_cart(store)


def test_without_its_guard_holds_and_orders_pass_the_budget(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("loyalty_offerbudget", "loyalty_offerbudget_within_limit")
    guard = '"loyalty_offerbudget"."budget_max" >= '
    assert race_for_a_budget(store, monkeypatch, lambda sql: sql.replace(guard, f"TRUE OR {guard}")) == 2000


# --- points: of one customer, in many carts


def race_for_points(
    store: Store, monkeypatch: pytest.MonkeyPatch, rewrite: Rewrite | None = None
) -> Customer:
    anna = member(store)
    give(anna, 50)
    both_meet(monkeypatch)
    asked = {"customer": anna.ref, "points_to_spend": 20, "codes": ()}
    holding = [hold_cart(store, n, **asked) for n in range(10)]
    at_once([*holding, *(order_cart(store, n, **asked) for n in range(10))], workers=20, rewrite=rewrite)
    return anna


def test_points_are_held_and_spent_no_more_than_there_are(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = race_for_points(store, monkeypatch)
    account = Account.objects.get(customer=anna)
    spent = 50 - (account.balance - _earned(anna))
    assert (spent + account.held, account.balance >= account.held) == (50, True)
    assert in_goodorder_cart(store)


def test_without_locks_and_guards_more_points_are_promised_than_there_are(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("loyalty_account", "loyalty_account_held_within_balance")
    drop_constraint("loyalty_account", "loyalty_account_balance_not_negative")
    drop_constraint("loyalty_lot", "loyalty_lot_held_within_left")
    drop_constraint("loyalty_lot", "loyalty_lot_left_within_amount")
    anna = race_for_points(store, monkeypatch, rewrite=without(*LOCKS, GUARD_OF_BALANCE))
    account = Account.objects.get(customer=anna)
    assert account.held > account.balance - _earned(anna)


def _earned(customer: Customer) -> int:
    account = Account.objects.get(customer=customer)
    return sum(account.incoming.filter(kind="accrual").values_list("amount", flat=True))


# --- the end of a hold: once, by whoever comes first


def race_to_end(store: Store, rewrite: Rewrite | None = None, *, at: Any = AT) -> list[Any]:
    """One reserved cart: its order, told by four requests under four numbers, its release, and the job."""
    anna = make_customer(store)
    coupon = named_coupon(store, anna, limits={"uses_max": 9})
    reserved = reserve(store, customer=anna.ref, codes=(coupon.code,))
    quote = Quote.objects.get()

    def let_go() -> Quote:
        return atomic_with_retry(lambda: release_quote(store, str(quote.key), at=at, at_recorded=at))

    orders = [_commit(reserved, n, at) for n in range(4)]
    return at_once([*orders, let_go, let_go, _lapse, _lapse], workers=8, rewrite=rewrite)


def _commit(reserved: Reserved, n: int, at: Any) -> Callable[[], Committed]:
    return lambda: order_of(reserved, ref=f"o{n}", at=at)


def _lapse() -> int:
    return let_lapse(at=OVER)


@pytest.mark.parametrize("turn", range(5))
def test_a_hold_ends_once_as_an_order_or_free_again(store: Store, turn: int) -> None:
    """Just before its time is over: the order, the release and the job may each come first."""
    results = race_to_end(store, at=OVER - timedelta(milliseconds=turn + 1))
    stored = of_type(results, Committed)
    assert all(isinstance(each, Committed | Quote | int | CheckoutError) for each in results), results
    assert len(stored) <= 1
    assert [done.order.payable for done in stored] == [900] * len(stored)
    use, coupon = OfferUse.objects.get(), Coupon.objects.get()
    assert (use.used, coupon.used, held()) == (len(stored), len(stored), {})
    assert in_goodorder_cart(store)


def test_without_the_quotes_lock_a_hold_ends_twice(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counters would go below what is held, or a second order would use what the first one has used."""
    drop_index("shop_order_quote_once")
    for table, name in (
        ("loyalty_offeruse", "loyalty_offeruse_within_limit"),
        ("coupons_coupon", "coupons_coupon_within_limit"),
        ("coupons_coupon", "coupons_coupon_held_check"),
        ("checkout_quote", "checkout_quote_spent_by_an_order"),
    ):
        drop_constraint(table, name)
    meet_after(monkeypatch, "checkout.find_hold.read_holds", workers=8)
    monkeypatch.setattr(checkout.end_hold, "read_holds", vars(checkout.find_hold)["read_holds"])
    guards = (GUARD_OF_HELD_USE, GUARD_OF_HELD_COUPON, GUARD_OF_STATUS)
    race_to_end(store, rewrite=without(*LOCKS, *guards))
    use = OfferUse.objects.get()
    assert use.held < 0 or use.used > 1


# --- renewing: one cart has one hold


def race_to_renew(
    store: Store, monkeypatch: pytest.MonkeyPatch, rewrite: Rewrite | None = None
) -> list[Reserved | Exception]:
    public_coupon(store, limits={"uses_max": 50})
    jobs = [hold_cart(store, 1) for _ in range(10)]
    return at_once(jobs, workers=10, rewrite=rewrite)


def test_a_cart_renewed_by_ten_requests_at_once_holds_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = race_to_renew(store, monkeypatch)
    assert len(of_type(results, Reserved)) == 10
    assert (Quote.objects.filter(status="held").count(), held()) == (1, {"uses": 1})
    assert in_goodorder_cart(store)


def test_a_cart_whose_requests_do_not_take_turns_still_holds_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "checkout.reserve.lock_held_quote", workers=10)
    results = race_to_renew(store, monkeypatch, rewrite=lambda sql: sql.replace(TURN, "SELECT %s"))
    assert len(of_type(results, Reserved)) == 1
    assert (Quote.objects.filter(status="held").count(), held()) == (1, {"uses": 1})


def test_without_turns_and_its_key_a_cart_holds_many_times(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_index("checkout_quote_one_held_per_cart")
    meet_after(monkeypatch, "checkout.reserve.lock_held_quote", workers=10)
    race_to_renew(store, monkeypatch, rewrite=lambda sql: sql.replace(TURN, "SELECT %s"))
    assert held()["uses"] > 1
