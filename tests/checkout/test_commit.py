"""An order is stored once, at the price of now, with everything that follows from it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum

from checkout.errors import Fault, OrderConflict, OrderInvalid, PriceChanged, QuoteTokenRefused
from checkout.quote import quote_cart
from checkout.request import LineRequest
from checkout.token import sign_quote
from coupons.models import Coupon, Redemption
from loyalty.models import Account, CustomerUse, Discount, Lot, OfferBudget, OfferUse, Transfer
from loyalty.publish import write_version
from loyalty.queries import points_of
from shop.models import Activity, Cart, Customer, Order, OrderLine, Store
from tests.checkout.ask import MUG, order, quote
from tests.factories import (
    AT,
    DAY,
    make_cart,
    make_customer,
    make_earning_rule,
    make_product,
    make_store,
    make_visitor,
)
from tests.factories.offers_that_run import document, named_coupon, public_coupon, run_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


def token_for(store: Store, **asked: Any) -> str:
    return sign_quote(store, quote(store, **asked))


def test_an_order_of_a_guest_is_stored_with_its_lines(store: Store) -> None:
    product = make_product(store, sku="MUG", cost=400, tax_bp=2000, name="Blue mug")
    unknown = LineRequest(sku="ODD", quantity=2, unit_price=150, name="Something odd")
    done = order(store, lines=(MUG, unknown), delivery=350)
    assert done.created
    stored = Order.objects.get(pk=done.order.pk)
    assert (stored.goods, stored.discount, stored.delivery, stored.payable) == (1300, 0, 350, 1650)
    assert (stored.source, stored.status, stored.placed_at, stored.customer) == ("api", "placed", AT, None)
    rows = OrderLine.objects.filter(order=stored).order_by("ordinal")
    assert [(row.product, row.name, row.cost, row.tax_bp, row.total) for row in rows] == [
        (product, "Blue mug", 400, 2000, 1000),
        (None, "Something odd", None, 0, 300),
    ]


def test_a_coupon_is_redeemed_and_its_discount_kept_by_line_and_version(store: Store) -> None:
    anna = make_customer(store)
    coupon = named_coupon(store, anna)
    done = order(store, customer=anna.ref, codes=(coupon.code,), lines=(MUG, replace_line(quantity=2)))
    version = coupon.campaign.offer.versions.get()
    assert (done.order.payable, done.order.offers_version) == (2700, store.offers_version)
    rows = Discount.objects.filter(order=done.order).order_by("line__ordinal")
    assert [(row.line and row.line.ordinal, row.version, row.amount) for row in rows] == [
        (1, version, 100),
        (2, version, 200),
    ]
    redeemed = Redemption.objects.get()
    assert (redeemed.order, redeemed.customer, redeemed.amount) == (done.order, anna, 300)
    assert Coupon.objects.get().used == 1


def replace_line(**given: int) -> LineRequest:
    return LineRequest(sku="BIG-MUG", quantity=given.get("quantity", 1), unit_price=1000)


def test_free_delivery_is_a_discount_without_a_line(store: Store) -> None:
    run_offer(
        store,
        lane="delivery",
        audience={"kind": "everyone"},
        benefits=[{"kind": "delivery_fixed_price", "price": 0}],
    )
    done = order(store, delivery=350)
    assert (done.order.delivery_discount, done.order.payable) == (350, 1000)
    assert Discount.objects.get().line is None


def test_two_coupons_of_one_offer_make_one_discount_of_a_line(store: Store) -> None:
    anna = make_customer(store)
    offer = run_offer(store, lane="order", benefits=[{"kind": "amount_off", "amount": 100}])
    codes = tuple(named_coupon(store, anna, offer=offer).code for _ in range(2))
    done = order(store, customer=anna.ref, codes=codes)
    assert done.order.discount == 200
    assert Discount.objects.get().amount == 200
    assert Redemption.objects.aggregate(total=Sum("amount"))["total"] == 200


def test_a_repeat_returns_the_stored_order_and_changes_nothing(store: Store) -> None:
    anna = make_customer(store)
    coupon = named_coupon(store, anna)
    first = order(store, ref="77", customer=anna.ref, codes=(coupon.code,), expected_payable=900)
    again = order(store, ref="77", customer=anna.ref, codes=(coupon.code.lower(),), expected_payable=900)
    assert (again.created, again.order.pk, again.order.payable) == (False, first.order.pk, 900)
    assert (Order.objects.count(), Redemption.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "other",
    [
        {"delivery": 1},
        {"lines": (MUG, MUG)},
        {"customer": "somebody"},
        {"codes": ("SPRING",)},
        {"country": "France"},
    ],
)
def test_a_reference_with_other_content_is_a_conflict(store: Store, other: dict[str, Any]) -> None:
    first = order(store, ref="77")
    with pytest.raises(OrderConflict) as conflict:
        order(store, ref="77", **other)
    assert conflict.value.order == first.order
    assert Order.objects.count() == 1


def test_the_same_reference_in_another_store_is_another_order(store: Store) -> None:
    order(store, ref="77")
    assert order(make_store(), ref="77").created


def test_an_imported_order_is_not_overwritten(store: Store) -> None:
    first = order(store, ref="77").order
    Order.objects.filter(pk=first.pk).update(content_hash=None, source="import")
    with pytest.raises(OrderConflict):
        order(store, ref="77")


def test_a_price_equal_to_the_quote_is_taken(store: Store) -> None:
    public_coupon(store)
    token = token_for(store, codes=("SPRING",))
    assert order(store, codes=("SPRING",), quote_token=token).order.payable == 900


def test_a_changed_price_is_refused_and_nothing_is_written(store: Store) -> None:
    coupon = public_coupon(store)
    token = token_for(store, codes=("SPRING",))
    with transaction.atomic():
        write_version(
            coupon.campaign.offer,
            document(benefits=[{"kind": "percent_off", "rate_bp": 500}]),
            by=None,
            at=AT - timedelta(seconds=1),
        )
    store.refresh_from_db()
    with pytest.raises(PriceChanged) as changed:
        order(store, codes=("SPRING",), quote_token=token, customer="new")
    assert changed.value.priced.quote.payable == 950
    assert not Order.objects.exists()
    assert not Customer.objects.exists()


def test_a_changed_price_is_taken_where_changes_are_accepted(store: Store) -> None:
    token = token_for(store)
    dearer = LineRequest(sku="MUG", quantity=1, unit_price=1100)
    assert order(store, lines=(dearer,), quote_token=token, accept_changes=True).order.payable == 1100


def test_a_token_of_another_cart_at_the_same_price_is_a_changed_price(store: Store) -> None:
    token = token_for(store, lines=(LineRequest(sku="CUP", quantity=1, unit_price=1000),))
    with pytest.raises(PriceChanged):
        order(store, quote_token=token)


@pytest.mark.parametrize(("expected", "is_taken"), [(1000, True), (999, False)])
def test_the_bare_amount_may_stand_for_the_token(store: Store, expected: int, is_taken: bool) -> None:
    if is_taken:
        assert order(store, expected_payable=expected).created
    else:
        with pytest.raises(PriceChanged):
            order(store, expected_payable=expected)


def test_a_token_is_good_for_thirty_minutes(store: Store) -> None:
    token = token_for(store)
    other = token_for(store)
    assert order(store, quote_token=other, at=AT + timedelta(minutes=30, seconds=-1)).created
    with pytest.raises(QuoteTokenRefused) as refused:
        order(store, quote_token=token, at=AT + timedelta(minutes=30))
    assert refused.value.code is Fault.QUOTE_TOKEN_EXPIRED
    assert order(store, quote_token=token, at=AT + timedelta(minutes=30), accept_changes=True).created


def test_one_quote_makes_one_order(store: Store) -> None:
    token = token_for(store)
    first = order(store, ref="1", quote_token=token)
    for agrees in (False, True):
        with pytest.raises(QuoteTokenRefused) as refused:
            order(store, ref="2", quote_token=token, accept_changes=agrees)
        assert refused.value.code is Fault.QUOTE_SPENT
    assert order(store, ref="1", quote_token=token).order == first.order, "a repeat is the same order"
    assert order(store, ref="2", quote_token=token_for(store)).created, "the same cart, quoted again"


@pytest.mark.parametrize("spoil", [lambda token: token[:-1] + "!", lambda token: "x", lambda token: "a:b:c"])
def test_a_forged_token_is_refused_even_where_changes_are_accepted(store: Store, spoil: Any) -> None:
    with pytest.raises(QuoteTokenRefused) as refused:
        order(store, quote_token=spoil(token_for(store)), accept_changes=True)
    assert refused.value.code is Fault.QUOTE_TOKEN_INVALID


def test_a_token_of_another_store_is_refused(store: Store) -> None:
    with pytest.raises(QuoteTokenRefused):
        order(store, quote_token=token_for(make_store()))


def test_a_member_earns_points_that_wait_for_the_return_window(store: Store) -> None:
    make_earning_rule(store, points=1, per_amount=100, life_days=30)
    anna = make_customer(store, joined_at=AT - DAY)
    store.refresh_from_db()
    done = order(store, customer=anna.ref, lines=(replace_line(quantity=3),))
    assert done.points == 30
    assert Account.objects.get(customer=anna).balance == 30
    assert points_of(anna, at=AT).pending == 30
    # 14 days for the delivery that nobody reports, 14 more for the return window.
    assert Lot.objects.get().active_at == AT + 28 * DAY
    assert points_of(anna, at=AT + 28 * DAY).active == 30


def test_a_delivered_order_waits_for_the_return_window_only(store: Store) -> None:
    make_earning_rule(store)
    anna = make_customer(store, joined_at=AT)
    store.refresh_from_db()
    done = order(store, customer=anna.ref, placed_at=AT - 5 * DAY, paid_at=AT, fulfilled_at=AT - DAY)
    assert (done.order.source, done.order.status) == ("late", "fulfilled")
    assert Lot.objects.get().active_at == AT + 13 * DAY


def test_who_has_not_joined_earns_nothing_yet(store: Store) -> None:
    make_earning_rule(store)
    store.refresh_from_db()
    done = order(store, customer=make_customer(store).ref)
    assert done.points == 0
    assert done.priced is not None
    assert done.priced.quote.points_to_earn == 10
    assert not Transfer.objects.exists()


def test_points_are_earned_on_goods_after_discounts_only(store: Store) -> None:
    make_earning_rule(store)
    make_product(store, sku="WRAPPING", kind="service")
    anna = make_customer(store, joined_at=AT)
    coupon = named_coupon(store, anna)
    wrapping = LineRequest(sku="WRAPPING", quantity=1, unit_price=500)
    done = order(store, customer=anna.ref, codes=(coupon.code,), lines=(MUG, wrapping), delivery=300)
    assert done.points == 9


def test_the_customer_is_known_from_the_first_order_on(store: Store) -> None:
    order(store, customer="new", at=AT)
    order(store, customer="new", at=AT - DAY)
    order(store, customer="new", at=AT + DAY)
    customer = Customer.objects.get()
    assert (customer.ref, customer.first_order_at, customer.last_order_at) == ("new", AT - DAY, AT + DAY)


def test_the_cart_becomes_ordered_and_the_fact_is_recorded(store: Store) -> None:
    anna, visitor, cart = make_customer(store), make_visitor(store), make_cart(store)
    done = order(store, customer=anna.ref, visitor=visitor.key, cart=cart.ref, ref="77")
    assert (done.order.cart_id, done.order.visitor_id) == (cart.pk, visitor.pk)
    assert Cart.objects.get().status == "ordered"
    fact = Activity.objects.get(kind="order.placed")
    assert (fact.subject, fact.customer, fact.visitor, fact.at) == ("order:77", anna, visitor, AT)
    assert fact.data == {"payable": 1000, "discount": 0, "points": 0, "points_spent": 0, "offers": []}


@pytest.mark.parametrize("attr", ["placed_at", "paid_at", "fulfilled_at"])
@pytest.mark.parametrize("moment", [AT + timedelta(minutes=6), AT.replace(year=1999)])
def test_moments_out_of_range_are_refused(store: Store, attr: str, moment: Any) -> None:
    with pytest.raises(OrderInvalid) as refused:
        order(store, **{attr: moment})
    assert refused.value.attr == attr


def test_a_used_up_limit_prices_without_the_offer(store: Store) -> None:
    coupon = public_coupon(store, limits={"uses_max": 2})
    paid = [order(store, codes=(coupon.code,)).order.payable for _ in range(3)]
    assert paid == [900, 900, 1000]
    assert OfferUse.objects.get().used == 2


def test_a_limit_that_goes_between_price_and_guard_costs_the_discount(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    coupon = public_coupon(store, limits={"uses_max": 1})
    lose_race(monkeypatch)
    done = order(store, codes=(coupon.code,))
    assert (done.order.payable, Redemption.objects.count(), Discount.objects.count()) == (1000, 0, 0)
    assert done.priced is not None
    assert [each.refusal for each in done.priced.quote.refused] == ["used_up"]


def test_a_limit_that_goes_between_price_and_guard_is_a_changed_price(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    coupon = public_coupon(store, limits={"uses_max": 1})
    token = token_for(store, codes=(coupon.code,))
    lose_race(monkeypatch)
    with transaction.atomic():
        with pytest.raises(PriceChanged):
            order(store, codes=(coupon.code,), quote_token=token, customer="new")
        # Nothing was left behind even for an edge that goes on in the same transaction.
        assert not Order.objects.exists()
        assert not Customer.objects.exists()


def lose_race(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody takes the last use just after this order was priced."""

    def quote_then_lose(*args: Any, **asked: Any) -> Any:
        priced = quote_cart(*args, **asked)
        OfferUse.objects.update(used=1)
        return priced

    monkeypatch.setattr("checkout.commit.quote_cart", quote_then_lose)


def test_a_named_coupon_that_goes_between_price_and_guard_costs_the_discount(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = make_customer(store)
    coupon = named_coupon(store, anna)

    def quote_then_lose(*args: Any, **asked: Any) -> Any:
        priced = quote_cart(*args, **asked)
        Coupon.objects.update(used=1)
        return priced

    monkeypatch.setattr("checkout.commit.quote_cart", quote_then_lose)
    done = order(store, customer=anna.ref, codes=(coupon.code,))
    assert (done.order.payable, Redemption.objects.count()) == (1000, 0)


def test_a_limit_per_customer_counts_each_customer_alone(store: Store) -> None:
    coupon = public_coupon(store, limits={"uses_per_customer": 2})
    paid = [order(store, customer=who, codes=(coupon.code,)).order.payable for who in ("a", "a", "a", "b")]
    assert paid == [900, 900, 1000, 900]
    assert list(CustomerUse.objects.order_by("id").values_list("customer__ref", "n")) == [
        ("a", 1),
        ("a", 2),
        ("b", 1),
    ]


def test_a_limit_per_customer_is_not_for_guests(store: Store) -> None:
    coupon = public_coupon(store, limits={"uses_per_customer": 1})
    refused = quote(store, codes=(coupon.code,)).quote.refused
    assert [each.refusal for each in refused] == ["not_registered"]


def test_a_budget_is_spent_to_the_last_penny_and_not_beyond(store: Store) -> None:
    coupon = public_coupon(store, limits={"budget_max": 250})
    paid = [order(store, codes=(coupon.code,)).order.payable for _ in range(3)]
    assert paid == [900, 900, 1000]
    assert OfferBudget.objects.get().spent == 200
