"""Book the end of gift balances: what is left when their time is over, and what comes free of revoked ones.

Late or doubled runs change nothing: whoever pays goes by the time, and what carts hold is passed over until they let
go.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from coupons.find_balances import is_revoked, whole_balances
from coupons.models import GiftBalance
from loyalty.models import Transfer
from loyalty.transfer_gifts import Booking, GiftMove, Purse, last_moves, lock_gifts, take_from_gifts
from shop.models import Store

BATCH = 100

# Accounts that somebody else works on are passed over; a sandbox goes by its own clock.
CLAIM = """
SELECT account.id, balance.store_id, %(at)s + make_interval(secs => store.clock_shift_seconds)
FROM coupons_giftbalance balance
JOIN shop_store store ON store.id = balance.store_id
JOIN loyalty_account account ON account.id = balance.account_id
WHERE balance.lapsed_at IS NULL AND (account.balance > account.held OR account.held = 0) AND balance.id IN (
    SELECT id FROM coupons_giftbalance WHERE lapsed_at IS NULL AND ends_at <= %(at)s
    UNION
    SELECT mine.id FROM shop_store ahead JOIN coupons_giftbalance mine ON mine.store_id = ahead.id
        AND mine.lapsed_at IS NULL
        AND mine.ends_at <= %(at)s + make_interval(secs => ahead.clock_shift_seconds)
    WHERE ahead.clock_shift_seconds > 0
)
ORDER BY account.id LIMIT %(limit)s
FOR NO KEY UPDATE OF account SKIP LOCKED
"""


def end_due_balances(*, at: datetime) -> int:
    """One batch; returns how many have been looked after. `at` is the clock; each store adds its own shift."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, {"at": at, "limit": BATCH})
            rows = cursor.fetchall()
        moments = {store_id: moment for _, store_id, moment in rows}
        due: defaultdict[int, list[int]] = defaultdict(list)
        for account_id, store_id, _ in rows:
            due[store_id].append(account_id)
        for store in Store.objects.filter(pk__in=due):
            settle_balances(due[store.pk], Booking(store, moments[store.pk], at))
        return len(rows)


@dataclass(frozen=True, slots=True)
class Settled:
    """Gift balances whose accounts are locked, and what is in them, by account."""

    balances: dict[int, GiftBalance]
    purses: dict[int, Purse]


def settle_balances(account_ids: Iterable[int], booking: Booking) -> Settled:
    """Lock the accounts in the order of their ids, and take what is free out of those that have ended or were revoked.

    Read behind the lock: what became of a balance while this waited for it counts.
    """
    purses = lock_gifts(account_ids)
    rows = whole_balances(booking.store).filter(account__in=list(purses))
    known = {balance.account_id: balance for balance in rows}
    for kind, over in (
        (Transfer.Kind.WITHDRAWAL, [one for one in known.values() if is_revoked(one)]),
        (Transfer.Kind.LAPSE, [one for one in known.values() if _has_ended(one, at=booking.at)]),
    ):
        _take_free(over, purses, booking, kind=kind)
    ended = [one.pk for one in known.values() if _is_done(one, purses, at=booking.at)]
    if ended:
        GiftBalance.objects.filter(pk__in=ended).update(lapsed_at=booking.at)
    return Settled(known, purses)


def _has_ended(balance: GiftBalance, *, at: datetime) -> bool:
    return balance.ends_at <= at


def _is_done(balance: GiftBalance, purses: dict[int, Purse], *, at: datetime) -> bool:
    """What a cart holds still ends when it lets go."""
    return balance.lapsed_at is None and _has_ended(balance, at=at) and not purses[balance.account_id].held


def _ended_at(over: list[GiftBalance], ids: list[int]) -> dict[int, datetime]:
    """When each balance ended, however late this runs: by its end, or as soon as money came back behind it."""
    arrived = (
        Transfer.objects.filter(target_id__in=ids).values_list("target_id").annotate(at=Max("effective_at"))
    )
    last = dict(arrived.order_by("target_id"))
    return {one.account_id: max(one.ends_at, last[one.account_id]) for one in over if one.account_id in last}


def _take_free(over: list[GiftBalance], purses: dict[int, Purse], booking: Booking, *, kind: str) -> None:
    ids = [one.account_id for one in over if purses[one.account_id].free]
    if not ids:
        return
    last = last_moves(ids)
    ended = _ended_at(over, ids) if kind == Transfer.Kind.LAPSE else {}
    moves = [
        GiftMove(pk, purses[pk].free, f"gift:{pk}:{kind}:{last[pk]}", at=ended.get(pk)) for pk in sorted(ids)
    ]
    take_from_gifts(moves, booking, kind=kind)
    for pk in ids:
        purses[pk] = replace(purses[pk], balance=purses[pk].held)
