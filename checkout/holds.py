"""What a reserved quote holds, read from its rows, and taken out piece by piece by who turns it into something."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest

from checkout.models import Quote, Reservation
from loyalty.take_use import NOT_HELD, HeldUse


@dataclass(slots=True)
class Pool:
    """What is still there to be taken: points by lot, coupons by id, uses by offer id, money by a gift balance's
    account.

    `customer_id` is whose points and uses they are; `account_id` where the points are.
    """

    customer_id: int | None
    account_id: int | None
    points: dict[int, int]
    coupons: set[int]
    uses: dict[int, list[HeldUse]]
    gifts: dict[int, int]

    def take_coupon(self, coupon_id: int) -> bool:
        if coupon_id not in self.coupons:
            return False
        self.coupons.remove(coupon_id)
        return True

    def take_use(self, offer_id: int, *, customer_id: int | None) -> HeldUse:
        """One use, or nothing. A use that somebody else is counted for stays behind; the rest of it serves."""
        mine = self.uses.get(offer_id)
        if not mine:
            return NOT_HELD
        held = mine.pop(0)
        if held.customer_use_id is not None and customer_id != self.customer_id:
            mine.append(HeldUse(customer_use_id=held.customer_use_id))
            held = replace(held, customer_use_id=None)
        return held

    def rest_of(self, offer_id: int) -> list[HeldUse]:
        """What nobody has taken of the offer; it is gone from here then."""
        return self.uses.pop(offer_id, [])


def empty_pool() -> Pool:
    return Pool(None, None, {}, set(), {}, {})


@dataclass(frozen=True, slots=True)
class Holds:
    """A quote whose row is locked, and what it holds."""

    quote: Quote
    account_id: int | None
    points: Mapping[int, int]
    coupons: frozenset[int]
    uses: Mapping[int, tuple[HeldUse, ...]]
    gifts: Mapping[int, int]

    def open(self) -> Pool:
        """A copy to take from: whoever has to begin again finds everything as it was."""
        return Pool(
            customer_id=self.quote.customer_id,
            account_id=self.account_id,
            points=dict(self.points),
            coupons=set(self.coupons),
            uses={offer_id: list(held) for offer_id, held in self.uses.items()},
            gifts=dict(self.gifts),
        )


def read_holds(quote: Quote) -> Holds:
    """Of a quote whose row the caller has locked. One query."""
    rows = list(
        Reservation.objects.filter(quote=quote)
        .select_related("offer_use", "day_use", "customer_use", "budget", "lot")
        .order_by("id")
    )
    return Holds(
        quote=quote,
        account_id=next((row.lot.account_id for row in rows if row.lot is not None), None),
        points={row.lot_id: row.amount for row in rows if row.lot_id is not None},
        coupons=frozenset(row.coupon_id for row in rows if row.coupon_id is not None),
        uses=_uses(rows),
        gifts={row.account_id: row.amount for row in rows if row.account_id is not None},
    )


def _uses(rows: list[Reservation]) -> dict[int, tuple[HeldUse, ...]]:
    """Of one offer every use holds the same kinds of rows, so they are put together as they come."""
    places: defaultdict[int, list[int]] = defaultdict(list)
    days: defaultdict[int, list[int]] = defaultdict(list)
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    money: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        if row.offer_use is not None:
            places[row.offer_use.offer_id].append(row.offer_use.pk)
        if row.day_use is not None:
            days[row.day_use.offer_id].append(row.day_use.pk)
        if row.customer_use is not None:
            numbers[row.customer_use.offer_id].append(row.customer_use.pk)
        if row.budget is not None:
            money[row.budget.offer_id].append((row.budget.pk, row.amount))
    return {
        offer_id: tuple(
            _as_one(place, day, number, budget)
            for place, day, number, budget in zip_longest(
                places[offer_id], days[offer_id], numbers[offer_id], money[offer_id]
            )
        )
        for offer_id in sorted({*places, *days, *numbers, *money})
    }


def _as_one(
    place: int | None, day: int | None, number: int | None, budget: tuple[int, int] | None
) -> HeldUse:
    budget_id, amount = budget or (None, 0)
    return HeldUse(place, number, budget_id, amount, day)


def rows_of(
    quote: Quote,
    *,
    points: Mapping[int, int],
    coupons: set[int],
    uses: list[HeldUse],
    gifts: Mapping[int, int],
) -> Iterator[Reservation]:
    """The rows that say what `quote` holds."""
    for lot_id, part in points.items():
        yield Reservation(quote=quote, lot_id=lot_id, amount=part)
    for account_id, amount in sorted(gifts.items()):
        yield Reservation(quote=quote, account_id=account_id, amount=amount)
    for coupon_id in sorted(coupons):
        yield Reservation(quote=quote, coupon_id=coupon_id)
    for held in uses:
        yield from _rows_of_use(quote, held)


def _rows_of_use(quote: Quote, held: HeldUse) -> Iterator[Reservation]:
    if held.offer_use_id is not None:
        yield Reservation(quote=quote, offer_use_id=held.offer_use_id)
    if held.day_use_id is not None:
        yield Reservation(quote=quote, day_use_id=held.day_use_id)
    if held.customer_use_id is not None:
        yield Reservation(quote=quote, customer_use_id=held.customer_use_id)
    if held.budget_id is not None:
        yield Reservation(quote=quote, budget_id=held.budget_id, amount=held.amount)
