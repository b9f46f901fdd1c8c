"""All of one customer's points become another's, portion by portion, and what is left of those goes back. Part of the
ledger.

A portion keeps its window, what carts hold of it, and whether it was given back once. What was owed is owed by whoever
has the points, and repaid out of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F, QuerySet, Sum

from loyalty.models import Account, Debt, Lot, Transfer
from loyalty.transfer_accounts import programme_account
from loyalty.transfer_debts import Repayment, digest, repay_from_lots
from loyalty.transfer_lots import Taken, note_uses, settle
from shop.models import Customer, Store


@dataclass(frozen=True, slots=True)
class Joining:
    """Whose points become whose, and when; `key` begins the key of every movement, which happens once."""

    store: Store
    source_id: int
    target_id: int
    key: str
    at: datetime
    at_recorded: datetime


@dataclass(frozen=True, slots=True)
class Brought:
    """`points` in all. `lots`: for each portion that moved, the new one by the old one's id."""

    points: int
    lots: Mapping[int, int]


def lock_with_merged(store: Store, customer_ids: Iterable[int]) -> dict[int, Account]:
    """The customers' own accounts by customer, made where missing, and those of whoever was merged into them; locked
    in the order of their ids."""
    wanted = sorted(set(customer_ids))
    fresh = [Account(store=store, kind=Account.Kind.CUSTOMER, customer_id=each) for each in wanted]
    Account.objects.bulk_create(fresh, ignore_conflicts=True)
    whole = Account.objects.filter(store=store, kind=Account.Kind.CUSTOMER, asset=Account.Asset.POINTS)
    family = Customer.objects.filter(merged_into__in=wanted).values_list("pk", flat=True)
    mine = whole.filter(customer_id__in=[*wanted, *family]).order_by("id")
    return {account.customer_id or 0: account for account in mine.select_for_update(no_key=True)}


def bring_all(joining: Joining) -> Brought:
    """Move every portion with all that is in it, what carts hold among it, and every debt. The caller holds the
    accounts' locks; from here on the source's account stands for the target's."""
    _settle_both(joining)
    Debt.objects.filter(account_id=joining.source_id).update(account_id=joining.target_id)
    lots = Lot.objects.filter(account_id=joining.source_id, left__gt=0)
    brought = _move(joining, lots, points_of=lambda lot: lot.left)
    source = Account.objects.get(pk=joining.source_id)
    Account.objects.filter(pk=source.pk).update(balance=0, held=0, owed=0, merged_into=joining.target_id)
    Account.objects.filter(merged_into=source.pk).update(merged_into=joining.target_id)
    _add(joining, joining.target_id, balance=brought.points, held=source.held, owed=source.owed)
    return brought


def bring_back(joining: Joining, *, begins: str, people: Iterable[int]) -> Brought:
    """Give back what is free of the portions whose movement's key `begins` so, and what is still owed for what the
    accounts of `people` had earned. The joining's source is who had them meanwhile."""
    _settle_both(joining)
    open_debts = Debt.objects.filter(
        account_id=joining.source_id, accrual__target__customer__in=list(people), repaid__lt=F("amount")
    )
    debts = list(open_debts.values_list("pk", flat=True))
    owed: int = open_debts.aggregate(all=Sum(F("amount") - F("repaid")))["all"] or 0
    Debt.objects.filter(pk__in=debts).update(account_id=joining.target_id)
    lots = Lot.objects.filter(
        account_id=joining.source_id,
        left__gt=F("held"),
        pk__in=_descended(joining.source_id, begins),
    )
    brought = _move(joining, lots, points_of=lambda lot: lot.left - lot.held)
    Account.objects.filter(pk=joining.target_id).update(merged_into=None)
    enough = Account.objects.filter(pk=joining.source_id, balance__gte=F("held") + brought.points)
    less = enough.update(balance=F("balance") - brought.points, owed=F("owed") - owed)
    assert less == 1, "lots and balance are of one mind, and the account is locked"
    _add(joining, joining.target_id, balance=brought.points, held=0, owed=owed)
    return brought


def left_of(account_id: int, begins: str, *, at: datetime) -> int:
    """What `bring_back` would give back at `at`. For a look at it beforehand; two queries."""
    lots = Lot.objects.filter(pk__in=_descended(account_id, begins), account_id=account_id, ends_at__gt=at)
    left: int = lots.aggregate(all=Sum(F("left") - F("held")))["all"] or 0
    return left


# What a merge brought to an account, wherever later merges and their undoing have taken it and back.
DESCENDED = """
WITH RECURSIVE line AS (
    SELECT lot.id FROM loyalty_transfer moved JOIN loyalty_lot lot ON lot.transfer_id = moved.id
    WHERE moved.target_id = %(account)s AND moved.kind = 'merge' AND starts_with(moved.key, %(begins)s)
    UNION
    SELECT next.id FROM line JOIN loyalty_lotuse used ON used.lot_id = line.id
    JOIN loyalty_transfer moved ON moved.id = used.transfer_id AND moved.kind = 'merge'
    JOIN loyalty_lot next ON next.transfer_id = moved.id
)
SELECT id FROM line
"""


def _descended(account_id: int, begins: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(DESCENDED, {"account": account_id, "begins": begins})
        return [row[0] for row in cursor.fetchall()]


def _settle_both(joining: Joining) -> None:
    assert connection.in_atomic_block, "a merge is one transaction of the edge"
    for account_id in sorted((joining.source_id, joining.target_id)):
        settle(joining.store, account_id, at=joining.at, at_recorded=joining.at_recorded)


def _move(joining: Joining, lots: QuerySet[Lot], *, points_of: Callable[[Lot], int]) -> Brought:
    """What `points_of` says of each lot, those that end first at the front. What is held moves where all of it does."""
    total, places = 0, {}
    for lot in lots.order_by("ends_at", "id").select_for_update(of=("self",)):
        points = points_of(lot)
        fresh = _move_one(joining, lot, points)
        total += points
        places[lot.pk] = fresh.pk
    return Brought(total, places)


def _move_one(joining: Joining, lot: Lot, points: int) -> Lot:
    key = f"{joining.key}:{lot.pk}"
    transfer = Transfer.objects.create(
        store=joining.store,
        kind=Transfer.Kind.MERGE,
        source_id=joining.source_id,
        target_id=joining.target_id,
        amount=points,
        key=key,
        input_hash=digest(key, joining.source_id, joining.target_id, points),
        effective_at=joining.at,
        recorded_at=joining.at_recorded,
    )
    note_uses(transfer, [Taken(lot, points)])
    held = lot.held if points == lot.left else 0
    Lot.objects.filter(pk=lot.pk).update(left=F("left") - points, held=F("held") - held)
    return Lot.objects.create(
        account_id=joining.target_id,
        transfer=transfer,
        amount=points,
        left=points,
        held=held,
        active_at=lot.active_at,
        ends_at=lot.ends_at,
        origin_id=lot.origin_id,
        earned_by_id=lot.earned_by_id or lot.transfer_id,
    )


def _add(joining: Joining, account_id: int, *, balance: int, held: int, owed: int) -> None:
    """One statement, because a balance and a debt never stand beside each other; then the debts are repaid."""
    there = Account.objects.get(pk=account_id)
    free = there.balance + balance - there.held - held
    repaid = min(there.owed + owed, free)
    Account.objects.filter(pk=account_id).update(
        balance=F("balance") + balance - repaid, held=F("held") + held, owed=F("owed") + owed - repaid
    )
    if not repaid:
        return
    issued = programme_account(joining.store, Account.Kind.ISSUED)
    lots = Lot.objects.filter(account_id=account_id, left__gt=F("held")).order_by("ends_at", "id")
    repayment = Repayment(
        joining.store, account_id, issued.pk, repaid, at=joining.at, at_recorded=joining.at_recorded
    )
    repay_from_lots(list(lots.select_for_update()), repayment)
