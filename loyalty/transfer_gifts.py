"""Money behind gift balances: it comes in once, is spent in parts, comes back, and ends. Part of the ledger.

Each gift balance has an account of its own, which counts what is there and what carts with a reservation hold of it
(`held <= balance`). Whoever works on several has locked them in the order of their ids, after the customers' accounts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from loyalty.models import Account, Transfer
from loyalty.transfer_accounts import programme_account
from loyalty.transfer_debts import digest
from shop.models import Order, Store

MONEY = Account.Asset.MONEY


class NotEnoughMoney(ValueError):
    """Less is left of a gift balance than was to be taken; somebody else has been quicker."""


@dataclass(frozen=True, slots=True)
class Booking:
    """In whose books, and when: `at` by the store's clock, `at_recorded` by ours. `order`: what it is for."""

    store: Store
    at: datetime
    at_recorded: datetime
    order: Order | None = None


@dataclass(frozen=True, slots=True)
class GiftMove:
    """`amount` to or from one gift balance, in minor units, once per key; `held` of it was held by a cart for this.
    `at`: when it took effect, where that was not at the moment of the booking."""

    account_id: int
    amount: int
    key: str
    held: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Purse:
    """What is in an account, in minor units, and what carts hold of that."""

    balance: int
    held: int

    @property
    def free(self) -> int:
        return self.balance - self.held


def open_gift(amount: int, booking: Booking) -> Account:
    """A new gift balance's account with `amount` in it. The caller has made sure that it is opened once."""
    assert connection.in_atomic_block, "a gift balance belongs to the transaction of what it is issued for"
    account = Account.objects.create(store=booking.store, kind=Account.Kind.GIFT, asset=MONEY)
    move = GiftMove(account.pk, amount, f"gift:{account.pk}:issue")
    put_into_gifts([move], booking, kind=Transfer.Kind.ISSUE)
    account.balance = amount
    return account


def lock_gifts(account_ids: Iterable[int]) -> dict[int, Purse]:
    """What is in the accounts, which nobody else changes until the transaction ends. One statement."""
    rows = Account.objects.filter(pk__in=sorted(set(account_ids)), kind=Account.Kind.GIFT).order_by("id")
    locked = rows.select_for_update(no_key=True).values_list("pk", "balance", "held")
    return {pk: Purse(balance, held) for pk, balance, held in locked}


def hold_gift(account_id: int, more: int) -> None:
    """Hold `more` of it for a cart, or let go where that is negative. Raises NotEnoughMoney."""
    enough = Account.objects.filter(pk=account_id, balance__gte=F("held") + more, held__gte=-more)
    if more and not enough.update(held=F("held") + more):
        raise NotEnoughMoney(f"account {account_id}")


def take_from_gifts(moves: Sequence[GiftMove], booking: Booking, *, kind: str) -> None:
    """Take money out: spent, ended, or withdrawn. Raises NotEnoughMoney; the caller then undoes what was done."""
    target = programme_account(booking.store, TARGETS[kind], asset=MONEY)
    if _execute(TAKE, moves, booking, kind=kind, other=target) != len(moves):
        raise NotEnoughMoney(kind)


def put_into_gifts(moves: Sequence[GiftMove], booking: Booking, *, kind: str) -> None:
    """Put money in: issued, or given back for what it had paid."""
    source = programme_account(booking.store, SOURCES[kind], asset=MONEY)
    done = _execute(PUT, moves, booking, kind=kind, other=source)
    assert done == len(moves), "an account is never closed"


TARGETS: Mapping[str, str] = {
    Transfer.Kind.PAYMENT: Account.Kind.SPENT,
    Transfer.Kind.LAPSE: Account.Kind.EXPIRED,
    Transfer.Kind.WITHDRAWAL: Account.Kind.WITHDRAWN,
}
SOURCES: Mapping[str, str] = {
    Transfer.Kind.ISSUE: Account.Kind.ISSUED,
    Transfer.Kind.RETURN: Account.Kind.SPENT,
}
INPUT = """
WITH input AS (
    SELECT * FROM unnest(
        %(accounts)s::bigint[], %(amounts)s::bigint[], %(held)s::bigint[], %(keys)s::text[], %(hashes)s::bytea[],
        %(moments)s::timestamptz[]
    ) AS row (account_id, amount, held, key, input_hash, at)
)"""
COLUMNS = """loyalty_transfer (
    store_id, kind, asset, source_id, target_id, amount, key, input_hash, order_id, effective_at, recorded_at
)"""
# The limit stands in the WHERE, and the movement is written for those rows only that keep it.
TAKE = f"""{INPUT}, moved AS (
    UPDATE loyalty_account account SET balance = account.balance - input.amount, held = account.held - input.held
    FROM input
    WHERE account.id = input.account_id AND account.held >= input.held
        AND account.balance - account.held >= input.amount - input.held
    RETURNING account.id, input.amount, input.key, input.input_hash, input.at
)
INSERT INTO {COLUMNS}
SELECT %(store)s, %(kind)s, 'money', id, %(other)s, amount, key, input_hash, %(order)s, at, %(recorded)s
FROM moved
"""  # noqa: S608  names of our own only; the values are parameters
PUT = f"""{INPUT}, moved AS (
    UPDATE loyalty_account account SET balance = account.balance + input.amount
    FROM input WHERE account.id = input.account_id
    RETURNING account.id, input.amount, input.key, input.input_hash, input.at
)
INSERT INTO {COLUMNS}
SELECT %(store)s, %(kind)s, 'money', %(other)s, id, amount, key, input_hash, %(order)s, at, %(recorded)s
FROM moved
"""  # noqa: S608


def _execute(
    statement: str, moves: Sequence[GiftMove], booking: Booking, *, kind: str, other: Account
) -> int:
    """How many accounts moved."""
    assert connection.in_atomic_block, "a transfer belongs to the transaction of what it pays for"
    order_id = booking.order.pk if booking.order else None
    asked: dict[str, Any] = {
        "accounts": [move.account_id for move in moves],
        "amounts": [move.amount for move in moves],
        "held": [move.held for move in moves],
        "keys": [move.key for move in moves],
        "hashes": [digest(kind, move.account_id, move.amount, move.key) for move in moves],
        "store": booking.store.pk,
        "kind": kind,
        "other": other.pk,
        "order": order_id,
        "moments": [move.at or booking.at for move in moves],
        "recorded": booking.at_recorded,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return int(cursor.rowcount)


LAST_MOVES = """
SELECT account_id, max(id) FROM (
    SELECT source_id AS account_id, id FROM loyalty_transfer WHERE source_id = ANY(%(accounts)s)
    UNION ALL
    SELECT target_id, id FROM loyalty_transfer WHERE target_id = ANY(%(accounts)s)
) moves GROUP BY account_id
"""


def last_moves(account_ids: Iterable[int]) -> dict[int, int]:
    """The newest movement of each account: what ends or is withdrawn after it has a key of its own."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_MOVES, {"accounts": sorted(account_ids)})
        return dict(cursor.fetchall())
