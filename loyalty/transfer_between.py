"""Points that go from one customer to another, portion by portion. Part of the ledger.

What arrives lies in portions with the ends of those it came from: giving points on never makes them live longer.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F

from loyalty.models import Account, Lot, Transfer
from loyalty.transfer import NotEnoughPoints
from loyalty.transfer_accounts import lock_accounts
from loyalty.transfer_debts import Repayment, credit, digest, repay_from_lots
from loyalty.transfer_lots import (
    Taken,
    Window,
    choose,
    note_uses,
    open_lot,
    save_taken,
    settle,
    spendable_lots,
)
from shop.models import Customer


def move_between(
    source: Customer, target: Customer, points: int, *, key: str, at: datetime, at_recorded: datetime
) -> list[Transfer]:
    """Move spendable points, earliest end first, by one transfer for each portion, with keys that begin with `key`.

    The caller makes sure that it happens once. Raises NotEnoughPoints, and then has moved nothing. What the target owes
    is repaid first.
    """
    assert connection.in_atomic_block, "a transfer belongs to the transaction of what it is for"
    assert source.pk != target.pk, "nobody gives points to himself"
    store = source.store
    locked = lock_accounts(store, [source.pk, target.pk])
    mine, theirs = locked.accounts[source.pk], locked.accounts[target.pk]
    settle(store, mine, at=at, at_recorded=at_recorded)
    chosen = choose(spendable_lots(mine, at=at), points)
    if missing := points - sum(taken.points for taken in chosen):
        raise NotEnoughPoints(missing=missing)
    save_taken(chosen)
    enough = Account.objects.filter(pk=mine, balance__gte=F("held") + points)
    if not enough.update(balance=F("balance") - points):
        raise NotEnoughPoints(missing=points)
    moved = [
        _move(taken, source, target_id=theirs, key=key, at=at, at_recorded=at_recorded) for taken in chosen
    ]
    repaid = credit(theirs, points, owed=locked.owed.get(theirs, 0))
    if repaid:
        repayment = Repayment(store, theirs, locked.issued_id, repaid, at, at_recorded)
        repay_from_lots(_lots(moved), repayment)
    return moved


def _move(
    taken: Taken, source: Customer, *, target_id: int, key: str, at: datetime, at_recorded: datetime
) -> Transfer:
    lot = taken.lot
    own_key = f"{key}:{lot.pk}"
    transfer = Transfer.objects.create(
        store=source.store,
        kind=Transfer.Kind.MOVE,
        source_id=lot.account_id,
        target_id=target_id,
        amount=taken.points,
        key=own_key,
        input_hash=digest(own_key, lot.account_id, target_id, taken.points),
        effective_at=at,
        recorded_at=at_recorded,
    )
    note_uses(transfer, [taken])
    open_lot(transfer, Window(lot.active_at, lot.ends_at))
    return transfer


def _lots(transfers: Sequence[Transfer]) -> list[Lot]:
    found = Lot.objects.filter(transfer__in=transfers).select_related("transfer")
    return list(found.order_by("ends_at", "id"))
