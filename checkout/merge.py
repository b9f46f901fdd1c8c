"""Two references, one person: the kept customer gets what the merged one had. The edge owns the transaction.

Rows keep their customer, so reports count on as before; the old reference leads to the kept customer from now on, and
whatever is asked of a person is asked of both. Points move, with what carts hold of them, and so do debts.

Locks: the merged customer's held quotes, the points accounts of both by their ids, their lots, then both customers.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from django.db import connection
from django.db.models import F, Max, Min, Q
from django.db.models.functions import Coalesce, Greatest, Least

from checkout.models import Merge, Quote, Reservation
from loyalty.earn_counts import join_counts
from loyalty.stamps.join_cards import join_cards
from loyalty.stamps.write_sheets import Moments
from loyalty.tiers.recompute import recompute
from loyalty.transfer_merge import Joining, bring_all, lock_with_merged
from shop.models import Customer, Order, User
from shop.record import record


class MergeFault(StrEnum):
    ONESELF = "merge_with_oneself"
    OTHER_STORE = "merge_across_stores"
    ERASED = "merge_of_erased"
    MERGED_ALREADY = "merged_already"  # one of the two has been merged into somebody
    KEY_TAKEN = "merge_conflict"  # other customers were merged under this key
    UNDONE_ALREADY = "merge_undone_already"
    MERGED_ON = "merged_on"  # the kept one has been merged into somebody since: undo that first


class MergeRefused(ValueError):
    """Nothing was written."""

    def __init__(self, code: MergeFault) -> None:
        super().__init__(code.value)
        self.code = code


def merge_customers(
    kept: Customer, merged: Customer, *, key: str, by: User | None, at: datetime, at_recorded: datetime
) -> Merge:
    """Merge `merged` into `kept`, once per key; a repeat returns the first one. `at` by the store's clock. Raises
    MergeRefused."""
    assert connection.in_atomic_block, "a merge is one transaction of the edge"
    store = kept.store
    if kept.pk == merged.pk:
        raise MergeRefused(MergeFault.ONESELF)
    if store.pk != merged.store_id:
        raise MergeRefused(MergeFault.OTHER_STORE)
    held = Quote.objects.filter(customer=merged, status=Quote.Status.HELD).order_by("id")
    quotes = list(held.select_for_update(no_key=True).values_list("pk", flat=True))
    accounts = lock_with_merged(store, [kept.pk, merged.pk])
    done = Merge.objects.filter(store=store, key=key).first()
    if done is not None:
        return _same(done, kept, merged)
    people = _lock_people(kept, merged)
    row = Merge.objects.create(
        store=store,
        key=key,
        kept=kept,
        merged=merged,
        kept_joined_at=people[kept.pk].joined_at,
        at=at,
        made_by=by,
    )
    joining = Joining(
        store, accounts[merged.pk].pk, accounts[kept.pk].pk, f"merge:{row.pk}", at=at, at_recorded=at_recorded
    )
    brought = bring_all(joining)
    _bring_holds(quotes, brought.lots, kept)
    _point_to(kept, people[merged.pk])
    join_counts(store, source_id=merged.pk, target_id=kept.pk)
    join_cards(kept, merged, moments=Moments(at, at_recorded))
    recompute(store, [kept.pk, merged.pk], at=at, at_recorded=at_recorded)
    Merge.objects.filter(pk=row.pk).update(points=brought.points)
    row.points = brought.points
    note_merge("customer.merged", row, points=brought.points, at=at)
    return row


def _same(done: Merge, kept: Customer, merged: Customer) -> Merge:
    if (done.kept_id, done.merged_id) != (kept.pk, merged.pk):
        raise MergeRefused(MergeFault.KEY_TAKEN)
    return done


def _lock_people(kept: Customer, merged: Customer) -> dict[int, Customer]:
    """Both as they are now that nobody else can merge either. Raises MergeRefused."""
    rows = Customer.objects.filter(pk__in=[kept.pk, merged.pk]).order_by("id")
    people = {one.pk: one for one in rows.select_for_update(no_key=True)}
    if any(one.erased_at is not None for one in people.values()):
        raise MergeRefused(MergeFault.ERASED)
    if any(one.merged_into_id is not None for one in people.values()):
        raise MergeRefused(MergeFault.MERGED_ALREADY)
    return people


def _bring_holds(quotes: list[int], lots: Mapping[int, int], kept: Customer) -> None:
    """What a cart holds of a portion it holds of the new one; the cart's hold is the kept customer's."""
    mine = list(Reservation.objects.filter(quote__in=quotes, lot__in=list(lots)))
    for row in mine:
        assert row.lot_id is not None, "only portions were asked for"
        row.lot_id = lots[row.lot_id]
    Reservation.objects.bulk_update(mine, ["lot"])
    Quote.objects.filter(pk__in=quotes).update(customer=kept)


def _point_to(kept: Customer, merged: Customer) -> None:
    """The old reference, and every one that led to it, leads to the kept customer."""
    Customer.objects.filter(Q(pk=merged.pk) | Q(merged_into=merged)).update(merged_into=kept)
    Customer.objects.filter(pk=kept.pk).update(
        joined_at=_of_both(Least, "joined_at", merged),
        first_order_at=_of_both(Least, "first_order_at", merged),
        last_order_at=_of_both(Greatest, "last_order_at", merged),
    )


def _of_both(choose: type[Least] | type[Greatest], name: str, merged: Customer) -> F | Least | Greatest:
    """PostgreSQL passes over the empty one."""
    told = getattr(merged, name)
    return F(name) if told is None else choose(Coalesce(F(name), told), told)


def order_days(customer: Customer) -> Mapping[str, datetime | None]:
    """The first and the last order of a person, whoever of both it is kept under."""
    mine = Order.objects.filter(Q(customer=customer) | Q(customer__merged_into=customer))
    return mine.aggregate(first_order_at=Min("placed_at"), last_order_at=Max("placed_at"))


def note_merge(kind: str, row: Merge, *, points: int, at: datetime) -> None:
    """For both customers."""
    data = {"kept": row.kept.ref, "merged": row.merged.ref, "points": points}
    for customer in (row.kept, row.merged):
        record(
            kind,
            store=row.store,
            at=at,
            customer=customer,
            subject=f"merge:{row.pk}",
            subject_id=customer.pk,
            data=data,
        )
