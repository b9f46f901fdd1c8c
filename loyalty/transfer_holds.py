"""Points that a cart with a reservation holds: nobody else can spend them, and they end when the hold does. Part of
the ledger.

A lot and its account count what is held of them, beside what is there (`held <= left`, `held <= balance`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F, Q

from loyalty.models import Account, Lot
from loyalty.transfer import NotEnoughPoints
from loyalty.transfer_accounts import programme_account
from loyalty.transfer_debts import Repayment, repay_from_lots
from loyalty.transfer_lots import settle
from shop.models import Store

# What lies in which lot: points by the lot's id.
Parts = Mapping[int, int]
NOTHING: Parts = {}


@dataclass(frozen=True, slots=True)
class Holding:
    """Whose points, and when: `at` by the store's clock, `at_recorded` by ours."""

    store: Store
    account_id: int
    at: datetime
    at_recorded: datetime


def hold_points(points: int, holding: Holding, *, mine: Parts = NOTHING) -> dict[int, int]:
    """Hold exactly `points` for one cart that holds `mine` already; returns what it holds now, earliest end first.

    What is held counts as the cart's own even if its lot has ended since. What is let go repays the account's debts
    first; if its time is over, it expires. Raises NotEnoughPoints, and then has changed nothing.
    """
    assert connection.in_atomic_block, "a hold belongs to the transaction of its quote"
    owed = Account.objects.select_for_update(no_key=True).values_list("owed", flat=True)
    debt = owed.get(pk=holding.account_id)
    lots = _lots(holding, mine)
    wanted = _share(lots, points, mine, at=holding.at)
    changed = [lot for lot in lots if wanted.get(lot.pk, 0) != mine.get(lot.pk, 0)]
    freed = [lot for lot in changed if wanted.get(lot.pk, 0) < mine.get(lot.pk, 0)]
    for lot in changed:
        lot.held += wanted.get(lot.pk, 0) - mine.get(lot.pk, 0)
    Lot.objects.bulk_update(changed, ["held"])
    more = points - sum(mine.values())
    repaid = min(debt, max(0, -more))
    _count(holding, more, repaid=repaid)
    if repaid:
        _repay(freed, repaid, holding)
    if any(lot.ends_at <= holding.at for lot in freed):
        settle(holding.store, holding.account_id, at=holding.at, at_recorded=holding.at_recorded)
    return wanted


def release_points(holding: Holding, mine: Parts) -> None:
    """Let go of all that the cart holds."""
    if mine:
        hold_points(0, holding, mine=mine)


def _lots(holding: Holding, mine: Parts) -> list[Lot]:
    spendable = Q(left__gt=F("held"), active_at__lte=holding.at, ends_at__gt=holding.at)
    found = Lot.objects.filter(spendable | Q(pk__in=list(mine)), account_id=holding.account_id)
    return list(found.order_by("ends_at", "id").select_for_update())


def _share(lots: Iterable[Lot], points: int, mine: Parts, *, at: datetime) -> dict[int, int]:
    rest = points
    wanted: dict[int, int] = {}
    for lot in lots:
        free = lot.left - lot.held if lot.ends_at > at else 0
        part = min(rest, free + mine.get(lot.pk, 0))
        if part:
            wanted[lot.pk] = part
        rest -= part
    if rest:
        raise NotEnoughPoints(missing=rest)
    return wanted


def _count(holding: Holding, more: int, *, repaid: int) -> None:
    """One statement, because what is held, the balance and a debt stand in one rule."""
    if not more:
        return
    enough = Account.objects.filter(pk=holding.account_id, balance__gte=F("held") + more, held__gte=-more)
    if not enough.update(held=F("held") + more, balance=F("balance") - repaid, owed=F("owed") - repaid):
        raise NotEnoughPoints(missing=more)


def _repay(lots: list[Lot], points: int, holding: Holding) -> None:
    issued = programme_account(holding.store, Account.Kind.ISSUED)
    repayment = Repayment(
        store=holding.store,
        account_id=holding.account_id,
        issued_id=issued.pk,
        points=points,
        at=holding.at,
        at_recorded=holding.at_recorded,
    )
    repay_from_lots(lots, repayment)
