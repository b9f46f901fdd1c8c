"""What a recheck of the books asks of the programmes beside the ledger: stamp cards, partners, friends, budgets.

Answers are rows of (code, subject, expected, found), as in verify_statements. Facts that still wait for their consumer
are not asked about yet: it brings the rows to where they belong.
"""

from loyalty.findings import FindingCode

QUESTIONS: dict[FindingCode, str] = {
    # A full card may lack stamps that were taken off for returns, and no others.
    FindingCode.FULL_CARD_IS_NOT_ITS_STAMPS: """
        SELECT 'full_card_is_not_its_stamps', 'stamp_holder:' || holder.id, cards.needed - gone.withdrawn, cards.kept
        FROM (
            SELECT full_card.holder_id, sum(stamps.kept)::bigint AS kept,
                coalesce(sum(full_card.needed) FILTER (WHERE full_card.withdrawn_at IS NULL), 0)::bigint AS needed,
                bool_or(stamps.kept > full_card.needed) OR bool_or(stamps.foreign_ones > 0)
                    OR bool_or(stamps.kept > 0 AND full_card.withdrawn_at IS NOT NULL) AS is_off
            FROM loyalty_fullcard full_card
            JOIN LATERAL (
                SELECT count(*) AS kept, count(*) FILTER (WHERE stamp.holder_id <> full_card.holder_id) AS foreign_ones
                FROM loyalty_stamp stamp WHERE stamp.full_card_id = full_card.id
            ) AS stamps ON true
            WHERE full_card.store_id = %(store)s GROUP BY full_card.holder_id
        ) AS cards
        JOIN loyalty_stampholder holder ON holder.id = cards.holder_id
        JOIN LATERAL (
            SELECT count(*) AS withdrawn FROM loyalty_stamp stamp
            WHERE stamp.holder_id = holder.id AND stamp.withdrawn_at IS NOT NULL
        ) AS gone ON true
        WHERE cards.is_off OR cards.needed - gone.withdrawn > cards.kept
        ORDER BY holder.id LIMIT %(limit)s
    """,
    FindingCode.STAMPS_ARE_NOT_THEIR_ORDERS: """
        SELECT 'stamps_are_not_their_orders', 'order:' || "order".id, 0, count(*)
        FROM shop_order "order"
        JOIN loyalty_stamp stamp ON stamp.order_id = "order".id AND stamp.withdrawn_at IS NULL
        WHERE "order".store_id = %(store)s AND "order".cancelled_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM shop_outbox waiting
            WHERE waiting.consumer = 'checkout.stamps' AND waiting.subject_id = "order".id
        )
        GROUP BY "order".id ORDER BY "order".id LIMIT %(limit)s
    """,
    # What came back of a line takes its share of the commission back, rounded half up.
    FindingCode.COMMISSION_IS_NOT_ITS_LINE: """
        SELECT 'commission_is_not_its_line', 'order:' || line.order_id, owed.wanted, owed.total
        FROM (
            SELECT line_id, max(wanted) AS wanted, sum(amount)::bigint AS total FROM (
                SELECT commission.line_id, commission.amount,
                    CASE WHEN commission.kind = 'earned' THEN commission.amount
                        - (2 * commission.amount * line.refunded_quantity + line.quantity) / (2 * line.quantity)
                    END AS wanted
                FROM loyalty_commission commission JOIN shop_orderline line ON line.id = commission.line_id
                WHERE commission.store_id = %(store)s
            ) AS rows GROUP BY line_id
        ) AS owed
        JOIN shop_orderline line ON line.id = owed.line_id
        WHERE owed.total <> coalesce(owed.wanted, 0) AND NOT EXISTS (
            SELECT FROM shop_outbox waiting
            WHERE waiting.consumer = 'checkout.acquirer' AND waiting.subject_id = line.order_id
        )
        ORDER BY line.id LIMIT %(limit)s
    """,
    FindingCode.PAYOUT_IS_NOT_ITS_COMMISSIONS: """
        SELECT 'payout_is_not_its_commissions', 'payout:' || payout.id, coalesce(paid.amount, 0),
            payout.earned + payout.taken_back
        FROM loyalty_payout payout
        LEFT JOIN (
            SELECT payout_id, sum(amount)::bigint AS amount,
                coalesce(sum(amount) FILTER (WHERE kind = 'earned'), 0)::bigint AS earned
            FROM loyalty_commission WHERE store_id = %(store)s AND payout_id IS NOT NULL GROUP BY payout_id
        ) AS paid ON paid.payout_id = payout.id
        WHERE payout.store_id = %(store)s AND (
            payout.earned + payout.taken_back <> coalesce(paid.amount, 0)
            OR payout.earned <> coalesce(paid.earned, 0)
        )
        ORDER BY payout.id LIMIT %(limit)s
    """,
    # What had to be taken back was taken, or is owed still.
    FindingCode.FRIEND_REWARD_IS_NOT_ITS_TRANSFERS: """
        SELECT 'friend_reward_is_not_its_transfers', 'order:' || reward.order_id,
            coalesce(given.amount, 0) - moved.back - moved.owed,
            CASE WHEN reward.transfer_id IS NULL AND reward.status <> 'granted' THEN 0
                ELSE reward.points - reward.taken_back END
        FROM loyalty_referralreward reward
        LEFT JOIN loyalty_transfer given ON given.id = reward.transfer_id
        JOIN LATERAL (
            SELECT coalesce((
                SELECT sum(amount) FROM loyalty_transfer WHERE reverses_id = given.id
            ), 0)::bigint AS back, coalesce((
                SELECT sum(amount - repaid) FROM loyalty_debt WHERE accrual_id = given.id
            ), 0)::bigint AS owed
        ) AS moved ON true
        WHERE reward.store_id = %(store)s AND reward.campaign = '' AND (
            reward.transfer_id IS NULL AND reward.status = 'granted'
            OR reward.points <> given.amount
            OR reward.transfer_id IS NOT NULL AND reward.taken_back <> moved.back + moved.owed
        )
        ORDER BY reward.id LIMIT %(limit)s
    """,
    FindingCode.BUDGET_IS_NOT_ITS_DISCOUNTS: """
        SELECT 'budget_is_not_its_discounts', 'offer:' || budget.offer_id, given.amount, budget.spent
        FROM loyalty_offerbudget budget
        JOIN loyalty_offer offer ON offer.id = budget.offer_id
        JOIN LATERAL (
            SELECT coalesce(sum(discount.amount), 0)::bigint AS amount
            FROM loyalty_offerversion version
            JOIN loyalty_discount discount ON discount.version_id = version.id
            JOIN shop_order "order" ON "order".id = discount.order_id
            WHERE version.offer_id = offer.id AND "order".status <> 'cancelled'
                -- what was given before the offer had a budget was not counted
                AND (version.document #> '{limits,budget_max}') > 'null'::jsonb
        ) AS given ON true
        WHERE offer.store_id = %(store)s AND budget.spent < given.amount
        ORDER BY offer.id LIMIT %(limit)s
    """,
}
