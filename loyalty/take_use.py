"""Take one use of an offer that has limits: in all, a day, per customer, in money.

Each limit stands in the WHERE of the statement that uses it up, so no two orders can pass it together. These are the
hottest rows of a sale; whoever calls this does so last in the transaction, offers in the order of their ids.
"""

from dataclasses import dataclass
from typing import Literal

from django.db import connection
from django.db.models import F, Q

from loyalty.models import CustomerUse, OfferBudget, OfferUse
from loyalty.running import RunningOffer
from loyalty.shards import shards_of
from loyalty.take_day_use import take_day_use, turn_day_use
from pricing.refusals import Refusal
from shop.clock import local_date
from shop.models import Order

# Two orders of one customer at once may want the same number; each try finds the number that is free by then.
NUMBER_TRIES_MAX = 10


class UseRefused(Exception):
    """The offer's limit is gone. The caller undoes what it has taken so far and prices anew without the offer."""

    def __init__(self, offer_code: str, refusal: Refusal) -> None:
        super().__init__(f"{offer_code}: {refusal.value}")
        self.offer_code = offer_code
        self.code = refusal


@dataclass(frozen=True, slots=True)
class HeldUse:
    """What a cart holds of one use of an offer: the rows that count it, None where no such limit was held, and
    `amount` minor units of the budget."""

    offer_use_id: int | None = None
    customer_use_id: int | None = None
    budget_id: int | None = None
    amount: int = 0
    day_use_id: int | None = None


NOT_HELD = HeldUse()


def take_uses(offer: RunningOffer, *, order: Order, amount: int, held: HeldUse = NOT_HELD) -> None:
    """One use of `offer` by `order`, which gives `amount` minor units. What the order's cart has `held` of it turns
    into the use in the same statement. Raises UseRefused."""
    assert connection.in_atomic_block, "a use belongs to the transaction of its order"
    limits = offer.terms
    if held.customer_use_id is not None:
        turned = CustomerUse.objects.filter(pk=held.customer_use_id, order=None).update(order=order)
        assert turned == 1, "the quote's lock keeps others from ending what it holds"
    elif limits.uses_per_customer is not None:
        take_number(offer, customer_id=order.customer_id, order_id=order.pk)
    if held.day_use_id is not None:
        turn_day_use(held.day_use_id, order=order)
    elif limits.uses_per_day is not None:
        _take_one_of_day(offer, order=order)
    if held.budget_id is not None or limits.budget_max is not None:
        _take_money(offer, amount, held=held.amount)
    if held.offer_use_id is not None:
        turning = OfferUse.objects.filter(pk=held.offer_use_id, held__gte=1)
        assert turning.update(used=F("used") + 1, held=F("held") - 1) == 1, "as above"
    elif limits.uses_max is not None:
        take_one_of_all(offer, number=order.pk, counter="used")


# The smallest number that is free: a cancelled order gives its own back. Without an order it is held.
TAKE_NUMBER = """
WITH mine AS (
    SELECT n FROM loyalty_customeruse WHERE offer_id = %(offer)s AND customer_id = ANY(%(customer)s::bigint
        || ARRAY(SELECT id FROM shop_customer WHERE merged_into_id = %(customer)s))
)
INSERT INTO loyalty_customeruse (offer_id, customer_id, n, order_id)
SELECT %(offer)s, %(customer)s, min(free.n), %(order)s::bigint
FROM generate_series(1, (SELECT count(*) + 1 FROM mine)) AS free (n)
WHERE free.n NOT IN (SELECT n FROM mine)
HAVING (SELECT count(*) FROM mine) < %(limit)s
ON CONFLICT (offer_id, customer_id, n) DO NOTHING
RETURNING id
"""


def take_number(offer: RunningOffer, *, customer_id: int | None, order_id: int | None) -> int:
    """The customer's next number, for an order or held for one; the id of its row. Raises UseRefused."""
    limit = offer.terms.uses_per_customer
    assert limit is not None, "only a limit per customer counts by numbers"
    if customer_id is None:
        raise UseRefused(offer.code, Refusal.NOT_REGISTERED)
    mine = {"offer": offer.offer_id, "customer": customer_id, "order": order_id, "limit": limit}
    whose = Q(customer_id=customer_id) | Q(customer__merged_into_id=customer_id)
    uses = CustomerUse.objects.filter(whose, offer_id=offer.offer_id)
    for _ in range(NUMBER_TRIES_MAX):
        with connection.cursor() as cursor:
            cursor.execute(TAKE_NUMBER, mine)
            if (row := cursor.fetchone()) is not None:
                return int(row[0])
        if uses.count() >= limit:
            break
    raise UseRefused(offer.code, Refusal.USED_UP)


def _take_one_of_day(offer: RunningOffer, *, order: Order) -> None:
    """Of the store's local day on which the order was placed."""
    if not take_day_use(offer, day=local_date(order.store, order.placed_at), order=order):
        raise UseRefused(offer.code, Refusal.USED_UP_TODAY)


def _take_money(offer: RunningOffer, amount: int, *, held: int) -> None:
    enough = OfferBudget.objects.filter(
        offer_id=offer.offer_id, budget_max__gte=F("spent") + F("held") + (amount - held), held__gte=held
    )
    if not enough.update(spent=F("spent") + amount, held=F("held") - held):
        raise UseRefused(offer.code, Refusal.BUDGET_SPENT)


def take_one_of_all(offer: RunningOffer, *, number: int, counter: Literal["used", "held"]) -> int:
    """From the shard that `number` falls on; where that one is empty, from any other. Its place. Raises UseRefused."""
    shards = max(shards_of(offer.terms.uses_max or 0), 1)
    free = OfferUse.objects.filter(offer_id=offer.offer_id, uses_max__gt=F("used") + F("held"))
    first = number % shards
    if free.filter(shard=first).update(**{counter: F(counter) + 1}):
        return first
    for shard in free.exclude(shard=first).order_by("shard").values_list("shard", flat=True):
        if free.filter(shard=shard).update(**{counter: F(counter) + 1}):
            return shard
    raise UseRefused(offer.code, Refusal.USED_UP)
