"""What is to be known of customers' stamps before some are added or taken off, for many customers at once."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Count, Q

from loyalty.models import FullCard, Stamp, StampHolder
from loyalty.stamps.sheet import Sheet
from shop.clock import end_of_day, local_date, start_of_day

Days = dict[int, Counter[date]]


def read_sheets(
    holders: Collection[StampHolder],
    *,
    moments: Collection[datetime],
    orders: Collection[int] = (),
    keys: Collection[str] = (),
) -> list[Sheet]:
    """A sheet for each of the holders, who are locked; `orders` and `keys` say what may be stamped, `moments` when.

    Three statements, however many holders: stamps, full cards, and days where a card limits them.
    """
    ids = [holder.pk for holder in holders]
    stamps = _stamps(ids, orders=orders, keys=keys)
    full: defaultdict[int, list[FullCard]] = defaultdict(list)
    missing: defaultdict[int, dict[int, int]] = defaultdict(dict)
    rows = FullCard.objects.filter(holder_id__in=ids).annotate(kept=Count("stamps"))
    for row in rows.order_by("holder_id", "number"):
        full[row.holder_id].append(row)
        missing[row.holder_id][row.pk] = row.needed - row.kept
    days = _days([holder for holder in holders if holder.card.day_max is not None], moments)
    return [
        Sheet(
            holder,
            stamps[holder.pk],
            [row for row in full[holder.pk] if row.withdrawn_at is None],
            missing[holder.pk],
            len(full[holder.pk]),
            days.get(holder.pk, Counter()),
        )
        for holder in holders
    ]


def _stamps(
    ids: Collection[int], *, orders: Collection[int], keys: Collection[str]
) -> defaultdict[int, list[Stamp]]:
    found: defaultdict[int, list[Stamp]] = defaultdict(list)
    of_these = Q(order_id__in=orders) | Q(key__in=keys)
    filled = Stamp.objects.filter(of_these, holder_id__in=ids, full_card__isnull=False).values("full_card")
    is_open = Q(withdrawn_at=None, full_card=None)
    rows = Stamp.objects.filter(of_these | is_open | Q(full_card__in=filled), holder_id__in=ids)
    for stamp in rows.order_by("at", "id"):
        found[stamp.holder_id].append(stamp)
    return found


def _days(holders: Collection[StampHolder], moments: Collection[datetime]) -> Days:
    """Stamps that stand, by the local days that `moments` fall in or between."""
    if not holders or not moments:
        return {}
    stores = {holder.pk: holder.card.store for holder in holders}
    since = min(start_of_day(store, local_date(store, min(moments))) for store in stores.values())
    until = max(end_of_day(store, local_date(store, max(moments))) for store in stores.values())
    rows = Stamp.objects.filter(holder_id__in=stores, withdrawn_at=None, at__gte=since, at__lt=until)
    days: Days = {pk: Counter() for pk in stores}
    for holder_id, at in rows.values_list("holder_id", "at"):
        days[holder_id][local_date(stores[holder_id], at)] += 1
    return days
