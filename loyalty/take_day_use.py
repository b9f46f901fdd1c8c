"""Count one use of an offer on a local day of the store, where it has a limit a day: taken, held, turned, let go.

The limit stands in the WHERE of the statement that uses it up. These are hot rows: whoever calls this does so last in
the transaction, offers in the order of their ids. What a cart holds counts for the day it was held on, though its
order may come after midnight; so each order's use says in which row it is counted.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F

from loyalty.models import OfferDayUse, OfferVersion, OrderDayUse
from loyalty.running import RunningOffer
from loyalty.shards import parts_of, shards_of
from shop.models import Order

TAKE = """
WITH taken AS (
    UPDATE loyalty_offerdayuse SET used = used + 1
    WHERE offer_id = %(offer)s AND day = %(day)s AND shard = %(shard)s AND uses_max > used + held
    RETURNING id
)
INSERT INTO loyalty_orderdayuse (counter_id, order_id) SELECT id, %(order)s FROM taken
RETURNING counter_id
"""
HOLD = """
UPDATE loyalty_offerdayuse SET held = held + 1
WHERE offer_id = %(offer)s AND day = %(day)s AND shard = %(shard)s AND uses_max > used + held
RETURNING id
"""
TURN = """
WITH turned AS (
    UPDATE loyalty_offerdayuse SET used = used + 1, held = held - 1
    WHERE id = %(counter)s AND held >= 1
    RETURNING id
)
INSERT INTO loyalty_orderdayuse (counter_id, order_id) SELECT id, %(order)s FROM turned
RETURNING counter_id
"""
# Waits for whoever changes the offer's terms just now, so that a new day begins with the newest of them.
WAIT_FOR_TERMS = "SELECT FROM loyalty_offer WHERE id = %(offer)s FOR SHARE"


def take_day_use(offer: RunningOffer, *, day: date, order: Order) -> bool:
    """One use on `day` by `order`; False where none is left."""
    asked = {"offer": offer.offer_id, "day": day, "order": order.pk}
    return _from_a_shard(offer, TAKE, asked, number=order.pk) is not None


def hold_day_use(offer: RunningOffer, *, day: date, number: int) -> int | None:
    """One use on `day` for a cart: the counter's id, None where none is left. `number` says which shard is first."""
    return _from_a_shard(offer, HOLD, {"offer": offer.offer_id, "day": day}, number=number)


def turn_day_use(counter_id: int, *, order: Order) -> None:
    """What the order's cart held becomes a use of the same day."""
    turned = _run(TURN, {"counter": counter_id, "order": order.pk})
    assert turned is not None, "the quote's lock keeps others from ending what it holds"


def release_day_use(counter_id: int) -> None:
    """The caller holds the quote's lock."""
    held = OfferDayUse.objects.filter(pk=counter_id, held__gte=1)
    assert held.update(held=F("held") - 1) == 1, "the counter counts what its quotes hold"


def return_day_uses(order: Order) -> None:
    """A cancelled order's uses are free again on the day they were counted on. Of days pruned since nothing is left."""
    mine = OrderDayUse.objects.filter(order=order)
    counters = list(mine.order_by("counter__offer_id", "counter_id").values_list("counter_id", flat=True))
    if counters:
        mine.delete()
    for counter_id in counters:
        OfferDayUse.objects.filter(pk=counter_id, used__gt=0).update(used=F("used") - 1)


def _from_a_shard(offer: RunningOffer, statement: str, asked: dict[str, Any], *, number: int) -> int | None:
    """The counter of the shard that `number` falls on; where that one is empty, of any other."""
    limit = offer.terms.uses_per_day
    assert limit is not None, "only a limit a day counts by days"
    first = number % shards_of(limit)
    take: Callable[[int], int | None] = lambda shard: _run(statement, {**asked, "shard": shard})  # noqa: E731
    if (counter := take(first)) is not None:
        return counter
    rows = OfferDayUse.objects.filter(offer_id=offer.offer_id, day=asked["day"]).order_by("shard")
    if not rows.exists():
        _begin_day(offer, limit, day=asked["day"])
    for shard in rows.filter(uses_max__gt=F("used") + F("held")).values_list("shard", flat=True):
        if (counter := take(shard)) is not None:
            return counter
    return None


def _begin_day(offer: RunningOffer, limit: int, *, day: date) -> None:
    """The day's rows, once: whoever comes at the same moment waits at the unique key for the first one's."""
    with connection.cursor() as cursor:
        cursor.execute(WAIT_FOR_TERMS, {"offer": offer.offer_id})
    newest = (
        OfferVersion.objects.filter(offer_id=offer.offer_id)
        .order_by("-number")
        .values_list("document__limits__uses_per_day", flat=True)
        .first()
    )
    parts = parts_of(limit if newest is None else newest)
    rows = [
        OfferDayUse(offer_id=offer.offer_id, day=day, shard=shard, uses_max=part)
        for shard, part in enumerate(parts)
    ]
    OfferDayUse.objects.bulk_create(rows, ignore_conflicts=True)


def _run(statement: str, values: dict[str, Any]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return None if row is None else int(row[0])
