"""Amounts that a playbook's questions start from: of the store's own orders, or by the size of its currency."""

from collections.abc import Mapping
from typing import Final

from babel.numbers import get_currency_precision

from reports.queries.usual_order import usual_order
from shop.models import Store

# How many units of the currency go for about one euro, pound or dollar, to the power of ten. Not named: one.
UNITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("CNY", "DKK", "HKD", "MAD", "MXN", "NOK", "SEK", "TRY", "UAH", "ZAR"), 10),
    **dict.fromkeys(("AMD", "CZK", "DZD", "INR", "JPY", "KES", "KGS", "PHP", "RSD", "RUB", "THB"), 100),
    **dict.fromkeys(("ARS", "CLP", "HUF", "KRW", "KZT", "MNT", "NGN", "XAF", "XOF"), 1_000),
    **dict.fromkeys(("COP", "IDR", "UZS", "VND"), 10_000),
}
# Sums that read like a decision: 15 and 150, never 148.37.
ROUND: Final = (10, 15, 20, 25, 30, 40, 50, 60, 80)


def propose_minimum(store: Store) -> int:
    """A little over a usual order, in minor units, so that the offer asks for one thing more."""
    median = usual_order(store)
    return in_currency(store, 20) if median is None else _round_up(median)


def in_currency(store: Store, euros: int) -> int:
    """So many euros by the size of the store's currency, in minor units: 3 are 300.00 roubles."""
    return euros * UNITS.get(store.currency, 1) * int(10 ** get_currency_precision(store.currency))


def _round_up(amount: int) -> int:
    """The next round sum above, in minor units."""
    power = 1
    while True:
        for head in ROUND:
            if head * power > amount:
                return head * power
        power *= 10
