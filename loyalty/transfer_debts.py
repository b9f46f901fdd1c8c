"""Points that come in, to an account that may owe some: the debt is repaid out of them first. Part of the ledger."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from loyalty.models import Account, Debt, Lot, LotUse, Transfer
from shop.models import Store


@dataclass(frozen=True, slots=True)
class Repayment:
    """Who repays, how much in all, to whom, and when."""

    store: Store
    account_id: int
    issued_id: int
    points: int
    at: datetime
    at_recorded: datetime


def digest(*parts: object) -> bytes:
    """The hash of what a movement is; the same key with another one is a conflict."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).digest()


def credit(account_id: int, amount: int, *, owed: int) -> int:
    """Add to the balance of a locked account what is left of `amount` after its debt; returns what repays the debt.

    One statement, because a balance and a debt never stand beside each other.
    """
    repaid = min(amount, owed)
    Account.objects.filter(pk=account_id).update(
        balance=F("balance") + amount - repaid, owed=F("owed") - repaid
    )
    return repaid


def repay_from_lots(lots: Sequence[Lot], repayment: Repayment) -> None:
    """Take `repayment.points` out of lots just opened or let go, and write off the oldest debts with them.

    The balance has been lessened already: see `credit`.
    """
    debts = list(
        Debt.objects.filter(account_id=repayment.account_id, repaid__lt=F("amount"))
        .select_related("accrual")
        .order_by("id")
    )
    rest = repayment.points
    for lot in lots:
        while rest and lot.left > lot.held:
            debt = debts[0]
            part = min(rest, lot.left - lot.held, debt.amount - debt.repaid)
            _write_off(debt, lot, part, repayment)
            rest -= part
            if debt.repaid == debt.amount:
                debts.pop(0)
    assert rest == 0, "an account owes what its debts say, and repays out of what came in"


def _write_off(debt: Debt, lot: Lot, points: int, repayment: Repayment) -> None:
    key = f"debt:{debt.pk}:{lot.pk}"
    transfer = Transfer.objects.create(
        store=repayment.store,
        kind=Transfer.Kind.REVERSAL,
        source_id=repayment.account_id,
        target_id=repayment.issued_id,
        amount=points,
        key=key,
        input_hash=digest(key, points),
        order_id=debt.accrual.order_id,
        reverses=debt.accrual,
        # Points that are booked late took effect before the debt was there: it is repaid as soon as it is.
        effective_at=max(repayment.at, debt.at),
        recorded_at=repayment.at_recorded,
    )
    LotUse.objects.create(transfer=transfer, lot=lot, amount=points)
    lot.left -= points
    Lot.objects.filter(pk=lot.pk, left__gte=F("held") + points).update(left=F("left") - points)
    open_debt = Debt.objects.filter(pk=debt.pk, amount__gte=F("repaid") + points)
    assert open_debt.update(repaid=F("repaid") + points) == 1, "the account's lock keeps others from repaying"
    debt.repaid += points
