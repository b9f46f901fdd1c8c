"""Reserved quotes, what they hold, and the counters that count it."""

from datetime import timedelta

import pytest

from checkout.models import Quote, Reservation
from coupons.models import Coupon
from loyalty.models import CustomerUse, Lot, OfferUse
from shop.models import Store
from tests.constraints.rule import Rule, assert_database_keeps
from tests.factories import (
    AT,
    make_account,
    make_campaign,
    make_coupon,
    make_customer,
    make_customer_use,
    make_lot,
    make_offer,
    make_offer_use,
    make_order,
    make_quote,
    make_reservation,
    make_transfer,
)


def _lot(store: Store, **given: object) -> Lot:
    source, target = make_account(make_customer(store)), make_account(make_customer(store))
    return make_lot(make_transfer(source, target), **given)


def _use(store: Store) -> OfferUse:
    return make_offer_use(make_offer(store))


def _coupon(store: Store) -> Coupon:
    return make_coupon(make_campaign(make_offer(store)))


def _number(store: Store) -> CustomerUse:
    return make_customer_use(make_offer(store), make_customer(store), make_order(store))


def _reservation(store: Store, **given: object) -> Reservation:
    return make_reservation(make_quote(store), **given)


def _spent(store: Store, **given: object) -> Quote:
    return make_quote(store, status="spent", **given)


QUOTES = [
    Rule(
        "checkout_quote_key_once",
        broken_by=lambda ours, theirs: make_quote(theirs, key=make_quote(ours).key),
        allows=lambda ours, _: [make_quote(ours), make_quote(ours)],
    ),
    Rule(
        "checkout_quote_one_held_per_cart",
        broken_by=lambda ours, _: [make_quote(ours, cart_ref="c1"), make_quote(ours, cart_ref="c1")],
        allows=lambda ours, theirs: [
            make_quote(ours, cart_ref="c1"),
            make_quote(ours, cart_ref="c1", status="replaced"),
            make_quote(theirs, cart_ref="c1"),
        ],
    ),
    Rule(
        "checkout_quote_status_known",
        broken_by=lambda ours, _: make_quote(ours, status="lost"),
        allows=lambda ours, _: make_quote(ours, status="lapsed"),
    ),
    Rule(
        "checkout_quote_spent_by_an_order",
        broken_by=lambda ours, _: _spent(ours),
        allows=lambda ours, _: _spent(ours, order=make_order(ours)),
    ),
    Rule(  # and what is not spent has none
        "checkout_quote_spent_by_an_order",
        broken_by=lambda ours, _: make_quote(ours, order=make_order(ours)),
        allows=lambda ours, _: make_quote(ours),
    ),
    Rule(
        "checkout_quote_moments_in_order",
        broken_by=lambda ours, _: make_quote(ours, ends_at=AT),
        allows=lambda ours, _: make_quote(ours, ends_at=AT + timedelta(seconds=1)),
    ),
    Rule(
        "checkout_quote_moments_in_order",
        broken_by=lambda ours, _: make_quote(ours, first_at=AT + timedelta(seconds=1)),
        allows=lambda ours, _: make_quote(ours, first_at=AT),
    ),
    Rule(
        "checkout_quote_customer_same_store",
        broken_by=lambda ours, theirs: make_quote(ours, customer=make_customer(theirs)),
        allows=lambda ours, _: make_quote(ours, customer=make_customer(ours)),
    ),
    Rule(
        "checkout_quote_order_same_store",
        broken_by=lambda ours, theirs: _spent(ours, order=make_order(theirs)),
        allows=lambda ours, _: _spent(ours, order=make_order(ours)),
    ),
]

RESERVATIONS = [
    Rule(
        "checkout_reservation_holds_one_thing",
        broken_by=lambda ours, _: _reservation(ours),
        allows=lambda ours, _: _reservation(ours, coupon=_coupon(ours)),
    ),
    Rule(
        "checkout_reservation_holds_one_thing",
        broken_by=lambda ours, _: _reservation(ours, coupon=_coupon(ours), lot=_lot(ours)),
        allows=lambda ours, _: _reservation(ours, lot=_lot(ours)),
    ),
    Rule(
        "checkout_reservation_amount_positive",
        broken_by=lambda ours, _: _reservation(ours, offer_use=_use(ours), amount=0),
        allows=lambda ours, _: _reservation(ours, offer_use=_use(ours), amount=1),
    ),
    Rule(
        "checkout_reservation_customer_use_id_key",
        broken_by=lambda ours, _: [
            _reservation(ours, customer_use=(number := _number(ours))),
            _reservation(ours, customer_use=number),
        ],
        allows=lambda ours, _: [
            _reservation(ours, customer_use=_number(ours)),
            _reservation(ours, customer_use=_number(ours)),
        ],
    ),
]

COUNTERS = [
    Rule(
        "loyalty_account_held_within_balance",
        broken_by=lambda ours, _: make_account(make_customer(ours), balance=10, held=11),
        allows=lambda ours, _: make_account(make_customer(ours), balance=10, held=10),
    ),
    Rule(
        "loyalty_account_held_within_balance",
        broken_by=lambda ours, _: make_account(make_customer(ours), held=-1),
        allows=lambda ours, _: make_account(make_customer(ours), held=0),
    ),
    Rule(  # what is held is the one thing that may stand beside a debt
        "loyalty_account_owes_only_when_empty",
        broken_by=lambda ours, _: make_account(make_customer(ours), balance=10, held=9, owed=1),
        allows=lambda ours, _: make_account(make_customer(ours), balance=10, held=10, owed=1),
    ),
    Rule(
        "loyalty_lot_held_within_left",
        broken_by=lambda ours, _: _lot(ours, left=5, held=6),
        allows=lambda ours, _: _lot(ours, left=5, held=5),
    ),
    Rule(
        "loyalty_lot_held_within_left",
        broken_by=lambda ours, _: _lot(ours, held=-1),
        allows=lambda ours, _: _lot(ours, held=0),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("rule", [*QUOTES, *RESERVATIONS, *COUNTERS], ids=str)
def test_database_refuses_what_breaks_the_rule(rule: Rule) -> None:
    assert_database_keeps(rule)
