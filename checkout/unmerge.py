"""Undo a merge, once: what is left of each portion that it moved goes back, later orders stay. The edge owns the
transaction, and the locks are those of the merge."""

from datetime import datetime

from django.db import connection
from django.db.models import Min

from checkout.merge import MergeFault, MergeRefused, note_merge, order_days
from checkout.models import Merge
from loyalty.earn_counts import part_counts
from loyalty.models import Account
from loyalty.stamps.join_cards import part_cards
from loyalty.tiers.recompute import recompute
from loyalty.transfer_merge import Joining, bring_back, left_of, lock_with_merged
from shop.models import Customer, User


def undo_merge(merge: Merge, *, by: User | None, at: datetime, at_recorded: datetime) -> Merge:
    """The merged customer stands alone again, with what is left of the portions that the merge moved and with what is
    still owed for goods of theirs. What carts hold stays where it is. `at` by the store's clock. Raises MergeRefused.
    """
    assert connection.in_atomic_block, "a merge is undone in one transaction of the edge"
    store, kept, merged = merge.store, merge.kept, merge.merged
    accounts = lock_with_merged(store, [kept.pk, merged.pk])
    row = Merge.objects.select_for_update(no_key=True).get(pk=merge.pk)
    _refuse(row)
    family = _family_of(merge)
    mine = Account.objects.filter(customer__in=family, kind=Account.Kind.CUSTOMER, asset=Account.Asset.POINTS)
    mine.exclude(customer=merged).update(merged_into=accounts[merged.pk].pk)
    joining = Joining(
        store,
        accounts[kept.pk].pk,
        accounts[merged.pk].pk,
        f"unmerge:{row.pk}",
        at=at,
        at_recorded=at_recorded,
    )
    brought = bring_back(joining, begins=f"merge:{row.pk}:", people=[merged.pk, *family])
    _stand_alone(row, family)
    part_counts(store, source_id=merged.pk, target_id=kept.pk)
    part_cards(kept, merged, people=[merged.pk, *family])
    recompute(store, [kept.pk, merged.pk], at=at, at_recorded=at_recorded)
    row.undone_at, row.undone_by, row.points_returned = at, by, brought.points
    row.save(update_fields=["undone_at", "undone_by", "points_returned"])
    note_merge("customer.unmerged", row, points=brought.points, at=at)
    return row


def returns(merge: Merge, *, at: datetime) -> int:
    """How many points would go back at `at`. Three queries."""
    mine = Account.objects.filter(
        customer=merge.kept_id, kind=Account.Kind.CUSTOMER, asset=Account.Asset.POINTS
    )
    account = mine.first()
    return 0 if account is None else left_of(account.pk, f"merge:{merge.pk}:", at=at)


def _refuse(row: Merge) -> None:
    if row.undone_at is not None:
        raise MergeRefused(MergeFault.UNDONE_ALREADY)
    people = Customer.objects.filter(pk__in=[row.kept_id, row.merged_id]).order_by("id")
    now = {one.pk: one for one in people.select_for_update(no_key=True)}
    if any(one.erased_at is not None for one in now.values()):
        raise MergeRefused(MergeFault.ERASED)
    if now[row.merged_id].merged_into_id != row.kept_id:
        raise MergeRefused(MergeFault.MERGED_ON)


def _family_of(merge: Merge) -> list[int]:
    """Those who had been merged into the merged customer before, and into those, as long as that is not undone."""
    found: list[int] = []
    around = [merge.merged_id]
    while around:
        before = Merge.objects.filter(kept__in=around, undone_at=None, at__lte=merge.at)
        around = [each for each in before.values_list("merged_id", flat=True) if each not in found]
        found += around
    return found


def _stand_alone(row: Merge, family: list[int]) -> None:
    Customer.objects.filter(pk__in=family).update(merged_into=row.merged)
    Customer.objects.filter(pk=row.merged_id).update(merged_into=None)
    Customer.objects.filter(pk=row.kept_id).update(**order_days(row.kept))
    _as_joined(row)


def _as_joined(row: Merge) -> None:
    """Joined by the merge alone, or earlier by it: as without it. Who has joined by themselves since did so earlier."""
    by_merge = Customer.objects.filter(pk=row.merged_id).values_list("joined_at", flat=True).get()
    if by_merge is None:
        return
    # Merges since have written down what this one had brought.
    since = Merge.objects.filter(kept=row.kept_id, undone_at=None, kept_joined_at=by_merge, pk__gt=row.pk)
    since.update(kept_joined_at=row.kept_joined_at)
    others = Customer.objects.filter(merged_into=row.kept_id).aggregate(first=Min("joined_at"))["first"]
    known = [each for each in (row.kept_joined_at, others) if each is not None]
    joined_so = Customer.objects.filter(pk=row.kept_id, joined_at=by_merge)
    joined_so.update(joined_at=min(known, default=None))
