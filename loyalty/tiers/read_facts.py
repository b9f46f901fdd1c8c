"""All that decides about the tiers of some customers, in two queries."""

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from loyalty.models import TierGrant
from loyalty.tiers.count import counted
from loyalty.tiers.read_ladders import Ladders
from loyalty.tiers.standing import Counted, Facts, Grant
from shop.models import Store


def read_facts(store: Store, customer_ids: Collection[int], *, ladders: Ladders) -> dict[int, Facts]:
    """Facts by customer, all of whom are `store`'s; every customer asked about is in it."""
    rows = _read_counted(customer_ids, ladders)
    grants: defaultdict[int, list[Grant]] = defaultdict(list)
    whose = Q(customer_id__in=customer_ids) | Q(customer__merged_into__in=customer_ids)
    given = TierGrant.objects.filter(whose, store=store).select_related("customer")
    for grant in given.order_by("at", "id"):
        mine = grants[grant.customer.merged_into_id or grant.customer_id]
        mine.append(Grant(grant.pk, grant.tier_id, grant.at, grant.until_at))
    zone = ZoneInfo(store.time_zone)
    return {
        customer_id: Facts(zone, ladders.versions, rows[customer_id], tuple(grants[customer_id]))
        for customer_id in customer_ids
    }


Rows = defaultdict[int, dict[str, list[Counted]]]


def _read_counted(customer_ids: Collection[int], ladders: Ladders) -> Rows:
    found: Rows = defaultdict(dict)
    measures = sorted({ladder.measure for ladder in ladders.versions})
    if not measures:
        return found
    with connection.cursor() as cursor:
        cursor.execute(counted(measures), {"customers": list(customer_ids)})
        for measure, customer_id, at, amount, order_id, cuts in cursor.fetchall():
            found[customer_id].setdefault(measure, []).append(Counted(at, amount, order_id, _cuts(cuts)))
    return found


def _cuts(cuts: object) -> tuple[tuple[datetime, int], ...]:
    """JSON, parsed already or not: a moment and an amount each."""
    pairs = json.loads(cuts) if isinstance(cuts, str) else cuts or []
    assert isinstance(pairs, list), "an array of pairs"
    return tuple((datetime.fromisoformat(at), int(amount)) for at, amount in pairs)
