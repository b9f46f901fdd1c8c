"""The ledger: the only module that writes accounts, transfers and lots. The caller owns the transaction.

A transfer happens once per key. Locks are taken in the order of account ids, then of lots by their end; a balance
moves in the same statement or transaction as the rows it sums up.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from loyalty.models import Account, EarningRule, Lot, Transfer
from shop.models import Customer, Order, Store


class LedgerFault(StrEnum):
    TRANSFER_CONFLICT = "transfer_conflict"  # the key stands for another movement already
    NOT_ENOUGH_POINTS = "not_enough_points"


class LedgerError(ValueError):
    def __init__(self, code: LedgerFault, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class TransferConflict(LedgerError):
    def __init__(self, key: str) -> None:
        super().__init__(LedgerFault.TRANSFER_CONFLICT, f"{key} was posted with other content")


class NotEnoughPoints(LedgerError):
    def __init__(self, *, missing: int) -> None:
        super().__init__(LedgerFault.NOT_ENOUGH_POINTS, f"{missing} points are missing")
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Window:
    """When a lot can be spent: [active_at, ends_at)."""

    active_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Accrual:
    """Points that one order earned for one customer."""

    customer_id: int
    order_id: int
    rule_id: int
    points: int
    effective_at: datetime
    window: Window

    @property
    def key(self) -> str:
        return f"order:{self.order_id}:accrual"

    @property
    def input_hash(self) -> bytes:
        """Of what the movement is, not of when it was noticed: a repeat may come later."""
        return _hash("accrual", self.customer_id, self.order_id, self.points)


def programme_account(store: Store, kind: str) -> Account:
    """The programme's own account of a kind, made when it is first needed."""
    mine = Account.objects.filter(store=store, kind=kind, customer=None, asset=Account.Asset.POINTS)
    found = mine.first()
    if found is None:
        Account.objects.bulk_create([Account(store=store, kind=kind)], ignore_conflicts=True)
        found = mine.get()
    return found


def customer_account(customer: Customer) -> Account:
    """The customer's account, made when it is first needed, locked until the transaction ends."""
    lock_accounts(customer.store, [customer.pk])
    return Account.objects.get(customer=customer, asset=Account.Asset.POINTS, kind=Account.Kind.CUSTOMER)


def post(
    store: Store,
    *,
    kind: str,
    source: Account,
    target: Account,
    amount: int,
    key: str,
    at: datetime,
    at_recorded: datetime,
    window: Window | None = None,
    order: Order | None = None,
    rule: EarningRule | None = None,
    reverses: Transfer | None = None,
) -> Transfer:
    """One movement of points, once per key; a repeat with the same content returns the first one.

    Points that come to a customer open a lot with `window`; points that leave one are taken from what is spendable at
    `at`, earliest expiry first. Raises TransferConflict and NotEnoughPoints, and then has moved nothing.
    """
    assert connection.in_atomic_block, "a transfer belongs to the transaction of what it pays for"
    assert (window is not None) == (target.kind == Account.Kind.CUSTOMER), "a lot opens where points arrive"
    wanted = Transfer(
        store=store,
        kind=kind,
        source=source,
        target=target,
        amount=amount,
        key=key,
        input_hash=_hash(kind, source.pk, target.pk, amount, order and order.pk, reverses and reverses.pk),
        order=order,
        rule=rule,
        reverses=reverses,
        effective_at=at,
        recorded_at=at_recorded,
    )
    return _post_once(wanted, window)


@transaction.atomic
def _post_once(wanted: Transfer, window: Window | None) -> Transfer:
    """A savepoint of its own, so that a refusal leaves nothing behind in the caller's transaction."""
    source, target, digest = wanted.source, wanted.target, bytes(wanted.input_hash)
    stored = Transfer.objects.filter(store=wanted.store, key=wanted.key)
    _lock([source, target])
    done = stored.first()
    if done is not None:
        return _same_or_conflict(done, digest)
    if source.kind == Account.Kind.CUSTOMER:
        Lot.objects.bulk_update(_choose_lots(source, wanted.amount, at=wanted.effective_at), ["left"])
    Transfer.objects.bulk_create([wanted], ignore_conflicts=True)
    # Two programme accounts are locked by nobody, so their transfer may have met its twin only now.
    kept = _same_or_conflict(stored.get(), digest)
    _move_balances(source, target, wanted.amount)
    if window is not None:
        _open_lot(kept, window)
    return kept


def post_accruals(store: Store, rows: Sequence[Accrual], *, at_recorded: datetime) -> int:
    """Many orders' points at once, in a bounded number of statements: transfers, lots and balances.

    Returns how many were new; a repeat changes nothing. Raises TransferConflict where a key was posted with other
    content. Three statements where the accounts are there.
    """
    assert connection.in_atomic_block, "a transfer belongs to the transaction of what it pays for"
    if not rows:
        return 0
    accounts, issued_id = lock_accounts(store, {row.customer_id for row in rows})
    ordered = sorted(rows, key=lambda row: row.key)
    columns: dict[str, Any] = {
        "accounts": [accounts[row.customer_id] for row in ordered],
        "orders": [row.order_id for row in ordered],
        "rules": [row.rule_id for row in ordered],
        "amounts": [row.points for row in ordered],
        "keys": [row.key for row in ordered],
        "hashes": [row.input_hash for row in ordered],
        "effective": [row.effective_at for row in ordered],
        "active": [row.window.active_at for row in ordered],
        "ends": [row.window.ends_at for row in ordered],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            POST_ACCRUALS, {**columns, "store": store.pk, "issued": issued_id, "recorded": at_recorded}
        )
        posted = int(cursor.fetchone()[0])
    if posted < len(rows):
        _check_repeats(store, rows)
    return posted


def lock_accounts(store: Store, customer_ids: Iterable[int]) -> tuple[dict[int, int], int]:
    """Lock the customers' accounts in the order of their ids, making those that are missing.

    Returns account ids by customer, and the id of the programme's account that points are issued from (not locked:
    every order of the shop needs it). One statement where the accounts are there.
    """
    wanted = sorted(set(customer_ids))
    locked, issued_id = _lock_those_there(store, wanted)
    missing = [customer_id for customer_id in wanted if customer_id not in locked]
    if missing or issued_id is None:
        fresh = [
            Account(store=store, kind=Account.Kind.CUSTOMER, customer_id=customer_id)
            for customer_id in missing
        ]
        if issued_id is None:
            fresh.append(Account(store=store, kind=Account.Kind.ISSUED))
        Account.objects.bulk_create(fresh, ignore_conflicts=True)
        locked, issued_id = _lock_those_there(store, wanted)
    assert issued_id is not None
    return locked, issued_id


LOCK_ACCOUNTS = """
SELECT account.id, account.customer_id
FROM loyalty_account account
WHERE account.store_id = %(store)s AND account.customer_id = ANY(%(customers)s)
    AND account.kind = 'customer' AND account.asset = 'points'
ORDER BY account.id
FOR NO KEY UPDATE
"""
ISSUED_ACCOUNT = """
SELECT NULL::bigint, account.id FROM loyalty_account account
WHERE account.store_id = %(store)s AND account.kind = 'issued' AND account.asset = 'points'
"""
LOCK_BOTH = f"(SELECT * FROM ({LOCK_ACCOUNTS}) mine) UNION ALL ({ISSUED_ACCOUNT})"  # noqa: S608

# One statement: what it inserts and what it adds to the balances cannot come apart.
POST_ACCRUALS = """
WITH input AS (
    SELECT * FROM unnest(
        %(accounts)s::bigint[], %(orders)s::bigint[], %(rules)s::bigint[], %(amounts)s::bigint[],
        %(keys)s::text[], %(hashes)s::bytea[],
        %(effective)s::timestamptz[], %(active)s::timestamptz[], %(ends)s::timestamptz[]
    ) AS row (account_id, order_id, rule_id, amount, key, input_hash, effective_at, active_at, ends_at)
), posted AS (
    INSERT INTO loyalty_transfer (
        store_id, kind, asset, source_id, target_id, amount, key, input_hash, order_id, rule_id,
        effective_at, recorded_at
    )
    SELECT %(store)s, 'accrual', 'points', %(issued)s, account_id, amount, key, input_hash, order_id, rule_id,
        effective_at, %(recorded)s
    FROM input
    ON CONFLICT (store_id, key) DO NOTHING
    RETURNING id, target_id, amount, key
), opened AS (
    INSERT INTO loyalty_lot (account_id, transfer_id, amount, "left", active_at, ends_at)
    SELECT posted.target_id, posted.id, posted.amount, posted.amount, input.active_at, input.ends_at
    FROM posted JOIN input USING (key)
), credited AS (
    UPDATE loyalty_account SET balance = balance + sums.amount
    FROM (SELECT target_id, sum(amount)::bigint AS amount FROM posted GROUP BY target_id) sums
    WHERE loyalty_account.id = sums.target_id
)
SELECT count(*) FROM posted
"""


def _lock_those_there(store: Store, customer_ids: Sequence[int]) -> tuple[dict[int, int], int | None]:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_BOTH, {"store": store.pk, "customers": list(customer_ids)})
        rows = cursor.fetchall()
    issued = [other for account_id, other in rows if account_id is None]
    locked = {customer_id: account_id for account_id, customer_id in rows if account_id is not None}
    return locked, issued[0] if issued else None


def _check_repeats(store: Store, rows: Sequence[Accrual]) -> None:
    wanted: Mapping[str, bytes] = {row.key: row.input_hash for row in rows}
    kept = Transfer.objects.filter(store=store, key__in=list(wanted)).values_list("key", "input_hash")
    for key, input_hash in kept:
        if bytes(input_hash) != wanted[key]:
            raise TransferConflict(key)


def _lock(accounts: Sequence[Account]) -> None:
    """Customers' accounts, in the order of their ids; the programme's would serialise the shop."""
    ids = sorted(account.pk for account in accounts if account.kind == Account.Kind.CUSTOMER)
    list(Account.objects.filter(pk__in=ids).order_by("id").select_for_update(no_key=True))


def _same_or_conflict(done: Transfer, digest: bytes) -> Transfer:
    if bytes(done.input_hash) != digest:
        raise TransferConflict(done.key)
    return done


def _choose_lots(account: Account, amount: int, *, at: datetime) -> list[Lot]:
    """The lots that `amount` is taken from, locked and lessened but not saved: spendable now, earliest expiry first."""
    spendable = account.lots.filter(left__gt=0, active_at__lte=at, ends_at__gt=at)
    rest = amount
    chosen: list[Lot] = []
    for lot in spendable.order_by("ends_at", "id").select_for_update():
        taken = min(rest, lot.left)
        lot.left -= taken
        rest -= taken
        chosen.append(lot)
        if not rest:
            break
    if rest:
        raise NotEnoughPoints(missing=rest)
    return chosen


def _move_balances(source: Account, target: Account, amount: int) -> None:
    if source.kind == Account.Kind.CUSTOMER:
        enough = Account.objects.filter(pk=source.pk, balance__gte=amount)
        if not enough.update(balance=F("balance") - amount):
            raise NotEnoughPoints(missing=amount)
    if target.kind == Account.Kind.CUSTOMER:
        Account.objects.filter(pk=target.pk).update(balance=F("balance") + amount)


def _open_lot(transfer: Transfer, window: Window) -> None:
    Lot.objects.create(
        account_id=transfer.target_id,
        transfer=transfer,
        amount=transfer.amount,
        left=transfer.amount,
        active_at=window.active_at,
        ends_at=window.ends_at,
    )


def _hash(*parts: object) -> bytes:
    return hashlib.sha256("|".join(map(str, parts)).encode()).digest()
