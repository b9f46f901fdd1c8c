"""Orders at once: limits hold to the last use, and an order is one order. Each with its counter-proof."""

from collections.abc import Callable
from functools import partial

import pytest

from checkout.commit import Committed
from checkout.errors import Fault, PriceChanged, QuoteTokenRefused
from checkout.token import sign_quote
from coupons.models import Coupon, Redemption
from loyalty.models import CustomerUse, OfferBudget, OfferUse
from loyalty.verify import verify_ledger
from shop.models import Order, Store
from tests.checkout.ask import order, quote
from tests.factories import AT, make_customer, make_earning_rule, make_store
from tests.factories.offers_that_run import named_coupon, public_coupon
from tests.races.at_once import Rewrite, at_once, drop_constraint, drop_index, meet_after, of_type, without

pytestmark = pytest.mark.django_db(transaction=True)

CONNECTIONS = 64
ORDERS = 3200
GUARD_OF_USES = '"loyalty_offeruse"."uses_max" > ("loyalty_offeruse"."used" + "loyalty_offeruse"."held")'
GUARD_OF_COUPON = "uses_max > used + held"
# Accounts are made with such a clause too, and keep theirs.
GUARD_OF_REFERENCE, WITHOUT_IT = " ON CONFLICT DO NOTHING RETURNING id, store_id", " RETURNING id, store_id"
GUARD_OF_NUMBER = "\nON CONFLICT (offer_id, customer_id, n) DO NOTHING"
GUARD_OF_BUDGET = '"loyalty_offerbudget"."budget_max" >= '


@pytest.fixture
def store() -> Store:
    return make_store()


def buy(store: Store, *, customer: str, ref: str, accept: bool) -> Callable[[], Committed]:
    """A mug for 10.00 with the code SPRING, shown at 9.00."""
    return lambda: order(
        store, ref=ref, customer=customer, codes=("SPRING",), expected_payable=900, accept_changes=accept
    )


def race_for_fifty(
    store: Store, monkeypatch: pytest.MonkeyPatch, *, orders: int, rewrite: Rewrite | None = None
) -> list[Committed | Exception]:
    """Orders by different customers; every other one would rather not buy than pay more."""
    public_coupon(store, "SPRING", limits={"uses_max": 50})
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=CONNECTIONS)
    jobs = [buy(store, customer=f"c{n}", ref=f"o{n}", accept=n % 2 == 0) for n in range(orders)]
    return at_once(jobs, workers=CONNECTIONS, rewrite=rewrite)


def test_a_limit_of_fifty_is_fifty_for_3200_orders_on_64_connections(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = race_for_fifty(store, monkeypatch, orders=ORDERS)
    assert Redemption.objects.count() == 50
    assert OfferUse.objects.get().used == 50
    stored, refused = of_type(results, Committed), of_type(results, PriceChanged)
    assert len(stored) + len(refused) == ORDERS
    assert sorted(done.order.payable for done in stored) == [900] * 50 + [1000] * (len(stored) - 50)
    # Who accepted changes has bought; of the others only those who got the discount.
    assert Order.objects.count() == len(stored) >= ORDERS // 2
    assert verify_ledger(store) == []


def test_without_its_guard_the_limit_of_fifty_is_passed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("loyalty_offeruse", "loyalty_offeruse_within_limit")
    race_for_fifty(store, monkeypatch, orders=CONNECTIONS, rewrite=without(GUARD_OF_USES))
    assert Redemption.objects.count() > 50


def race_for_one_order(store: Store, rewrite: Rewrite | None = None) -> list[Committed | Exception]:
    make_earning_rule(store)
    make_customer(store, ref="anna", joined_at=AT)
    public_coupon(store, "SPRING", limits={"uses_max": 50})
    jobs = [buy(store, customer="anna", ref="77", accept=False) for _ in range(20)]
    return at_once(jobs, workers=20, rewrite=rewrite)


def test_one_order_committed_by_twenty_requests_at_once_is_one_order(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=20)
    results = race_for_one_order(store)
    committed = of_type(results, Committed)
    assert [len(committed), sum(done.created for done in committed)] == [20, 1]
    assert {done.order.pk for done in committed} == {Order.objects.get().pk}
    assert (Redemption.objects.count(), OfferUse.objects.get().used) == (1, 1)
    assert verify_ledger(store) == []


def test_without_its_unique_reference_one_order_becomes_many(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("shop_order", "shop_order_ref_once")
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=20)
    race_for_one_order(store, rewrite=lambda sql: sql.replace(GUARD_OF_REFERENCE, WITHOUT_IT))
    assert Order.objects.count() > 1


def race_to_spend_a_quote(store: Store) -> list[Committed | Exception]:
    """A shopper presses the button twenty times, and each time the storefront makes a new order of the one quote."""
    token = sign_quote(store, quote(store))
    jobs = [partial(order, store, ref=f"o{n}", quote_token=token) for n in range(20)]
    return at_once(jobs, workers=20)


def test_one_quote_sent_with_twenty_orders_at_once_makes_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=20)
    results = race_to_spend_a_quote(store)
    refused = [error.code for error in of_type(results, QuoteTokenRefused)]
    assert (len(of_type(results, Committed)), refused) == (1, [Fault.QUOTE_SPENT] * 19)
    assert Order.objects.count() == 1


def test_without_its_unique_quote_it_makes_many(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    drop_index("shop_order_quote_once")
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=20)
    race_to_spend_a_quote(store)
    assert Order.objects.count() > 1


def race_for_a_named_coupon(store: Store, rewrite: Rewrite | None = None) -> None:
    anna = make_customer(store)
    coupon = named_coupon(store, anna)

    def cart(n: int) -> Callable[[], Committed]:
        return lambda: order(store, ref=f"o{n}", customer=anna.ref, codes=(coupon.code,))

    results = at_once([cart(n) for n in range(20)], workers=20, rewrite=rewrite)
    assert len(of_type(results, Committed)) == 20


def test_a_named_coupon_in_twenty_carts_at_once_is_redeemed_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=20)
    race_for_a_named_coupon(store)
    assert (Redemption.objects.count(), Coupon.objects.get().used) == (1, 1)
    assert sorted(Order.objects.values_list("payable", flat=True)) == [900] + [1000] * 19


def test_without_its_guard_a_named_coupon_is_redeemed_many_times(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("coupons_coupon", "coupons_coupon_within_limit")
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=20)
    race_for_a_named_coupon(store, rewrite=without(GUARD_OF_COUPON))
    assert Redemption.objects.count() > 1


def race_of_one_customer(store: Store, rewrite: Rewrite | None = None) -> None:
    public_coupon(store, "SPRING", limits={"uses_per_customer": 2})
    jobs = [buy(store, customer="anna", ref=f"o{n}", accept=True) for n in range(20)]
    assert len(of_type(at_once(jobs, workers=20, rewrite=rewrite), Committed)) == 20


def test_a_customer_at_twenty_tills_uses_an_offer_as_often_as_allowed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_customer(store, ref="anna")
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=20)
    race_of_one_customer(store)
    assert sorted(CustomerUse.objects.values_list("n", flat=True)) == [1, 2]
    assert Redemption.objects.count() == 2


def test_the_unique_number_holds_even_where_orders_of_a_customer_do_not_queue(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_customer(store, ref="anna")
    monkeypatch.setattr("checkout.commit._touch_customer_and_cart", lambda order, *, at: None)
    meet_after(monkeypatch, "checkout.commit._touch_customer_and_cart", workers=20)
    race_of_one_customer(store)
    assert Redemption.objects.count() == 2


def test_without_its_unique_number_a_customer_passes_the_limit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_constraint("loyalty_customeruse", "loyalty_customeruse_n_once")
    make_customer(store, ref="anna")
    # The customer's row makes the orders of one customer queue as well: without that, the number is what holds.
    monkeypatch.setattr("checkout.commit._touch_customer_and_cart", lambda order, *, at: None)
    meet_after(monkeypatch, "checkout.commit._touch_customer_and_cart", workers=20)
    race_of_one_customer(store, rewrite=without(GUARD_OF_NUMBER))
    assert Redemption.objects.count() > 2


def race_for_a_budget(store: Store, rewrite: Rewrite | None = None) -> None:
    public_coupon(store, "SPRING", limits={"budget_max": 299})
    jobs = [buy(store, customer=f"c{n}", ref=f"o{n}", accept=True) for n in range(20)]
    assert len(of_type(at_once(jobs, workers=20, rewrite=rewrite), Committed)) == 20


def test_a_budget_is_not_passed_by_twenty_orders_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=20)
    race_for_a_budget(store)
    assert (OfferBudget.objects.get().spent, Redemption.objects.count()) == (200, 2)


def test_without_its_guard_a_budget_is_passed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    drop_constraint("loyalty_offerbudget", "loyalty_offerbudget_within_limit")
    meet_after(monkeypatch, "checkout.commit.quote_cart", workers=20)
    race_for_a_budget(store, rewrite=lambda sql: sql.replace(GUARD_OF_BUDGET, f"TRUE OR {GUARD_OF_BUDGET}"))
    assert OfferBudget.objects.get().spent > 299
