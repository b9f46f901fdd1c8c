"""Gift balances as payment: taken after all discounts and after points, the one that ends earliest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from pricing.allocate import allocate
from pricing.values import Cart, PaidBalance, Quote, require


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left, in minor units, of the gift balance behind `code`. `ends_at` is None if it never ends."""

    code: str
    left: int
    ends_at: int | None = None

    def __post_init__(self) -> None:
        require(self.left >= 0, "a gift balance cannot be negative")


def pay_by_balances(quote: Quote, cart: Cart, balances: Iterable[Balance]) -> Quote:
    """`quote` with as much of it paid by the balances as they hold, goods and delivery together.

    What takes no points takes no balance either: a gift balance is not bought with another. What is paid is
    shared over lines and delivery by what is still to be paid of them. It counts as paid: points are earned on it.
    """
    open_amounts = [
        0 if line.no_points else quoted.net - quoted.points_amount
        for line, quoted in zip(cart.lines, quote.lines, strict=True)
    ]
    open_amounts.append(quote.delivery)
    rest = sum(open_amounts)
    paid: list[PaidBalance] = []
    for balance in sorted(balances, key=_end):
        amount = min(balance.left, rest)
        if amount:
            paid.append(PaidBalance(balance.code, amount))
            rest -= amount
    total = sum([part.amount for part in paid])
    *parts, of_delivery = allocate(total, open_amounts)
    return quote._replace(
        lines=tuple(
            quoted._replace(balance_amount=part) for quoted, part in zip(quote.lines, parts, strict=True)
        ),
        payable=quote.payable - total,
        balances=tuple(paid),
        balance_amount=total,
        delivery_balance_amount=of_delivery,
    )


def _end(balance: Balance) -> tuple[bool, int, str]:
    """What never ends comes last; the code only makes the order total."""
    return (balance.ends_at is None, balance.ends_at or 0, balance.code)


class PaidShare(NamedTuple):
    """What the gift balance behind `code` pays of the line at `place`, counted from 0; of delivery where it is None."""

    code: str
    place: int | None
    amount: int


def share_out(quote: Quote) -> list[PaidShare]:
    """Which balance pays what: one after the other, in the order of the lines, delivery last.

    Each line's shares sum to its `balance_amount`, each balance's to what it pays; none is empty.
    """
    wanted: list[tuple[int | None, int]] = [
        (place, line.balance_amount) for place, line in enumerate(quote.lines)
    ]
    wanted.append((None, quote.delivery_balance_amount))
    shares: list[PaidShare] = []
    purses = iter(quote.balances)
    code, left = "", 0
    for place, wish in wanted:
        missing = wish
        while missing:
            if not left:
                code, left = next(purses)
            amount = min(missing, left)
            shares.append(PaidShare(code, place, amount))
            missing -= amount
            left -= amount
    return shares
