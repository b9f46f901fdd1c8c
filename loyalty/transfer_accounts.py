"""Whose points: the accounts of the ledger, found, made when first needed, and locked in the order of their ids."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from loyalty.models import Account
from shop.models import Customer, Store
from shop.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Locked:
    """Account ids by customer; the account that points are issued from; what the accounts owe, where they do.

    Of a customer who was merged into another one it is the other one's account.
    """

    accounts: dict[int, int]
    issued_id: int
    owed: dict[int, int]


def programme_account(store: Store, kind: str, *, asset: str = Account.Asset.POINTS) -> Account:
    """The programme's own account of a kind, made when it is first needed."""
    mine = Account.objects.filter(store=store, kind=kind, customer=None, asset=asset)
    found = mine.first()
    if found is None:
        Account.objects.bulk_create([Account(store=store, kind=kind, asset=asset)], ignore_conflicts=True)
        found = mine.get()
    return found


def customer_account(customer: Customer) -> Account:
    """The customer's account, made when it is first needed, locked until the transaction ends. Of a merged customer:
    that of the one who is left."""
    return Account.objects.get(pk=lock_accounts(customer.store, [customer.pk]).accounts[customer.pk])


def lock_accounts(store: Store, customer_ids: Iterable[int]) -> Locked:
    """Lock the customers' accounts in the order of their ids, making those that are missing.

    The account that points are issued from is not locked: every order of the shop needs it. One statement where the
    accounts are there.
    """
    wanted = sorted(set(customer_ids))
    rows = _lock_those_there(store, wanted)
    there = {row.customer_id for row in rows}
    missing = [customer_id for customer_id in wanted if customer_id not in there]
    if missing or None not in there:
        fresh = [
            Account(store=store, kind=Account.Kind.CUSTOMER, customer_id=customer_id)
            for customer_id in missing
        ]
        if None not in there:
            fresh.append(Account(store=store, kind=Account.Kind.ISSUED))
        Account.objects.bulk_create(fresh, ignore_conflicts=True)
        rows = _lock_those_there(store, wanted)
    mine = [row for row in rows if row.customer_id is not None]
    (issued_id,) = [row.account_id for row in rows if row.customer_id is None]
    owed = {row.account_id: row.owed for row in mine if row.owed}
    # Told by the locked rows, so that nobody misses a merge that ended while they waited.
    if away := {row.merged_into for row in mine if row.merged_into is not None}:
        owed |= _lock_heads(away)
    return Locked(
        accounts={
            row.customer_id: row.merged_into or row.account_id for row in mine if row.customer_id is not None
        },
        issued_id=issued_id,
        owed=owed,
    )


LOCK_ACCOUNTS = """
SELECT account.id, account.customer_id, account.owed, account.merged_into_id
FROM loyalty_account account
WHERE account.store_id = %(store)s AND account.customer_id = ANY(%(customers)s)
    AND account.kind = 'customer' AND account.asset = 'points'
ORDER BY account.id
FOR NO KEY UPDATE
"""
ISSUED_ACCOUNT = """
SELECT account.id, NULL::bigint, 0::bigint, NULL::bigint FROM loyalty_account account
WHERE account.store_id = %(store)s AND account.kind = 'issued' AND account.asset = 'points'
"""
LOCK_BOTH = Prepared(
    f"(SELECT * FROM ({LOCK_ACCOUNTS}) mine) UNION ALL ({ISSUED_ACCOUNT})",  # noqa: S608
    {"store": "bigint", "customers": "bigint[]"},
)


class _Row(NamedTuple):
    account_id: int
    customer_id: int | None
    owed: int
    merged_into: int | None


def _lock_those_there(store: Store, customer_ids: Sequence[int]) -> list[_Row]:
    with connection.cursor() as cursor:
        LOCK_BOTH.execute(cursor, {"store": store.pk, "customers": list(customer_ids)})
        return [_Row(*row) for row in cursor.fetchall()]


def _lock_heads(account_ids: Iterable[int]) -> dict[int, int]:
    """The accounts of those who are left of merged customers; what they owe, where they do. One that was merged itself
    meanwhile has taken these along: whoever waited for it begins anew."""
    rows = Account.objects.filter(pk__in=list(account_ids)).order_by("id").select_for_update(no_key=True)
    heads = list(rows)
    assert all(head.merged_into_id is None for head in heads), "an account points at one that is in use"
    return {head.pk: head.owed for head in heads if head.owed}
