"""The questions that a recheck asks the database row by row, each over the whole store in one pass.

Each answers rows of (code, subject, expected, found) where two things differ that should not. Tables are read once and
joined as wholes, so that the time grows with the rows and not with their number times itself. Most need not be asked:
see verify_proof.
"""

from loyalty.findings import FindingCode

# What is looked up row by row is only what has been found to differ, or is few: debts, earnings of returned lines.
QUESTIONS: dict[FindingCode, str] = {
    FindingCode.BALANCE_IS_NOT_ITS_TRANSFERS: """
        SELECT 'balance_is_not_its_transfers', 'account:' || account.id, coalesce(moved.amount, 0), account.balance
        FROM loyalty_account account
        LEFT JOIN (
            SELECT account_id, sum(amount)::bigint AS amount FROM (
                SELECT target_id AS account_id, amount FROM loyalty_transfer WHERE store_id = %(store)s
                UNION ALL
                SELECT source_id, -amount FROM loyalty_transfer WHERE store_id = %(store)s
            ) AS moves GROUP BY account_id
        ) moved ON moved.account_id = account.id
        WHERE account.store_id = %(store)s AND account.kind IN ('customer', 'gift')
            AND account.balance <> coalesce(moved.amount, 0)
        ORDER BY account.id LIMIT %(limit)s
    """,
    FindingCode.BALANCE_IS_NOT_ITS_LOTS: """
        SELECT CASE WHEN account.balance <> coalesce(lots."left", 0) THEN 'balance_is_not_its_lots'
            ELSE 'held_is_not_its_lots' END, 'account:' || account.id,
            CASE WHEN account.balance <> coalesce(lots."left", 0) THEN coalesce(lots."left", 0)
            ELSE coalesce(lots.held, 0) END,
            CASE WHEN account.balance <> coalesce(lots."left", 0) THEN account.balance ELSE account.held END
        FROM loyalty_account account
        LEFT JOIN (
            SELECT account_id, sum("left")::bigint AS "left", sum(held)::bigint AS held
            FROM loyalty_lot GROUP BY account_id
        ) lots ON lots.account_id = account.id
        WHERE account.store_id = %(store)s AND account.kind = 'customer'
            AND (account.balance <> coalesce(lots."left", 0) OR account.held <> coalesce(lots.held, 0))
        ORDER BY account.id LIMIT %(limit)s
    """,
    FindingCode.POINTS_WITHOUT_LOT: """
        SELECT CASE WHEN lot.id IS NULL THEN 'points_without_lot' ELSE 'lot_is_not_its_transfer' END,
            coalesce('lot:' || lot.id, 'transfer:' || transfer.id), transfer.amount, coalesce(lot.amount, 0)
        FROM loyalty_transfer transfer
        LEFT JOIN loyalty_lot lot ON lot.transfer_id = transfer.id
        WHERE transfer.store_id = %(store)s AND (
            lot.amount <> transfer.amount OR lot.account_id <> transfer.target_id
            OR lot.id IS NULL AND EXISTS (
                SELECT FROM loyalty_account account WHERE account.id = transfer.target_id AND account.kind = 'customer'
            )
        )
        ORDER BY transfer.id LIMIT %(limit)s
    """,
    FindingCode.LOT_IS_NOT_ITS_USES: """
        SELECT 'lot_is_not_its_uses', 'lot:' || lot.id, lot.expected, lot."left"
        FROM (
            SELECT lot.id, lot.account_id, lot.amount - coalesce(used.amount, 0) AS expected, lot."left"
            FROM loyalty_lot lot
            LEFT JOIN (
                SELECT lot_id, sum(amount)::bigint AS amount FROM loyalty_lotuse GROUP BY lot_id
            ) used ON used.lot_id = lot.id
            WHERE lot.amount - coalesce(used.amount, 0) <> lot."left"
            OFFSET 0  -- whose they are is asked of those that differ, not of all
        ) lot
        JOIN loyalty_account account ON account.id = lot.account_id AND account.store_id = %(store)s
        ORDER BY lot.id LIMIT %(limit)s
    """,
    FindingCode.OWED_IS_NOT_ITS_DEBTS: """
        SELECT 'owed_is_not_its_debts', 'account:' || account.id, coalesce(debts.open, 0), account.owed
        FROM loyalty_account account
        LEFT JOIN (
            SELECT account_id, sum(amount - repaid)::bigint AS open FROM loyalty_debt
            WHERE store_id = %(store)s GROUP BY account_id
        ) debts ON debts.account_id = account.id
        WHERE account.store_id = %(store)s AND account.owed <> coalesce(debts.open, 0)
        ORDER BY account.id LIMIT %(limit)s
    """,
    # What came back of a redemption, by its uses of lots, and by the transfers that reverse it.
    FindingCode.RETURNED_IS_NOT_ITS_TRANSFERS: """
        SELECT 'returned_is_not_its_transfers', 'transfer:' || spent.id, back.given, back.returned
        FROM (
            SELECT coalesce(used.transfer_id, given.reverses_id) AS id, coalesce(given.amount, 0) AS given,
                coalesce(used.returned, 0) AS returned
            FROM (
                SELECT transfer_id, sum(returned)::bigint AS returned FROM loyalty_lotuse
                WHERE returned > 0 GROUP BY transfer_id
            ) used
            FULL JOIN (
                SELECT reverses_id, sum(amount)::bigint AS amount FROM loyalty_transfer
                WHERE store_id = %(store)s AND reverses_id IS NOT NULL GROUP BY reverses_id
            ) given ON given.reverses_id = used.transfer_id
            WHERE coalesce(given.amount, 0) <> coalesce(used.returned, 0)
            OFFSET 0
        ) back
        JOIN loyalty_transfer spent ON spent.id = back.id
        WHERE spent.store_id = %(store)s AND spent.kind = 'redemption'
        ORDER BY spent.id LIMIT %(limit)s
    """,
    # What lines had to give back of what they earned: taken, or owed still.
    FindingCode.TAKEN_BACK_IS_NOT_ITS_TRANSFERS: """
        SELECT 'taken_back_is_not_its_transfers', 'transfer:' || earned.id, reversed.amount + owed.amount,
            lines.taken_back
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
        SELECT 'spent_is_not_its_transfer', 'order:' || "order".id, coalesce(moved.amount, 0),
            greatest("order".points_spent, coalesce(lines.points, 0))
        FROM shop_order "order"
        LEFT JOIN (
            SELECT order_id, sum(amount)::bigint AS amount FROM loyalty_transfer
            WHERE store_id = %(store)s AND kind = 'redemption' AND asset = 'points' AND order_id IS NOT NULL
            GROUP BY order_id
        ) moved ON moved.order_id = "order".id
        LEFT JOIN (
            SELECT order_id, sum(points_spent)::bigint AS points FROM shop_orderline
            WHERE points_spent > 0 GROUP BY order_id
        ) lines ON lines.order_id = "order".id
        WHERE "order".store_id = %(store)s AND (
            "order".points_spent <> coalesce(moved.amount, 0) OR "order".points_spent <> coalesce(lines.points, 0)
        )
        ORDER BY "order".id LIMIT %(limit)s
    """,
    FindingCode.REFUNDED_IS_NOT_ITS_REFUNDS: """
        SELECT 'refunded_is_not_its_refunds', 'order:' || "order".id, coalesce(given.amount, 0), "order".refunded
        FROM shop_order "order"
        LEFT JOIN (
            SELECT order_id, sum(amount)::bigint AS amount FROM shop_refund
            WHERE store_id = %(store)s GROUP BY order_id
        ) given ON given.order_id = "order".id
        WHERE "order".store_id = %(store)s AND "order".refunded <> coalesce(given.amount, 0)
        ORDER BY "order".id LIMIT %(limit)s
    """,
    FindingCode.DISCOUNT_IS_NOT_ITS_ROWS: """
        SELECT 'discount_is_not_its_rows', 'order:' || "order".id, "order".discount + "order".delivery_discount,
            coalesce(given.amount, 0)
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
        SELECT 'uses_are_not_their_orders', 'offer:' || offer.id, given.orders, uses.used
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
        SELECT 'day_uses_are_not_their_orders', 'day_use:' || counter.id, coalesce(counted.orders, 0), counter.used
        FROM loyalty_offerdayuse counter
        JOIN loyalty_offer offer ON offer.id = counter.offer_id AND offer.store_id = %(store)s
        LEFT JOIN (
            SELECT counter_id, count(*) AS orders FROM loyalty_orderdayuse GROUP BY counter_id
        ) counted ON counted.counter_id = counter.id
        WHERE counter.used <> coalesce(counted.orders, 0)
        ORDER BY counter.id LIMIT %(limit)s
    """,
    # What gift balances paid of orders and got back, by the order, by its lines, and row by row.
    FindingCode.PAID_BY_BALANCES_IS_NOT_ITS_PAYMENTS: """
        SELECT 'paid_by_balances_is_not_its_payments', 'order:' || "order".id, coalesce(paid.amount, 0),
            "order".balance_amount
        FROM shop_order "order"
        LEFT JOIN (
            SELECT order_id, sum(amount)::bigint AS amount, sum(returned)::bigint AS returned
            FROM loyalty_balancepayment WHERE store_id = %(store)s GROUP BY order_id
        ) paid ON paid.order_id = "order".id
        LEFT JOIN (
            SELECT order_id, sum(balance_amount)::bigint AS amount FROM shop_orderline
            WHERE order_id IN (SELECT order_id FROM loyalty_balancepayment WHERE store_id = %(store)s)
            GROUP BY order_id
        ) lines ON lines.order_id = "order".id
        WHERE "order".store_id = %(store)s AND ("order".balance_amount > 0 OR paid.order_id IS NOT NULL) AND (
            "order".balance_amount <> coalesce(paid.amount, 0)
            OR "order".balance_refunded <> coalesce(paid.returned, 0)
            OR "order".balance_amount - "order".delivery_balance_amount <> coalesce(lines.amount, 0)
        )
        ORDER BY "order".id LIMIT %(limit)s
    """,
    FindingCode.BALANCE_MOVED_IS_NOT_ITS_PAYMENTS: """
        SELECT 'balance_moved_is_not_its_payments', 'account:' || account_id,
            coalesce(moved.paid, 0) - coalesce(moved.returned, 0), coalesce(rows.paid, 0) - coalesce(rows.returned, 0)
        FROM (
            SELECT order_id, account_id, sum(amount)::bigint AS paid, sum(returned)::bigint AS returned
            FROM loyalty_balancepayment WHERE store_id = %(store)s GROUP BY order_id, account_id
        ) rows
        FULL JOIN (
            SELECT order_id, CASE kind WHEN 'payment' THEN source_id ELSE target_id END AS account_id,
                coalesce(sum(amount) FILTER (WHERE kind = 'payment'), 0)::bigint AS paid,
                coalesce(sum(amount) FILTER (WHERE kind = 'return'), 0)::bigint AS returned
            FROM loyalty_transfer WHERE store_id = %(store)s AND kind IN ('payment', 'return') GROUP BY 1, 2
        ) moved USING (order_id, account_id)
        WHERE coalesce(moved.paid, 0) <> coalesce(rows.paid, 0)
            OR coalesce(moved.returned, 0) <> coalesce(rows.returned, 0)
        ORDER BY account_id LIMIT %(limit)s
    """,
    # Issued is spent, left, ended and withdrawn: nothing else moves a gift balance.
    FindingCode.GIFT_BALANCE_DOES_NOT_ADD_UP: """
        SELECT 'gift_balance_does_not_add_up', 'account:' || account.id,
            coalesce(moved.issued - moved.spent - moved.gone, 0), account.balance
        FROM loyalty_account account
        LEFT JOIN (
            SELECT account_id, coalesce(sum(amount) FILTER (WHERE kind = 'issue'), 0)::bigint AS issued,
                coalesce(sum(CASE kind WHEN 'payment' THEN amount WHEN 'return' THEN -amount END), 0)::bigint AS spent,
                coalesce(sum(amount) FILTER (WHERE kind IN ('lapse', 'withdrawal')), 0)::bigint AS gone
            FROM (
                SELECT target_id AS account_id, kind, amount FROM loyalty_transfer
                WHERE store_id = %(store)s AND asset = 'money' AND kind IN ('issue', 'return')
                UNION ALL
                SELECT source_id, kind, amount FROM loyalty_transfer
                WHERE store_id = %(store)s AND asset = 'money' AND kind IN ('payment', 'lapse', 'withdrawal')
            ) AS moves GROUP BY account_id
        ) moved ON moved.account_id = account.id
        WHERE account.store_id = %(store)s AND account.kind = 'gift'
            AND account.balance <> coalesce(moved.issued - moved.spent - moved.gone, 0)
        ORDER BY account.id LIMIT %(limit)s
    """,
}
