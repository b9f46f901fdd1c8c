"""Undo what an order's lines spent and earned. Part of the ledger: the caller holds the account's lock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Case, F, IntegerField, Value, When

from loyalty.models import Account, Debt, Lot, LotUse, Transfer
from loyalty.transfer_accounts import programme_account
from loyalty.transfer_debts import Repayment, credit, digest, repay_from_lots
from loyalty.transfer_lots import Window, choose, note_uses, open_lot, save_taken, settle
from shop.clock import end_of_day, local_date
from shop.models import Store

# Points that are given back can be spent for this long at least, and to the end of that day.
RETURNED_LIVE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Undoing:
    """For what, and when: `key` begins the key of every movement, which happens once."""

    store: Store
    account_id: int
    key: str
    at: datetime
    at_recorded: datetime


def give_back(parts: Sequence[tuple[LotUse, int]], undoing: Undoing) -> None:
    """Give back points of the uses, to each as many as stand beside it. The uses' transfers and lots are loaded.

    Each lot's points open one of their own that names its origin. It ends when the origin does, but not before the
    end of the fourteenth day from now; points that were given back once already get no second fortnight.
    """
    assert connection.in_atomic_block, "a transfer belongs to the transaction of what it pays for"
    spent = programme_account(undoing.store, Account.Kind.SPENT)
    issued = programme_account(undoing.store, Account.Kind.ISSUED)
    _note_returned(parts)
    by_lot: dict[int, list[tuple[LotUse, int]]] = {}
    for use, points in parts:
        by_lot.setdefault(use.lot_id, []).append((use, points))
    for mine in by_lot.values():
        _give_back_to(mine, undoing, spent_id=spent.pk, issued_id=issued.pk)


def take_back(accrual: Transfer, points: int, undoing: Undoing) -> int:
    """Take back `points` of what `accrual` brought; what is there no more becomes a debt. Returns the debt.

    From the accrual's own lot first, be it pending or active, then from the lots that end first. What a cart holds is
    promised already; it repays the debt when it is let go.
    """
    assert connection.in_atomic_block, "a transfer belongs to the transaction of what it pays for"
    settle(undoing.store, undoing.account_id, at=undoing.at, at_recorded=undoing.at_recorded)
    own_first = Case(
        When(transfer_id=accrual.pk, then=Value(0)),
        When(earned_by_id=accrual.pk, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    lots = Lot.objects.filter(account_id=undoing.account_id, left__gt=F("held"), ends_at__gt=undoing.at)
    chosen = choose(lots.order_by(own_first, "ends_at", "id"), points)
    taken = sum(each.points for each in chosen)
    if taken:
        save_taken(chosen)
        transfer = _transfer(
            undoing,
            accrual,
            taken,
            source_id=undoing.account_id,
            target_id=accrual.source_id,
            key=undoing.key,
        )
        note_uses(transfer, chosen)
    _debit_and_owe(accrual, undoing, taken=taken, owed=points - taken)
    return points - taken


NOTE_RETURNED = """
UPDATE loyalty_lotuse SET returned = returned + back.points
FROM unnest(%(uses)s::bigint[], %(points)s::bigint[]) AS back (use_id, points)
WHERE loyalty_lotuse.id = back.use_id AND returned + back.points <= amount
"""


def _note_returned(parts: Sequence[tuple[LotUse, int]]) -> None:
    """No use gives back more than it took."""
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE_RETURNED, {"uses": [use.pk for use, _ in parts], "points": [points for _, points in parts]}
        )
        assert cursor.rowcount == len(parts), "the order's lock keeps others from giving the same points back"


def _give_back_to(
    parts: Sequence[tuple[LotUse, int]], undoing: Undoing, *, spent_id: int, issued_id: int
) -> None:
    """All the points that come back to one lot."""
    redemption, origin = parts[0][0].transfer, parts[0][0].lot
    points = sum(part for _, part in parts)
    transfer = _transfer(
        undoing,
        redemption,
        points,
        source_id=spent_id,
        target_id=undoing.account_id,
        key=f"{undoing.key}:lot:{origin.pk}",
    )
    lot = open_lot(transfer, _window_of_returned(origin, undoing), origin=origin)
    owed = Account.objects.values_list("owed", flat=True).get(pk=undoing.account_id)
    if repaid := credit(undoing.account_id, points, owed=owed):
        repay_from_lots(
            [lot],
            Repayment(
                store=undoing.store,
                account_id=undoing.account_id,
                issued_id=issued_id,
                points=repaid,
                at=undoing.at,
                at_recorded=undoing.at_recorded,
            ),
        )


def _window_of_returned(origin: Lot, undoing: Undoing) -> Window:
    """Spendable at once, as the origin was."""
    if origin.origin_id is not None:
        return Window(origin.active_at, origin.ends_at)
    last_day = local_date(undoing.store, undoing.at + RETURNED_LIVE)
    return Window(origin.active_at, max(origin.ends_at, end_of_day(undoing.store, last_day)))


def _transfer(
    undoing: Undoing, reverses: Transfer, points: int, *, source_id: int, target_id: int, key: str
) -> Transfer:
    return Transfer.objects.create(
        store=undoing.store,
        kind=Transfer.Kind.REVERSAL,
        source_id=source_id,
        target_id=target_id,
        amount=points,
        key=key,
        input_hash=digest(key, source_id, target_id, points, reverses.pk),
        order_id=reverses.order_id,
        reverses=reverses,
        effective_at=undoing.at,
        recorded_at=undoing.at_recorded,
    )


def _debit_and_owe(accrual: Transfer, undoing: Undoing, *, taken: int, owed: int) -> None:
    """One statement, because a balance and a debt never stand beside each other."""
    changes: Mapping[str, object] = {"balance": F("balance") - taken, "owed": F("owed") + owed}
    enough = Account.objects.filter(pk=undoing.account_id, balance__gte=F("held") + taken)
    assert enough.update(**changes) == 1, "lots and balance are of one mind, and the account is locked"
    if owed:
        Debt.objects.create(
            store=undoing.store,
            account_id=undoing.account_id,
            accrual=accrual,
            key=undoing.key,
            amount=owed,
            at=undoing.at,
        )
