"""The ledger: this module and its parts (transfer_*) alone write accounts, transfers and lots.

The caller owns the transaction.
A transfer happens once per key. Locks are taken in the order of account ids, then of lots by their end; a balance
moves in the same statement or transaction as the rows it sums up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from loyalty.models import Account, EarningRule, Lot, Transfer
from loyalty.transfer_accounts import Locked, lock_accounts, programme_account
from loyalty.transfer_debts import Repayment, credit, digest, repay_from_lots
from loyalty.transfer_lots import (
    LinePoints,
    Taken,
    Window,
    choose,
    choose_held,
    note_uses,
    open_lot,
    save_taken,
    settle,
    spendable_lots,
)
from shop.models import Order, Store
from shop.prepared import Prepared

NOTHING_HELD: Mapping[int, int] = {}


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
class Accrual:
    """Points that one order earned for one customer; without a rule where an offer alone gave them. Points for anything
    else have no order, and are known by their `occasion`, a key of its own."""

    customer_id: int
    order_id: int | None
    rule_id: int | None
    points: int
    effective_at: datetime
    window: Window
    # What each rule gave of them: (rule, points).
    by_rule: tuple[tuple[int, int], ...] = ()
    occasion: str = ""

    @property
    def key(self) -> str:
        return self.occasion or f"order:{self.order_id}:accrual"

    @property
    def input_hash(self) -> bytes:
        """Of what the movement is, not of when it was noticed: a repeat may come later."""
        return digest("accrual", self.customer_id, self.order_id, self.points)


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
    lines: Sequence[LinePoints] = (),
    held: Mapping[int, int] = NOTHING_HELD,
    order: Order | None = None,
    rule: EarningRule | None = None,
    reverses: Transfer | None = None,
) -> Transfer:
    """One movement of points, once per key; a repeat with the same content returns the first one.
    Points that come to a customer open a lot with `window`; points that leave one are taken from what is spendable at
    `at`, earliest expiry first, or from what a cart has `held` for this, by lot; `lines` say which lines they pay for.
    Raises TransferConflict and NotEnoughPoints, and then has moved nothing.
    """
    _expect(target, amount, window=window, held=held)
    wanted = Transfer(
        store=store,
        kind=kind,
        source=source,
        target=target,
        amount=amount,
        key=key,
        input_hash=digest(kind, source.pk, target.pk, amount, order and order.pk, reverses and reverses.pk),
        order=order,
        rule=rule,
        reverses=reverses,
        effective_at=at,
        recorded_at=at_recorded,
    )
    return _post_once(wanted, window, lines, held)


def _expect(target: Account, amount: int, *, window: Window | None, held: Mapping[int, int]) -> None:
    """What no caller may get wrong."""
    assert connection.in_atomic_block, "a transfer belongs to the transaction of what it pays for"
    assert (window is not None) == (target.kind == Account.Kind.CUSTOMER), "a lot opens where points arrive"
    assert not held or sum(held.values()) == amount, (
        "what is held pays for the whole movement or is let go before"
    )


@transaction.atomic
def _post_once(
    wanted: Transfer, window: Window | None, lines: Sequence[LinePoints], held: Mapping[int, int]
) -> Transfer:
    """A savepoint of its own, so that a refusal leaves nothing behind in the caller's transaction."""
    source, target, input_hash = wanted.source, wanted.target, bytes(wanted.input_hash)
    stored = Transfer.objects.filter(store=wanted.store, key=wanted.key)
    owed = _lock([source, target])
    done = stored.first()
    if done is not None:
        return _same_or_conflict(done, input_hash)
    chosen: list[Taken] = []
    if source.kind == Account.Kind.CUSTOMER:
        settle(wanted.store, source.pk, at=wanted.effective_at, at_recorded=wanted.recorded_at)
        chosen = _choose_lots(source, wanted.amount, at=wanted.effective_at, held=held)
        save_taken(chosen)
    Transfer.objects.bulk_create([wanted], ignore_conflicts=True)
    # Two programme accounts are locked by nobody, so their transfer may have met its twin only now.
    kept = _same_or_conflict(stored.get(), input_hash)
    note_uses(kept, chosen, lines)
    _debit(source, wanted.amount, held=sum(held.values()))
    if window is not None:
        _arrive(kept, window, owed=owed[target.pk])
    return kept


def post_accruals(
    store: Store, rows: Sequence[Accrual], *, at_recorded: datetime, locked: Locked | None = None
) -> int:
    """Points of many orders or occasions at once, in a bounded number of statements: transfers, lots and balances.

    Returns how many were new; a repeat changes nothing. Raises TransferConflict where a key was posted with other
    content. Two statements where the accounts are there; one where the caller has them `locked`.
    """
    assert connection.in_atomic_block, "a transfer belongs to the transaction of what it pays for"
    if not rows:
        return 0
    locked = locked or lock_accounts(store, {row.customer_id for row in rows})
    ordered = sorted(rows, key=lambda row: row.key)
    columns: dict[str, Any] = {
        "accounts": [locked.accounts[row.customer_id] for row in ordered],
        "orders": [row.order_id for row in ordered],
        "rules": [row.rule_id for row in ordered],
        "amounts": [row.points for row in ordered],
        "keys": [row.key for row in ordered],
        "hashes": [row.input_hash for row in ordered],
        "effective": [row.effective_at for row in ordered],
        "active": [row.window.active_at for row in ordered],
        "ends": [row.window.ends_at for row in ordered],
        "rule_keys": [row.key for row in ordered for _ in row.by_rule],
        "rule_ids": [rule_id for row in ordered for rule_id, _ in row.by_rule],
        "rule_points": [points for row in ordered for _, points in row.by_rule],
    }
    with connection.cursor() as cursor:
        POST_ACCRUALS.execute(
            cursor, {**columns, "store": store.pk, "issued": locked.issued_id, "recorded": at_recorded}
        )
        posted = list(cursor.fetchone()[0])
    if len(posted) < len(rows):
        _check_repeats(store, rows)
    if locked.owed:
        _repay_from_accruals(store, posted, locked, at_recorded=at_recorded)
    return len(posted)


# One statement: what it inserts and what it adds to the balances cannot come apart.
POST_ACCRUALS = Prepared(
    """
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
), by_rule AS (
    INSERT INTO loyalty_ruleearning (transfer_id, rule_id, points)
    SELECT posted.id, gain.rule_id, gain.points
    FROM unnest(%(rule_keys)s::text[], %(rule_ids)s::bigint[], %(rule_points)s::bigint[])
        AS gain (key, rule_id, points)
    JOIN posted USING (key)
), credited AS (
    UPDATE loyalty_account
    SET balance = balance + sums.amount - least(sums.amount, owed), owed = owed - least(sums.amount, owed)
    FROM (SELECT target_id, sum(amount)::bigint AS amount FROM posted GROUP BY target_id) sums
    WHERE loyalty_account.id = sums.target_id
)
SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM posted
""",
    {
        "accounts": "bigint[]",
        "orders": "bigint[]",
        "rules": "bigint[]",
        "amounts": "bigint[]",
        "keys": "text[]",
        "hashes": "bytea[]",
        "effective": "timestamptz[]",
        "active": "timestamptz[]",
        "ends": "timestamptz[]",
        "rule_keys": "text[]",
        "rule_ids": "bigint[]",
        "rule_points": "bigint[]",
        "store": "bigint",
        "issued": "bigint",
        "recorded": "timestamptz",
    },
)


def _check_repeats(store: Store, rows: Sequence[Accrual]) -> None:
    wanted: Mapping[str, bytes] = {row.key: row.input_hash for row in rows}
    kept = Transfer.objects.filter(store=store, key__in=list(wanted)).values_list("key", "input_hash")
    for key, input_hash in kept:
        if bytes(input_hash) != wanted[key]:
            raise TransferConflict(key)


def _lock(accounts: Sequence[Account]) -> dict[int, int]:
    """Customers' accounts, in the order of their ids; the programme's would serialise the shop. Returns what each
    owes."""
    ids = sorted(account.pk for account in accounts if account.kind == Account.Kind.CUSTOMER)
    rows = Account.objects.filter(pk__in=ids).order_by("id").select_for_update(no_key=True)
    return {account.pk: account.owed for account in rows}


def _same_or_conflict(done: Transfer, input_hash: bytes) -> Transfer:
    if bytes(done.input_hash) != input_hash:
        raise TransferConflict(done.key)
    return done


def _choose_lots(account: Account, amount: int, *, at: datetime, held: Mapping[int, int]) -> list[Taken]:
    """The lots that `amount` is taken from: those that hold it, or spendable now, earliest expiry first."""
    if held:
        return choose_held(account.pk, held)
    chosen = choose(spendable_lots(account.pk, at=at), amount)
    if missing := amount - sum(taken.points for taken in chosen):
        raise NotEnoughPoints(missing=missing)
    return chosen


def _debit(account: Account, amount: int, *, held: int) -> None:
    """`held` of the amount was held for it: the hold turns into the use. Nothing that others hold is touched."""
    if account.kind == Account.Kind.CUSTOMER:
        enough = Account.objects.filter(
            pk=account.pk, balance__gte=F("held") + (amount - held), held__gte=held
        )
        if not enough.update(balance=F("balance") - amount, held=F("held") - held):
            raise NotEnoughPoints(missing=amount)


def _arrive(transfer: Transfer, window: Window, *, owed: int) -> None:
    """Open the lot, and let it repay what the account owes before anything of it can be spent."""
    lot = open_lot(transfer, window)
    if repaid := credit(transfer.target_id, transfer.amount, owed=owed):
        issued = programme_account(transfer.store, Account.Kind.ISSUED)
        repay_from_lots(
            [lot],
            Repayment(
                store=transfer.store,
                account_id=transfer.target_id,
                issued_id=issued.pk,
                points=repaid,
                at=transfer.effective_at,
                at_recorded=transfer.recorded_at,
            ),
        )


def _repay_from_accruals(
    store: Store, posted: Sequence[int], locked: Locked, *, at_recorded: datetime
) -> None:
    """The debts of the few accounts that have some, out of the lots of the transfers just `posted`."""
    for account_id, owed in locked.owed.items():
        fresh = Lot.objects.filter(account_id=account_id, transfer_id__in=posted).select_related("transfer")
        lots = list(fresh.order_by("id"))
        if lots:
            repaid = min(owed, sum(lot.left for lot in lots))
            at = max(lot.transfer.effective_at for lot in lots)
            repay_from_lots(lots, Repayment(store, account_id, locked.issued_id, repaid, at, at_recorded))
