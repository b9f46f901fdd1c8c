"""Points that pay for an order: what is spendable, earliest expiry first, in one statement. Part of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from loyalty.models import Account, Transfer
from loyalty.transfer_accounts import programme_account
from loyalty.transfer_debts import digest
from loyalty.transfer_lots import LinePoints, settle
from shop.models import Order
from shop.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Spent:
    """`has_moved`: all of it. If not, `found` is what could be spent; `is_due`: something has ended that still lies
    there; `is_open`: the programme has the account that spent points go to."""

    has_moved: bool
    found: int
    is_due: bool
    is_open: bool


def take_points(
    order: Order, lines: Sequence[LinePoints], *, account_id: int, at: datetime, at_recorded: datetime
) -> int:
    """Take what `lines` cost from a locked account; lots are served in the order of the lines. Returns the points that
    are missing: 0, or nothing was taken. Once per order: a second time the transfer's key is there."""
    amount = sum(line.points for line in lines)
    spent = _take(order, lines, amount, account_id=account_id, at=at, at_recorded=at_recorded)
    if spent.is_due or not spent.is_open:
        # What is over ends before anything is spent, whether or not the job has come by.
        settle(order.store, account_id, at=at, at_recorded=at_recorded)
        programme_account(order.store, Account.Kind.SPENT)
        spent = _take(order, lines, amount, account_id=account_id, at=at, at_recorded=at_recorded)
    return 0 if spent.has_moved else max(1, amount - spent.found)


# The limit stands in the WHERE; the movement and all that belongs to it are written where it has held.
TAKE = Prepared(
    """
WITH open AS (
    SELECT id, "left" - held AS free, ends_at FROM loyalty_lot
    WHERE account_id = %(account)s AND "left" > held AND active_at <= %(at)s AND ends_at > %(at)s
    ORDER BY ends_at, id
    FOR UPDATE
), ordered AS (
    SELECT id, free, sum(free) OVER (ORDER BY ends_at, id)::bigint - free AS since FROM open
), taken AS (
    SELECT id, since, least(free, %(amount)s - since) AS points FROM ordered WHERE since < %(amount)s
), looked AS (
    SELECT coalesce((SELECT sum(points)::bigint FROM taken), 0) AS found,
        EXISTS (SELECT FROM loyalty_lot
            WHERE account_id = %(account)s AND "left" > held AND ends_at <= %(at)s) AS is_due,
        (SELECT id FROM loyalty_account
            WHERE store_id = %(store)s AND kind = 'spent' AND asset = 'points' AND customer_id IS NULL) AS spent_id
), debited AS (
    UPDATE loyalty_account SET balance = balance - %(amount)s FROM looked
    WHERE loyalty_account.id = %(account)s AND balance >= held + %(amount)s
        AND looked.found = %(amount)s AND NOT looked.is_due AND looked.spent_id IS NOT NULL
    RETURNING looked.spent_id
), posted AS (
    INSERT INTO loyalty_transfer (
        store_id, kind, asset, source_id, target_id, amount, key, input_hash, order_id, effective_at, recorded_at
    )
    SELECT %(store)s, 'redemption', 'points', %(account)s, spent_id, %(amount)s, %(key)s, %(hash)s, %(order)s,
        %(at)s, %(recorded)s
    FROM debited
    RETURNING id
), lessened AS (
    UPDATE loyalty_lot SET "left" = "left" - taken.points FROM taken, posted WHERE loyalty_lot.id = taken.id
), line AS (
    SELECT line_id, points, sum(points) OVER (ORDER BY place)::bigint - points AS since
    FROM unnest(%(lines)s, %(points)s) WITH ORDINALITY AS given (line_id, points, place)
    WHERE points > 0
), used AS (
    INSERT INTO loyalty_lotuse (transfer_id, lot_id, line_id, amount, returned)
    SELECT posted.id, taken.id, line.line_id,
        least(taken.since + taken.points, line.since + line.points) - greatest(taken.since, line.since), 0
    FROM posted CROSS JOIN taken
    JOIN line ON line.since < taken.since + taken.points AND taken.since < line.since + line.points
    ORDER BY taken.since, line.since
)
SELECT EXISTS (SELECT FROM posted), found, is_due, spent_id IS NOT NULL FROM looked
""",
    {
        "account": "bigint",
        "amount": "bigint",
        "at": "timestamptz",
        "store": "bigint",
        "key": "text",
        "hash": "bytea",
        "order": "bigint",
        "recorded": "timestamptz",
        "lines": "bigint[]",
        "points": "bigint[]",
    },
)


def _take(
    order: Order,
    lines: Sequence[LinePoints],
    amount: int,
    *,
    account_id: int,
    at: datetime,
    at_recorded: datetime,
) -> Spent:
    assert connection.in_atomic_block, "a transfer belongs to the transaction of what it pays for"
    key = f"order:{order.pk}:redemption"
    asked: dict[str, Any] = {
        "account": account_id,
        "amount": amount,
        "at": at,
        "store": order.store_id,
        "key": key,
        "hash": digest(Transfer.Kind.REDEMPTION, account_id, amount, key),
        "order": order.pk,
        "recorded": at_recorded,
        "lines": [line.line_id for line in lines],
        "points": [line.points for line in lines],
    }
    with connection.cursor() as cursor:
        TAKE.execute(cursor, asked)
        return Spent(*cursor.fetchone())
