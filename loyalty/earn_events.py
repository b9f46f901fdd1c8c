"""Points for what customers do beside buying: by the event rules in force at that moment, within caps and rests.

An event is named by its occasion: it earns once by each rule, however often and late we hear of it. Of several rules
for one event each gives its own. Members only. The caller owns the transaction of `earn_for_event`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from loyalty.earn import JOINING_GRACE
from loyalty.earn_caps import Whose, rest_is_over, take_from_cap
from loyalty.earning_terms import EarningTerms
from loyalty.give_points import give_points
from loyalty.models import EarningRule, Transfer
from loyalty.snapshot import snapshot
from loyalty.transfer_accounts import lock_accounts
from shop.clock import local_date
from shop.find_customer import find_customers, references_of, same_person
from shop.models import Consent, Customer, Order, Outbox, Store
from shop.outbox import consume

CONSUMER = "loyalty.events"
BATCH = 200
Event = EarningRule.Event
ONCE = "once"


@dataclass(frozen=True, slots=True)
class Happened:
    """`occasion` tells this event from others of its kind by the same customer; `at` by the store's own clock."""

    event: str
    customer: Customer
    occasion: str
    at: datetime


def earn_for_event(happened: Happened, *, at_recorded: datetime) -> int:
    """The points that the event earns; returns them, 0 for a repeat."""
    assert connection.in_atomic_block, "points belong to the transaction of what they are given for"
    customer, store = happened.customer, happened.customer.store
    if customer.joined_at is None or customer.joined_at > happened.at:
        return 0
    rules = event_rules(store, happened.event, at=happened.at)
    if not rules:
        return 0
    # Whoever gives this customer points at the same moment waits here, and then sees what we gave.
    lock_accounts(store, [customer.pk])
    return sum(_earn_by(rule, happened, at_recorded=at_recorded) for rule in rules)


@dataclass(frozen=True, slots=True)
class Reported:
    """What the storefront says a customer did; `customer` is a reference, `subject` what it was about."""

    kind: str
    customer: str
    subject: str
    at: datetime


# What storefronts report, and the event that it is.
REPORTED = {
    "review.written": Event.REVIEW,
    "product.liked": Event.LIKE,
    "page.shared": Event.LIKE,
}


def earn_for_reported(store: Store, reported: Sequence[Reported], *, at_recorded: datetime) -> int:
    """The points for what was reported; returns them. About one thing somebody earns once; about nothing named, once a
    day. One query where nothing of it can earn."""
    meant = [one for one in reported if one.kind in REPORTED]
    if not any(event_rules(store, REPORTED[one.kind], at=one.at) for one in meant):
        return 0
    customers = find_customers(store, {one.customer for one in meant})
    happened = [
        Happened(
            REPORTED[one.kind],
            customers[one.customer],
            f"{one.kind}:{one.subject or local_date(store, one.at).isoformat()}",
            one.at,
        )
        for one in meant
        if one.customer in customers
    ]
    # Accounts are locked in one order by everybody.
    happened.sort(key=lambda one: (one.customer.pk, one.at))
    return sum(earn_for_event(one, at_recorded=at_recorded) for one in happened)


def event_rules(store: Store, event: str, *, at: datetime) -> list[EarningTerms]:
    rules = snapshot(store.pk, store.offers_version).earning(at=at)
    return [rule for rule in rules if rule.kind == EarningRule.Kind.EVENT and rule.event == event]


def earn_for_facts(*, at: datetime) -> int:
    """One batch of facts that are events: joining, a consent, a first order that is paid. `at` is the clock."""
    return consume(CONSUMER, lambda rows: _earn_for_rows(rows, at=at), at=at, limit=BATCH)


def _earn_by(rule: EarningTerms, happened: Happened, *, at_recorded: datetime) -> int:
    customer, store = happened.customer, happened.customer.store
    # Under whichever reference of the person: nobody is welcomed twice.
    keys = [_key(rule, happened, customer_id) for customer_id in references_of(customer)]
    if Transfer.objects.filter(store=store, key__in=keys).exists():
        return 0
    whose = Whose(store.pk, customer.pk, local_date(store, happened.at), happened.at)
    if not rest_is_over(rule, whose):
        return 0
    points = take_from_cap(rule, whose, points=rule.points)
    if points:
        give_points(
            store,
            customer=customer,
            points=points,
            key=keys[0],
            at=happened.at,
            at_recorded=at_recorded,
            life_days=rule.life_days,
            rule=EarningRule.objects.get(pk=rule.rule_id),
        )
    return points


def _key(rule: EarningTerms, happened: Happened, customer_id: int) -> str:
    """Of the rule, whatever its version: an edit earns nobody the same event twice."""
    occasion = hashlib.sha256(happened.occasion.encode()).hexdigest()[:16]
    return f"event:{rule.code[:32]}:{customer_id}:{occasion}"


def _earn_for_rows(rows: Sequence[Outbox], *, at: datetime) -> None:
    stores = Store.objects.in_bulk({row.store_id for row in rows})
    giving = {pk for pk, store in stores.items() if _gives_for_events(store)}
    for row in rows:
        if row.store_id not in giving:
            continue
        for happened in _events_of(row):
            earn_for_event(happened, at_recorded=at)


def _gives_for_events(store: Store) -> bool:
    rules = snapshot(store.pk, store.offers_version).rules
    return any(rule.kind == EarningRule.Kind.EVENT for rule in rules)


def _events_of(row: Outbox) -> list[Happened]:
    """What a fact means. Facts come by the shop's own clock."""
    if row.kind.startswith("order."):
        order = Order.objects.filter(pk=row.subject_id, customer__isnull=False).first()
        return [] if order is None else _first_order(order.customer_id)
    told = Customer.objects.select_related("store", "merged_into__store").get(pk=row.subject_id)
    customer = told.merged_into or told
    if row.kind == "consent.given" and not _agreed_to_offers(customer):
        return []
    if row.kind == "consent.given":
        return [Happened(Event.SUBSCRIBED, customer, ONCE, row.at)]
    return [Happened(Event.JOINED, customer, ONCE, row.at), *_first_order(customer.pk)]


def _first_order(customer_id: int | None) -> list[Happened]:
    """Whichever order the fact is about: the first of its customer's that is paid for and not cancelled counts, from
    when they have joined, not more than 30 days after it."""
    if customer_id is None:
        return []
    told = Customer.objects.select_related("store", "merged_into__store").get(pk=customer_id)
    customer = told.merged_into or told
    counting = Order.objects.filter(same_person(customer)).exclude(status=Order.Status.CANCELLED)
    first = counting.order_by("placed_at", "id").first()
    if first is None or not (first.paid_at or first.fulfilled_at):
        return []
    joined_at = customer.joined_at
    if joined_at is None or first.placed_at < joined_at - JOINING_GRACE:
        return []
    return [Happened(Event.FIRST_ORDER, customer, ONCE, max(first.placed_at, joined_at))]


def _agreed_to_offers(customer: Customer) -> bool:
    """The fact may be about another purpose."""
    return Consent.objects.filter(
        customer=customer, purpose=Consent.Purpose.MARKETING, is_given=True
    ).exists()
