"""Issue a gift balance: money behind a new code. The caller owns the transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection, transaction
from django.db.utils import IntegrityError

from coupons.find_balances import whole_balances
from coupons.gift_codes import new_gift_code, open_code, seal_code, show_gift_code
from coupons.models import GiftBalance, GiftProduct
from loyalty.transfer_gifts import Booking, open_gift
from shop.clock import end_of_day, local_date
from shop.models import Customer, OrderLine, Store, User
from shop.record import record

DAYS_MAX = 3_653
# With every balance that a store may ever issue this stays far from the end of 64 bits.
AMOUNT_MAX = 10_000_000_000
CODE_TRIES_MAX = 5


class GiftFault(StrEnum):
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"
    DAYS_OUT_OF_RANGE = "days_out_of_range"
    OTHER_STORE = "gift_other_store"
    ISSUE_CONFLICT = "gift_issue_conflict"  # the key was used for another amount or another holder
    ABOVE_LIMIT = "above_limit"  # more than the role of whoever issues it allows


class GiftRefused(Exception):
    def __init__(self, code: GiftFault) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class GiftTerms:
    """What is issued. `key`: one gift balance per key of the store. `line` and `unit` are where it was bought."""

    amount: int
    key: str
    days: int = GiftProduct.DEFAULT_DAYS
    customer: Customer | None = None
    by: User | None = None
    reason: str = ""
    line: OrderLine | None = None
    unit: int | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """`created` is False for a repeat, which finds the first one."""

    balance: GiftBalance
    created: bool


def issue_balance(store: Store, terms: GiftTerms, booking: Booking) -> Issued:
    """Valid to the end of the store's local day `days` from now. Raises GiftRefused."""
    assert connection.in_atomic_block, "a gift balance belongs to the transaction of what it is issued for"
    _refuse(store, terms)
    mine = whole_balances(store).filter(issue_key=terms.key)
    found = mine.first()
    fresh = _insert(store, terms, booking) if found is None else None
    if fresh is not None:
        issued = whole_balances(store).get(pk=fresh)
        _note(issued, booking)
        return Issued(issued, created=True)
    found = found or mine.get()
    same_holder = found.customer_id == (terms.customer.pk if terms.customer else None)
    if found.face_value != terms.amount or not same_holder:
        raise GiftRefused(GiftFault.ISSUE_CONFLICT)
    return Issued(found, created=False)


def code_of(balance: GiftBalance) -> str:
    """The whole code, for who may see it: its holder, a mail to them, a logged export. Raises CodeUnreadable."""
    return show_gift_code(open_code(bytes(balance.code_cipher)))


def end_of_balance(store: Store, *, days: int, at: datetime) -> datetime:
    return end_of_day(store, local_date(store, at) + timedelta(days=days))


def _refuse(store: Store, terms: GiftTerms) -> None:
    if not 1 <= terms.amount <= AMOUNT_MAX:
        raise GiftRefused(GiftFault.AMOUNT_OUT_OF_RANGE)
    if not 1 <= terms.days <= DAYS_MAX:
        raise GiftRefused(GiftFault.DAYS_OUT_OF_RANGE)
    if terms.customer is not None and terms.customer.store_id != store.pk:
        raise GiftRefused(GiftFault.OTHER_STORE)


def _insert(store: Store, terms: GiftTerms, booking: Booking) -> int | None:
    """Its number; None where somebody else has issued one under this key meanwhile. The account and its movement go
    with it, or not at all."""
    try:
        with transaction.atomic():
            account = open_gift(terms.amount, booking)
            sealed = seal_code(new_gift_code(), store_id=store.pk)
            created = GiftBalance.objects.create(
                store=store,
                account=account,
                code_hash=sealed.code_hash,
                code_cipher=sealed.code_cipher,
                ending=sealed.ending,
                face_value=terms.amount,
                customer=terms.customer,
                line=terms.line,
                unit=terms.unit,
                issue_key=terms.key,
                by=terms.by,
                reason=terms.reason,
                issued_at=booking.at,
                ends_at=end_of_balance(store, days=terms.days, at=booking.at),
            )
    except IntegrityError as error:
        if "coupons_giftbalance_issued_once" not in str(error):
            raise
        return None
    return created.pk


def _note(balance: GiftBalance, booking: Booking) -> None:
    """By number: a code in the activity would be a code in every export of it."""
    record(
        "gift_balance.issued",
        store=booking.store,
        at=booking.at,
        customer=balance.customer,
        subject=f"gift_balance:{balance.pk}",
        subject_id=balance.pk,
        data={"amount": balance.face_value, "by": balance.by_id},
    )
