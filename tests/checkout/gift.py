"""Gift balances for tests: issued, spent, looked at."""

from datetime import datetime
from typing import Any

from django.db import transaction

from checkout.request import LineRequest
from coupons.find_balances import left_of, whole_balances
from coupons.issue_balance import GiftTerms, code_of, issue_balance
from coupons.models import GiftBalance
from coupons.settle_balances import end_due_balances
from loyalty.models import Account, Transfer
from loyalty.transfer_gifts import Booking
from shop.models import Store
from tests.checkout.reverse import refund
from tests.factories import AT, number

ABC = (LineRequest("A", 1, 1000), LineRequest("B", 1, 600), LineRequest("C", 1, 400))


def gift(store: Store, amount: int, *, at: datetime = AT, **given: Any) -> tuple[GiftBalance, str]:
    """A gift balance that lasts a year unless said otherwise, and its code."""
    terms = GiftTerms(amount=amount, **{"key": f"test:{number()}"} | given)
    with transaction.atomic():
        balance = issue_balance(store, terms, Booking(store, at, at)).balance
    return balance, code_of(balance)


def again(balance: GiftBalance) -> GiftBalance:
    return whole_balances(balance.store).get(pk=balance.pk)


def left(balance: GiftBalance, *, at: datetime = AT) -> int:
    return left_of(again(balance), at=at)


def moved(balance: GiftBalance) -> dict[str, int]:
    """What went in and out, by kind."""
    sums: dict[str, int] = {}
    account = balance.account_id
    for transfer in Transfer.objects.filter(source=account) | Transfer.objects.filter(target=account):
        sums[transfer.kind] = sums.get(transfer.kind, 0) + transfer.amount
    return sums


def assert_adds_up(balance: GiftBalance) -> None:
    """Issued is spent and left and expired and withdrawn."""
    sums = moved(balance)
    spent = sums.get("payment", 0) - sums.get("return", 0)
    left_now = Account.objects.get(pk=balance.account_id).balance
    gone = sums.get("lapse", 0) + sums.get("withdrawal", 0)
    assert sums["issue"] == spent + left_now + gone


__all__ = ["ABC", "again", "assert_adds_up", "end_due_balances", "gift", "left", "moved", "refund"]
