"""Take one use of an offer that has limits: in all, per customer, in money.

Each limit stands in the WHERE of the statement that uses it up, so no two orders can pass it together. These are the
hottest rows of a sale; whoever calls this does so last in the transaction, offers in the order of their ids.
"""

from django.db import connection
from django.db.models import F

from loyalty.models import CustomerUse, OfferBudget, OfferUse
from loyalty.publish import shards_of
from loyalty.snapshot import RunningOffer
from pricing.refusals import Refusal
from shop.models import Order

# Two orders of one customer at once may want the same number; each try finds the number that is free by then.
NUMBER_TRIES_MAX = 10


class UseRefused(Exception):
    """The offer's limit is gone. The caller undoes what it has taken so far and prices anew without the offer."""

    def __init__(self, offer_code: str, refusal: Refusal) -> None:
        super().__init__(f"{offer_code}: {refusal.value}")
        self.offer_code = offer_code
        self.code = refusal


def take_uses(offer: RunningOffer, *, order: Order, amount: int) -> None:
    """One use of `offer` by `order`, which gives `amount` minor units. Raises UseRefused."""
    assert connection.in_atomic_block, "a use belongs to the transaction of its order"
    limits = offer.terms
    if limits.uses_per_customer is not None:
        _take_number(offer, order, limits.uses_per_customer)
    if limits.budget_max is not None:
        _take_money(offer, amount)
    if limits.uses_max is not None:
        _take_one_of_all(offer, order, limits.uses_max)


# The smallest number that is free: a cancelled order gives its own back.
TAKE_NUMBER = """
WITH mine AS (
    SELECT n FROM loyalty_customeruse WHERE offer_id = %(offer)s AND customer_id = %(customer)s
)
INSERT INTO loyalty_customeruse (offer_id, customer_id, n, order_id)
SELECT %(offer)s, %(customer)s, min(free.n), %(order)s
FROM generate_series(1, (SELECT count(*) + 1 FROM mine)) AS free (n)
WHERE free.n NOT IN (SELECT n FROM mine)
HAVING (SELECT count(*) FROM mine) < %(limit)s
ON CONFLICT (offer_id, customer_id, n) DO NOTHING
"""


def _take_number(offer: RunningOffer, order: Order, limit: int) -> None:
    if order.customer_id is None:
        raise UseRefused(offer.code, Refusal.NOT_REGISTERED)
    mine = {"offer": offer.offer_id, "customer": order.customer_id, "order": order.pk, "limit": limit}
    uses = CustomerUse.objects.filter(offer_id=offer.offer_id, customer_id=order.customer_id)
    for _ in range(NUMBER_TRIES_MAX):
        with connection.cursor() as cursor:
            cursor.execute(TAKE_NUMBER, mine)
            if cursor.rowcount:
                return
        if uses.count() >= limit:
            break
    raise UseRefused(offer.code, Refusal.USED_UP)


def _take_money(offer: RunningOffer, amount: int) -> None:
    enough = OfferBudget.objects.filter(
        offer_id=offer.offer_id, budget_max__gte=F("spent") + F("held") + amount
    )
    if not enough.update(spent=F("spent") + amount):
        raise UseRefused(offer.code, Refusal.BUDGET_SPENT)


def _take_one_of_all(offer: RunningOffer, order: Order, uses_max: int) -> None:
    """From the shard that the order's number falls on; where that one is empty, from any other."""
    shards = max(shards_of(uses_max), 1)
    free = OfferUse.objects.filter(offer_id=offer.offer_id, uses_max__gt=F("used") + F("held"))
    first = order.pk % shards
    if free.filter(shard=first).update(used=F("used") + 1):
        return
    for shard in free.exclude(shard=first).order_by("shard").values_list("shard", flat=True):
        if free.filter(shard=shard).update(used=F("used") + 1):
            return
    raise UseRefused(offer.code, Refusal.USED_UP)
