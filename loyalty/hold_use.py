"""Hold one use of an offer that has limits for a cart, and let go of it: counters beside those of what is used.

As with uses, each limit stands in the WHERE of the statement that holds it, and whoever calls this does so last in the
transaction, offers in the order of their ids.
"""

from datetime import date

from django.db import connection
from django.db.models import F

from loyalty.models import CustomerUse, OfferBudget, OfferUse
from loyalty.snapshot import RunningOffer
from loyalty.take_day_use import hold_day_use, release_day_use
from loyalty.take_use import NOT_HELD, HeldUse, UseRefused, take_number, take_one_of_all
from pricing.refusals import Refusal


def hold_use(
    offer: RunningOffer,
    *,
    customer_id: int | None,
    amount: int,
    number: int,
    day: date,
    held: HeldUse = NOT_HELD,
) -> HeldUse:
    """One use of `offer`, which would give `amount` minor units; what the cart has `held` of it already is kept, on
    the day it was held for. `day` is the store's local day.

    `number` says which shard is asked first. Raises UseRefused, and then the caller undoes what it has held so far.
    """
    assert connection.in_atomic_block, "a hold belongs to the transaction of its quote"
    limits = offer.terms
    customer_use_id = held.customer_use_id
    if customer_use_id is None and limits.uses_per_customer is not None:
        customer_use_id = take_number(offer, customer_id=customer_id, order_id=None)
    day_use_id = held.day_use_id
    if day_use_id is None and limits.uses_per_day is not None:
        day_use_id = _hold_one_of_day(offer, day=day, number=number)
    budget_id = held.budget_id
    if budget_id is not None or limits.budget_max is not None:
        budget_id = _hold_money(offer, amount - held.amount)
    offer_use_id = held.offer_use_id
    if offer_use_id is None and limits.uses_max is not None:
        shard = take_one_of_all(offer, number=number, counter="held")
        offer_use_id = OfferUse.objects.values_list("pk", flat=True).get(offer_id=offer.offer_id, shard=shard)
    money = amount if budget_id is not None else 0
    return HeldUse(offer_use_id, customer_use_id, budget_id, money, day_use_id)


def release_use(held: HeldUse) -> None:
    """Make free what a cart held and has not used. The caller holds the quote's lock, so nobody does so twice."""
    if held.customer_use_id is not None:
        CustomerUse.objects.filter(pk=held.customer_use_id, order=None).delete()
    if held.day_use_id is not None:
        release_day_use(held.day_use_id)
    if held.budget_id is not None:
        budget = OfferBudget.objects.filter(pk=held.budget_id, held__gte=held.amount)
        assert budget.update(held=F("held") - held.amount) == 1, "the counter counts what its quotes hold"
    if held.offer_use_id is not None:
        use = OfferUse.objects.filter(pk=held.offer_use_id, held__gte=1)
        assert use.update(held=F("held") - 1) == 1, "as above"


def _hold_one_of_day(offer: RunningOffer, *, day: date, number: int) -> int:
    counter_id = hold_day_use(offer, day=day, number=number)
    if counter_id is None:
        raise UseRefused(offer.code, Refusal.USED_UP_TODAY)
    return counter_id


def _hold_money(offer: RunningOffer, more: int) -> int:
    """`more` may be negative: a renewed quote may need less."""
    mine = OfferBudget.objects.filter(offer_id=offer.offer_id)
    enough = mine.filter(budget_max__gte=F("spent") + F("held") + more, held__gte=-more)
    if not enough.update(held=F("held") + more):
        raise UseRefused(offer.code, Refusal.BUDGET_SPENT)
    return mine.values_list("pk", flat=True).get()
