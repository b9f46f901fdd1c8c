"""Recheck a store's ledger: what is kept beside the transfers must equal what the transfers say."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from shop.models import Store


class FindingCode(StrEnum):
    BALANCE_IS_NOT_ITS_TRANSFERS = "balance_is_not_its_transfers"
    BALANCE_IS_NOT_ITS_LOTS = "balance_is_not_its_lots"
    HELD_IS_NOT_ITS_LOTS = "held_is_not_its_lots"
    POINTS_WITHOUT_LOT = "points_without_lot"
    LOT_IS_NOT_ITS_TRANSFER = "lot_is_not_its_transfer"
    LOT_IS_NOT_ITS_USES = "lot_is_not_its_uses"
    OWED_IS_NOT_ITS_DEBTS = "owed_is_not_its_debts"
    RETURNED_IS_NOT_ITS_TRANSFERS = "returned_is_not_its_transfers"
    TAKEN_BACK_IS_NOT_ITS_TRANSFERS = "taken_back_is_not_its_transfers"
    SPENT_IS_NOT_ITS_TRANSFER = "spent_is_not_its_transfer"
    REFUNDED_IS_NOT_ITS_REFUNDS = "refunded_is_not_its_refunds"
    DISCOUNT_IS_NOT_ITS_ROWS = "discount_is_not_its_rows"
    USES_ARE_NOT_THEIR_ORDERS = "uses_are_not_their_orders"
    DAY_USES_ARE_NOT_THEIR_ORDERS = "day_uses_are_not_their_orders"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not add up. `subject` names the row, for example "account:12"."""

    code: FindingCode
    subject: str
    expected: int
    found: int


# Each answers rows of (subject, expected, found) where the two differ. Sums over the whole store, set-based.
CHECKS: dict[FindingCode, str] = {
    FindingCode.BALANCE_IS_NOT_ITS_TRANSFERS: """
        SELECT 'account:' || account.id, coalesce(moved.amount, 0), account.balance
        FROM loyalty_account account
        LEFT JOIN (
            SELECT account_id, sum(amount)::bigint AS amount FROM (
                SELECT target_id AS account_id, amount FROM loyalty_transfer WHERE store_id = %(store)s
                UNION ALL
                SELECT source_id, -amount FROM loyalty_transfer WHERE store_id = %(store)s
            ) AS moves GROUP BY account_id
        ) moved ON moved.account_id = account.id
        WHERE account.store_id = %(store)s AND account.kind = 'customer'
            AND account.balance <> coalesce(moved.amount, 0)
        ORDER BY account.id LIMIT %(limit)s
    """,
    FindingCode.BALANCE_IS_NOT_ITS_LOTS: """
        SELECT 'account:' || account.id, coalesce(lots."left", 0), account.balance
        FROM loyalty_account account
        LEFT JOIN (
            SELECT account_id, sum("left")::bigint AS "left" FROM loyalty_lot GROUP BY account_id
        ) lots ON lots.account_id = account.id
        WHERE account.store_id = %(store)s AND account.kind = 'customer'
            AND account.balance <> coalesce(lots."left", 0)
        ORDER BY account.id LIMIT %(limit)s
    """,
    FindingCode.HELD_IS_NOT_ITS_LOTS: """
        SELECT 'account:' || account.id, coalesce(lots.held, 0), account.held
        FROM loyalty_account account
        LEFT JOIN (
            SELECT account_id, sum(held)::bigint AS held FROM loyalty_lot GROUP BY account_id
        ) lots ON lots.account_id = account.id
        WHERE account.store_id = %(store)s AND account.held <> coalesce(lots.held, 0)
        ORDER BY account.id LIMIT %(limit)s
    """,
    FindingCode.POINTS_WITHOUT_LOT: """
        SELECT 'transfer:' || transfer.id, transfer.amount, 0
        FROM loyalty_transfer transfer
        JOIN loyalty_account target ON target.id = transfer.target_id AND target.kind = 'customer'
        LEFT JOIN loyalty_lot lot ON lot.transfer_id = transfer.id
        WHERE transfer.store_id = %(store)s AND lot.id IS NULL
        ORDER BY transfer.id LIMIT %(limit)s
    """,
    FindingCode.LOT_IS_NOT_ITS_TRANSFER: """
        SELECT 'lot:' || lot.id, transfer.amount, lot.amount
        FROM loyalty_lot lot
        JOIN loyalty_transfer transfer ON transfer.id = lot.transfer_id
        WHERE transfer.store_id = %(store)s
            AND (lot.amount <> transfer.amount OR lot.account_id <> transfer.target_id)
        ORDER BY lot.id LIMIT %(limit)s
    """,
    FindingCode.LOT_IS_NOT_ITS_USES: """
        SELECT 'lot:' || lot.id, lot.amount - coalesce(sum(use.amount), 0)::bigint, lot."left"
        FROM loyalty_lot lot
        JOIN loyalty_account account ON account.id = lot.account_id AND account.store_id = %(store)s
        LEFT JOIN loyalty_lotuse use ON use.lot_id = lot.id
        GROUP BY lot.id HAVING lot.amount - coalesce(sum(use.amount), 0) <> lot."left"
        ORDER BY lot.id LIMIT %(limit)s
    """,
    FindingCode.OWED_IS_NOT_ITS_DEBTS: """
        SELECT 'account:' || account.id, coalesce(sum(debt.amount - debt.repaid), 0)::bigint, account.owed
        FROM loyalty_account account
        LEFT JOIN loyalty_debt debt ON debt.account_id = account.id
        WHERE account.store_id = %(store)s
        GROUP BY account.id HAVING coalesce(sum(debt.amount - debt.repaid), 0) <> account.owed
        ORDER BY account.id LIMIT %(limit)s
    """,
    # What came back of a redemption, by its uses of lots, and by the transfers that reverse it.
    FindingCode.RETURNED_IS_NOT_ITS_TRANSFERS: """
        SELECT 'transfer:' || spent.id, reversed.amount, used.returned
        FROM loyalty_transfer spent
        JOIN LATERAL (
            SELECT coalesce(sum(returned), 0)::bigint AS returned FROM loyalty_lotuse WHERE transfer_id = spent.id
        ) used ON true
        JOIN LATERAL (
            SELECT coalesce(sum(amount), 0)::bigint AS amount FROM loyalty_transfer WHERE reverses_id = spent.id
        ) reversed ON true
        WHERE spent.store_id = %(store)s AND spent.kind = 'redemption' AND used.returned <> reversed.amount
        ORDER BY spent.id LIMIT %(limit)s
    """,
    # What lines had to give back of what they earned: taken, or owed still.
    FindingCode.TAKEN_BACK_IS_NOT_ITS_TRANSFERS: """
        SELECT 'transfer:' || earned.id, reversed.amount + owed.amount, lines.taken_back
        FROM loyalty_transfer earned
        JOIN (
            SELECT accrual_id, sum(taken_back)::bigint AS taken_back FROM loyalty_lineearning GROUP BY accrual_id
        ) lines ON lines.accrual_id = earned.id
        JOIN LATERAL (
            SELECT coalesce(sum(amount), 0)::bigint AS amount FROM loyalty_transfer WHERE reverses_id = earned.id
        ) reversed ON true
        JOIN LATERAL (
            SELECT coalesce(sum(amount - repaid), 0)::bigint AS amount FROM loyalty_debt WHERE accrual_id = earned.id
        ) owed ON true
        WHERE earned.store_id = %(store)s AND lines.taken_back <> reversed.amount + owed.amount
        ORDER BY earned.id LIMIT %(limit)s
    """,
    FindingCode.SPENT_IS_NOT_ITS_TRANSFER: """
        SELECT 'order:' || "order".id, coalesce(moved.amount, 0), greatest("order".points_spent, lines.points)
        FROM shop_order "order"
        JOIN LATERAL (
            SELECT coalesce(sum(points_spent), 0)::bigint AS points FROM shop_orderline WHERE order_id = "order".id
        ) lines ON true
        LEFT JOIN loyalty_transfer moved ON moved.order_id = "order".id AND moved.kind = 'redemption'
        WHERE "order".store_id = %(store)s AND ("order".points_spent > 0 OR moved.id IS NOT NULL)
            AND ("order".points_spent <> coalesce(moved.amount, 0) OR "order".points_spent <> lines.points)
        ORDER BY "order".id LIMIT %(limit)s
    """,
    FindingCode.REFUNDED_IS_NOT_ITS_REFUNDS: """
        SELECT 'order:' || "order".id, coalesce(given.amount, 0), "order".refunded
        FROM shop_order "order"
        LEFT JOIN (
            SELECT order_id, sum(amount)::bigint AS amount FROM shop_refund
            WHERE store_id = %(store)s GROUP BY order_id
        ) given ON given.order_id = "order".id
        WHERE "order".store_id = %(store)s AND "order".refunded <> coalesce(given.amount, 0)
        ORDER BY "order".id LIMIT %(limit)s
    """,
    FindingCode.DISCOUNT_IS_NOT_ITS_ROWS: """
        SELECT 'order:' || "order".id, "order".discount + "order".delivery_discount, coalesce(given.amount, 0)
        FROM shop_order "order"
        LEFT JOIN (
            SELECT order_id, sum(amount)::bigint AS amount FROM loyalty_discount
            WHERE store_id = %(store)s GROUP BY order_id
        ) given ON given.order_id = "order".id
        WHERE "order".store_id = %(store)s
            AND "order".discount + "order".delivery_discount <> coalesce(given.amount, 0)
        ORDER BY "order".id LIMIT %(limit)s
    """,
    FindingCode.USES_ARE_NOT_THEIR_ORDERS: """
        SELECT 'offer:' || offer.id, given.orders, uses.used
        FROM loyalty_offer offer
        JOIN (
            SELECT offer_id, sum(used)::bigint AS used FROM loyalty_offeruse GROUP BY offer_id
        ) uses ON uses.offer_id = offer.id
        JOIN LATERAL (
            SELECT count(DISTINCT discount.order_id) AS orders
            FROM loyalty_discount discount
            JOIN loyalty_offerversion version ON version.id = discount.version_id
            JOIN shop_order "order" ON "order".id = discount.order_id
            WHERE version.offer_id = offer.id
                -- a cancelled order may have given its use back
                AND "order".status <> 'cancelled'
                -- uses before the offer had a limit were not counted
                AND (version.document #> '{limits,uses_max}') > 'null'::jsonb
        ) given ON true
        WHERE offer.store_id = %(store)s AND uses.used < given.orders
        ORDER BY offer.id LIMIT %(limit)s
    """,
    FindingCode.DAY_USES_ARE_NOT_THEIR_ORDERS: """
        SELECT 'day_use:' || counter.id, coalesce(counted.orders, 0), counter.used
        FROM loyalty_offerdayuse counter
        JOIN loyalty_offer offer ON offer.id = counter.offer_id AND offer.store_id = %(store)s
        LEFT JOIN (
            SELECT counter_id, count(*) AS orders FROM loyalty_orderdayuse GROUP BY counter_id
        ) counted ON counted.counter_id = counter.id
        WHERE counter.used <> coalesce(counted.orders, 0)
        ORDER BY counter.id LIMIT %(limit)s
    """,
}


def verify_ledger(store: Store, *, limit: int = 1000) -> list[Finding]:
    """Everything in the store's books that does not add up, at most `limit` of each kind; empty if all is well."""
    return [finding for code in CHECKS for finding in _check(store, code, limit)]


def _check(store: Store, code: FindingCode, limit: int) -> list[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(CHECKS[code], {"store": store.pk, "limit": limit})
        return [Finding(code, subject, expected, found) for subject, expected, found in cursor.fetchall()]
