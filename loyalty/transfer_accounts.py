"""Whose points: the accounts of the ledger, found, made when first needed, and locked in the order of their ids."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from loyalty.models import Account
from shop.models import Customer, Store


@dataclass(frozen=True, slots=True)
class Locked:
    """Account ids by customer; the account that points are issued from; what the accounts owe, where they do."""

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
    """The customer's account, made when it is first needed, locked until the transaction ends."""
    lock_accounts(customer.store, [customer.pk])
    return Account.objects.get(customer=customer, asset=Account.Asset.POINTS, kind=Account.Kind.CUSTOMER)


def lock_accounts(store: Store, customer_ids: Iterable[int]) -> Locked:
    """Lock the customers' accounts in the order of their ids, making those that are missing.

    The account that points are issued from is not locked: every order of the shop needs it. One statement where the
    accounts are there.
    """
    wanted = sorted(set(customer_ids))
    rows = _lock_those_there(store, wanted)
    there = {customer_id for _, customer_id, _ in rows}
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
    mine = [row for row in rows if row[1] is not None]
    (issued_id,) = [account_id for account_id, customer_id, _ in rows if customer_id is None]
    return Locked(
        accounts={customer_id: account_id for account_id, customer_id, _ in mine if customer_id is not None},
        issued_id=issued_id,
        owed={account_id: owed for account_id, _, owed in mine if owed},
    )


LOCK_ACCOUNTS = """
SELECT account.id, account.customer_id, account.owed
FROM loyalty_account account
WHERE account.store_id = %(store)s AND account.customer_id = ANY(%(customers)s)
    AND account.kind = 'customer' AND account.asset = 'points'
ORDER BY account.id
FOR NO KEY UPDATE
"""
ISSUED_ACCOUNT = """
SELECT account.id, NULL::bigint, 0::bigint FROM loyalty_account account
WHERE account.store_id = %(store)s AND account.kind = 'issued' AND account.asset = 'points'
"""
LOCK_BOTH = f"(SELECT * FROM ({LOCK_ACCOUNTS}) mine) UNION ALL ({ISSUED_ACCOUNT})"  # noqa: S608


def _lock_those_there(store: Store, customer_ids: Sequence[int]) -> list[tuple[int, int | None, int]]:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_BOTH, {"store": store.pk, "customers": list(customer_ids)})
        return list(cursor.fetchall())
