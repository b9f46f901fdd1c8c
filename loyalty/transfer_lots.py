"""The portions that points lie in: opened, taken from, moved in time, ended. Part of the ledger.

Whoever takes from lots has locked their account first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F, QuerySet

from loyalty.models import Account, Lot, LotUse, Transfer
from loyalty.transfer_accounts import programme_account
from shop.models import Order, Store


@dataclass(frozen=True, slots=True)
class Window:
    """When a lot can be spent: [active_at, ends_at)."""

    active_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class LinePoints:
    """What one order line pays with points."""

    line_id: int | None
    points: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Points taken from one lot."""

    lot: Lot
    points: int


def spendable_lots(account_id: int, *, at: datetime) -> QuerySet[Lot]:
    """Those with something that no cart holds, earliest expiry first."""
    found = Lot.objects.filter(account_id=account_id, left__gt=F("held"), active_at__lte=at, ends_at__gt=at)
    return found.order_by("ends_at", "id")


def choose(lots: QuerySet[Lot], amount: int) -> list[Taken]:
    """Up to `amount` points from `lots` in their order. The rows are locked and lessened, but not saved."""
    rest = amount
    chosen: list[Taken] = []
    for lot in lots.select_for_update():
        if not rest:
            break
        points = min(rest, lot.left - lot.held)
        lot.left -= points
        rest -= points
        chosen.append(Taken(lot, points))
    return chosen


def choose_held(account_id: int, held: Mapping[int, int]) -> list[Taken]:
    """What a cart holds in each lot, be its end over or not. The rows are locked and lessened, but not saved."""
    lots = Lot.objects.filter(account_id=account_id, pk__in=list(held)).order_by("ends_at", "id")
    chosen = [Taken(lot, held[lot.pk]) for lot in lots.select_for_update()]
    for taken in chosen:
        taken.lot.left -= taken.points
        taken.lot.held -= taken.points
    return chosen


def save_taken(chosen: Sequence[Taken]) -> None:
    Lot.objects.bulk_update([taken.lot for taken in chosen], ["left", "held"])


def note_uses(transfer: Transfer, chosen: Iterable[Taken], lines: Sequence[LinePoints] = ()) -> None:
    """What `transfer` took from each lot. `lines` are served in their order: the first from the first lot."""
    waiting = [[line.line_id, line.points] for line in lines if line.points]
    uses: list[LotUse] = []
    for taken in chosen:
        rest = taken.points
        while rest:
            line = waiting[0] if waiting else [None, rest]
            part = min(rest, line[1] or 0)
            uses.append(LotUse(transfer=transfer, lot=taken.lot, line_id=line[0], amount=part))
            rest -= part
            line[1] = (line[1] or 0) - part
            if waiting and not line[1]:
                waiting.pop(0)
    LotUse.objects.bulk_create(uses)


def open_lot(transfer: Transfer, window: Window, *, origin: Lot | None = None) -> Lot:
    return Lot.objects.create(
        account_id=transfer.target_id,
        transfer=transfer,
        amount=transfer.amount,
        left=transfer.amount,
        active_at=window.active_at,
        ends_at=window.ends_at,
        origin=origin,
    )


# The portions that a movement opened: its own, and those that lie with another customer since a merge.
MOVE_LOTS = """
WITH accrual AS (
    SELECT id FROM loyalty_transfer WHERE __which__
), mine AS (
    SELECT lot.id FROM accrual JOIN loyalty_lot lot ON lot.transfer_id = accrual.id
    UNION ALL
    SELECT lot.id FROM accrual JOIN loyalty_lot lot ON lot.earned_by_id = accrual.id
)
UPDATE loyalty_lot SET active_at = %(active)s, ends_at = %(ends)s FROM mine
WHERE loyalty_lot.id = mine.id AND active_at > %(at)s AND active_at <> %(active)s
"""
OF_ORDER = MOVE_LOTS.replace("__which__", "order_id = %(id)s AND kind = 'accrual'")
OF_TRANSFER = MOVE_LOTS.replace("__which__", "id = %(id)s")


def move_lot(order: Order, window: Window, *, at: datetime) -> int:
    """Let what `order` earned become spendable at another moment. A lot that is spendable at `at` stays as it is:
    pending becomes spendable once. Returns how many lots moved (0 or 1, more after merges)."""
    return _move_lots(OF_ORDER, order.pk, window, at=at)


def move_lot_of(transfer: Transfer, window: Window, *, at: datetime) -> int:
    """As `move_lot`, for what another one than the buyer earned by an order: the lot that `transfer` opened."""
    return _move_lots(OF_TRANSFER, transfer.pk, window, at=at)


def _move_lots(statement: str, number: int, window: Window, *, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {"id": number, "active": window.active_at, "ends": window.ends_at, "at": at}
        )
        return int(cursor.rowcount)


# What a cart holds of a lot stays, and ends by a movement of its own once the hold has: less is held by then.
EXPIRE = """
WITH due AS (
    SELECT lot.id, lot.account_id, lot."left" - lot.held AS points, lot.ends_at, account.store_id,
        expired.id AS expired_id,
        'lot:' || lot.id || ':expiry' || CASE WHEN lot.held > 0 THEN ':' || lot.held ELSE '' END AS key
    FROM unnest(%(accounts)s::bigint[], %(moments)s::timestamptz[]) AS now (account_id, at)
    JOIN loyalty_account account ON account.id = now.account_id
    JOIN loyalty_lot lot ON lot.account_id = account.id AND lot."left" > 0 AND lot."left" > lot.held
        AND lot.ends_at <= now.at
    JOIN loyalty_account expired ON expired.store_id = account.store_id AND expired.asset = account.asset
        AND expired.kind = 'expired' AND expired.customer_id IS NULL
    ORDER BY lot.ends_at, lot.id
    FOR UPDATE OF lot
), posted AS (
    INSERT INTO loyalty_transfer (
        store_id, kind, asset, source_id, target_id, amount, key, input_hash, effective_at, recorded_at
    )
    SELECT store_id, 'expiry', 'points', account_id, expired_id, points, key,
        sha256(convert_to('expiry|' || account_id || '|' || id || '|' || points, 'UTF8')), ends_at, %(recorded)s
    FROM due
    RETURNING id, source_id, amount, key
), used AS (
    INSERT INTO loyalty_lotuse (transfer_id, lot_id, amount, returned)
    SELECT posted.id, due.id, posted.amount, 0 FROM posted JOIN due USING (key)
), emptied AS (
    UPDATE loyalty_lot SET "left" = held FROM due WHERE loyalty_lot.id = due.id
), debited AS (
    UPDATE loyalty_account SET balance = balance - sums.amount
    FROM (SELECT source_id, sum(amount)::bigint AS amount FROM posted GROUP BY source_id) sums
    WHERE loyalty_account.id = sums.source_id
)
SELECT count(*) FROM posted
"""


def expire_lots(moments: Mapping[int, datetime], *, at_recorded: datetime) -> int:
    """End the lots of locked accounts that are over at each account's moment; returns how many.

    Each ends once, by the unique key of its transfer, which takes effect when the lot ended, however late this runs.
    What a cart holds is passed over until the hold ends.
    """
    assert connection.in_atomic_block, "a transfer belongs to the transaction of what it pays for"
    with connection.cursor() as cursor:
        cursor.execute(
            EXPIRE,
            {
                "accounts": list(moments),
                "moments": list(moments.values()),
                "recorded": at_recorded,
            },
        )
        return int(cursor.fetchone()[0])


def settle(store: Store, account_id: int, *, at: datetime, at_recorded: datetime) -> None:
    """Before points leave a locked account: what is over at `at` ends now, whether or not the job has come by."""
    if Lot.objects.filter(account_id=account_id, left__gt=F("held"), ends_at__lte=at).exists():
        programme_account(store, Account.Kind.EXPIRED)
        expire_lots({account_id: at}, at_recorded=at_recorded)
