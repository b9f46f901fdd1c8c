"""Find gift balances by their codes, and say what has become of them."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet

from coupons.gift_codes import hashes_of, read_gift_code
from coupons.models import GiftBalance, GiftWithdrawal
from shop.models import Store


class BalanceState(StrEnum):
    """What has become of a gift balance, as its holder and the shop see it."""

    USABLE = "usable"
    EMPTY = "empty"
    EXPIRED = "expired"
    REVOKED = "revoked"


def revoked() -> Exists:
    """Of a query of gift balances: those that somebody took back."""
    taken = GiftWithdrawal.objects.filter(balance=OuterRef("pk"))
    return Exists(taken.exclude(reason=GiftWithdrawal.Reason.REFUND))


def whole_balances(store: Store) -> QuerySet[GiftBalance]:
    """The store's, with account, holder and `is_revoked`."""
    rows = GiftBalance.objects.filter(store=store).select_related("account", "customer")
    return rows.annotate(is_revoked=revoked())


def find_balances(store: Store, codes: Iterable[str]) -> dict[str, GiftBalance]:
    """The store's gift balances behind `codes` (as typed), by the code as it is kept. One query, none without codes."""
    hashes = {
        code_hash: code
        for code in map(read_gift_code, codes)
        for code_hash in hashes_of(code, store_id=store.pk)
    }
    if not hashes:
        return {}
    found = whole_balances(store).filter(code_hash__in=list(hashes))
    return {hashes[bytes(balance.code_hash)]: balance for balance in found}


def state_of(balance: GiftBalance, *, at: datetime) -> BalanceState:
    """Of one of `whole_balances`."""
    if is_revoked(balance):
        return BalanceState.REVOKED
    if at >= balance.ends_at:
        return BalanceState.EXPIRED
    return BalanceState.USABLE if balance.account.balance else BalanceState.EMPTY


def left_of(balance: GiftBalance, *, at: datetime) -> int:
    """What can be spent now, in minor units: less what carts hold, nothing after its end, however late the job."""
    if is_revoked(balance) or at >= balance.ends_at:
        return 0
    return balance.account.balance - balance.account.held


def is_revoked(balance: GiftBalance) -> bool:
    known: bool = balance.is_revoked  # type: ignore[attr-defined]  # annotated by whole_balances
    return known
