"""Erase one person: nothing that says who they were is left, and no sum changes. The edge owns the transaction.

What goes: name, addresses, phone, birthday; language, time zone and country; the hashes that orders keep of addresses
and cards; the cookies of their browsers; and what colleagues wrote about them in their own words. Under whichever
reference of theirs it lies. What stays: the storefront's number, orders, points, consents as they were given, and the
keyed hash that keeps an unsubscribed address from being written to.
"""

from datetime import datetime

from django.db import connection
from django.db.models import Func, Q, QuerySet, UUIDField

from loyalty.models import Adjustment, ReviewDecision, TierGrant
from shop.find_customer import references_of
from shop.models import Customer, Order, Person, User, Visitor
from shop.record import record

# What stands instead of words; of the rows that are append-only the database lets nothing else be changed.
ERASED = "(erased)"


class NewCookie(Func):
    """A number that no browser has."""

    function = "gen_random_uuid"
    output_field = UUIDField()


def erase_person(customer: Customer, *, by: User | None, at: datetime) -> bool:
    """Erase the person whom `customer` is, for ever; False where that was done before. `at` by the store's clock."""
    assert connection.in_atomic_block, "an erasure is one transaction of the edge"
    head = customer.merged_into or customer
    locked = Customer.objects.filter(pk__in=references_of(head)).order_by("id").select_for_update()
    people = list(locked)
    ids = [one.pk for one in people]
    is_first = any(one.erased_at is None for one in people)
    if not is_first:
        return False
    Person.objects.filter(customer__in=ids).delete()
    Customer.objects.filter(pk__in=ids).update(erased_at=at, language="", time_zone="", country="")
    traced = Order.objects.filter(customer__in=ids).exclude(address_hash=None, card_hash=None)
    traced.update(address_hash=None, card_hash=None)
    Visitor.objects.filter(customer__in=ids).update(key=NewCookie(), customer=None)
    _erase_words(ids)
    for one in people:
        record(
            "customer.erased",
            store=head.store,
            at=at,
            customer=one,
            subject=f"customer:{one.ref}",
            subject_id=one.pk,
            data={"by": by.pk if by else None},
        )
    return True


def _erase_words(ids: list[int]) -> None:
    """What colleagues wrote in their own words; their decisions stay."""
    written: list[QuerySet[Adjustment] | QuerySet[TierGrant] | QuerySet[ReviewDecision]] = [
        Adjustment.objects.filter(customer__in=ids),
        TierGrant.objects.filter(customer__in=ids),
        ReviewDecision.objects.filter(Q(case__order__customer__in=ids)),
    ]
    for rows in written:
        rows.exclude(reason=ERASED).update(reason=ERASED)
