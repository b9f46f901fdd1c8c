"""From which order on free delivery pays for itself."""

WHOLE_BP = 10_000


def break_even(delivery_cost: int, *, margin_bp: int, tax_bp: int) -> int:
    """The total, with tax, whose margin pays for the delivery: net cost ÷ margin share, plus tax, rounded up.

    Minor units and basis points: 300 at 3000 and 2000 is 1200 (handbook §9). `margin_bp` is above 0.
    """
    assert margin_bp > 0, "without a margin nothing pays for itself"
    return -(-delivery_cost * (WHOLE_BP + tax_bp) // margin_bp)
