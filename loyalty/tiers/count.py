"""What counts towards a tier, in SQL: an order's goods, an order, or points earned, net of what came back.

Each statement answers one row for every thing counted: (customer_id, at, amount, order_id, cuts), where cuts are pairs
of a moment and what was taken away then. Only customers who have joined count, with what they bought from 30 days
before; an order counts from the moment it was placed.
"""

# Placed by somebody who has joined, or joined within 30 days after.
_JOINED = """customer.merged_into_id IS NULL AND customer.joined_at IS NOT NULL AND customer.erased_at IS NULL
    AND __at__ >= customer.joined_at - interval '30 days'"""

# Under all references of the person; one who was merged has nothing of their own.
_MEMBER = """CROSS JOIN LATERAL (
    SELECT customer.id AS id UNION ALL SELECT id FROM shop_customer WHERE merged_into_id = customer.id
) AS member"""
# An import may know of an order only that it was called off.
_REAL = """NOT ("order".status = 'cancelled' AND "order".cancelled_at IS NULL)"""

_IS_GOODS = "(product.id IS NULL OR product.kind = 'goods')"

SPEND = """
SELECT customer.id AS customer_id, "order".placed_at AS at, bought.amount, "order".id AS order_id, (
        SELECT json_agg(json_build_array(cut.at, cut.amount)) FROM (
            SELECT refund.at, greatest(sum(part.amount) FILTER (WHERE __is_goods__) - refund.kept_back, 0)::bigint
                AS amount
            FROM shop_refund refund JOIN shop_refundline part ON part.refund_id = refund.id
            LEFT JOIN shop_orderline line ON line.id = part.order_line_id
            LEFT JOIN shop_product product ON product.id = line.product_id
            WHERE refund.order_id = "order".id GROUP BY refund.id
            UNION ALL SELECT "order".cancelled_at, bought.amount WHERE "order".cancelled_at IS NOT NULL
        ) cut WHERE cut.amount > 0) AS cuts
FROM shop_customer customer __member__ JOIN shop_order "order" ON "order".customer_id = member.id
JOIN LATERAL (
    SELECT coalesce(sum(line.total - line.points_amount), 0)::bigint AS amount
    FROM shop_orderline line LEFT JOIN shop_product product ON product.id = line.product_id
    WHERE line.order_id = "order".id AND __is_goods__
) bought ON bought.amount > 0
WHERE __whose__ AND __joined__ AND __real__
"""

# A wholly refunded order is none. Gifts, which may be kept, do not make it one again.
ORDERS = """
SELECT customer.id AS customer_id, "order".placed_at AS at, 1::bigint AS amount, "order".id AS order_id, (
        SELECT json_agg(json_build_array(cut.at, 1)) FROM (
            SELECT max(refund.at) AS at FROM shop_refund refund
            WHERE refund.order_id = "order".id AND NOT EXISTS (
                SELECT FROM shop_orderline line WHERE line.order_id = "order".id AND NOT line.is_gift
                    AND line.refunded_quantity < line.quantity)
            UNION ALL SELECT "order".cancelled_at
        ) cut WHERE cut.at IS NOT NULL) AS cuts
FROM shop_customer customer __member__ JOIN shop_order "order" ON "order".customer_id = member.id
WHERE __whose__ AND __joined__ AND __real__
"""

# Pending ones too. What an order's refunds took back counts from the refund; the rest from the beginning, since those
# refunds were there before the points. Of points for anything else, what was taken back, and at once what could not be
# and is a debt; repaying that takes nothing more.
POINTS = """
SELECT customer.id AS customer_id, earned.effective_at AS at, earned.amount, earned.order_id, (
        SELECT json_agg(json_build_array(cut.at, cut.amount)) FROM (
            SELECT refund.at, sum(part.points_taken_back)::bigint AS amount
            FROM shop_refund refund JOIN shop_refundline part ON part.refund_id = refund.id
            WHERE refund.order_id = earned.order_id GROUP BY refund.id
            UNION ALL
            SELECT earned.effective_at, (
                coalesce((SELECT sum(taken_back) FROM loyalty_lineearning WHERE accrual_id = earned.id), 0)
                - coalesce((SELECT sum(part.points_taken_back) FROM shop_refund refund
                    JOIN shop_refundline part ON part.refund_id = refund.id
                    WHERE refund.order_id = earned.order_id), 0))::bigint
            WHERE earned.order_id IS NOT NULL
            UNION ALL
            SELECT back.effective_at, back.amount FROM loyalty_transfer back
            WHERE back.reverses_id = earned.id AND earned.order_id IS NULL AND NOT starts_with(back.key, 'debt:')
            UNION ALL
            SELECT owed.at, owed.amount FROM loyalty_debt owed
            WHERE owed.accrual_id = earned.id AND earned.order_id IS NULL
        ) cut WHERE cut.amount > 0) AS cuts
FROM shop_customer customer __member__
JOIN loyalty_account account ON account.customer_id = member.id
    AND account.kind = 'customer' AND account.asset = 'points'
JOIN loyalty_transfer earned ON earned.target_id = account.id AND earned.kind = 'accrual'
WHERE __whose__ AND __joined__
"""

_PLACED, _EARNED = '"order".placed_at', "earned.effective_at"


def _whole(statement: str, *, at: str) -> str:
    joined = _JOINED.replace("__at__", at)
    whole = statement.replace("__is_goods__", _IS_GOODS).replace("__joined__", joined)
    return whole.replace("__real__", _REAL).replace("__member__", _MEMBER)


COUNTED = {
    "spend": _whole(SPEND, at=_PLACED),
    "orders": _whole(ORDERS, at=_PLACED),
    "points": _whole(POINTS, at=_EARNED),
}
OF_CUSTOMERS = "customer.id = ANY(%(customers)s)"
OF_STORE = "customer.store_id = %(store)s"

_WITH_MEASURE = "SELECT '__measure__' AS measure, part.* FROM (__counted__) AS part"

# What is left of each thing, as known now.
_NET = """SELECT counted.customer_id, counted.at, greatest(counted.amount - coalesce((
        SELECT sum((cut ->> 1)::bigint) FROM json_array_elements(counted.cuts) AS cut), 0), 0)::bigint AS amount
    FROM (__counted__) AS counted"""
_SCORES = """SELECT net.customer_id, sum(net.amount)::bigint AS score FROM (__net__) AS net
    WHERE net.at >= %(since)s AND net.at <= %(at)s GROUP BY net.customer_id"""
_SCORE = """(SELECT coalesce(sum(net.amount), 0)::bigint FROM (__net__) AS net
    WHERE net.at >= %(tier_since)s AND net.at <= %(at)s)"""


def counted(measures: list[str]) -> str:
    """The statement for the customers given, with the measure in front of each row. Ascending by moment."""
    parts = [
        _WITH_MEASURE.replace("__measure__", measure).replace("__counted__", _of(measure, OF_CUSTOMERS))
        for measure in measures
    ]
    return f"{' UNION ALL '.join(parts)} ORDER BY customer_id, at, order_id"


def scores(measure: str) -> str:
    """The statement for (customer_id, score) of a store's customers, of what counts in [since, at]."""
    return _SCORES.replace("__net__", _NET.replace("__counted__", _of(measure, OF_STORE)))


def score_of(measure: str, customer: str) -> str:
    """A scalar for one customer, `customer` being an expression for the key; parameters tier_since and at."""
    return _SCORE.replace("__net__", _NET.replace("__counted__", _of(measure, f"customer.id = {customer}")))


def _of(measure: str, whose: str) -> str:
    return COUNTED[measure].replace("__whose__", whose)
