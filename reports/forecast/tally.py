"""Adding up what became of each past order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pricing.values import WHOLE_BP, Cart, Quote
from reports.forecast.figures import Forecast, Missed, Month
from reports.forecast.past_orders import PastOrder

MISSED_MAX = 10


@dataclass(frozen=True, slots=True)
class Earned:
    """Of the goods of one quote: what was paid for all, for those with a known cost, and their margin net of tax."""

    goods: int
    known: int
    margin: int


def earned(cart: Cart, quote: Quote) -> Earned:
    """Tax is taken out of each line once, rounded half up, as the margin reports do. Gifts are paid for by the rest."""
    known = margin = 0
    has_cost = False
    for line, quoted in zip(cart.lines, quote.lines, strict=True):
        if line.cost is not None:
            has_cost = True
            known += quoted.net
            margin += _net_of_tax(quoted.net, line.tax_bp) - line.cost * line.quantity
    for gift in quote.gifts:
        cost = cart.gifts[gift.sku].cost
        if has_cost and cost is not None:
            margin -= cost * gift.quantity
    return Earned(sum(quoted.net for quoted in quote.lines), known, margin)


def _net_of_tax(amount: int, tax_bp: int) -> int:
    whole = WHOLE_BP + tax_bp
    return (2 * amount * WHOLE_BP + whole) // (2 * whole)


@dataclass(slots=True)
class _MonthTally:
    orders: int = 0
    qualifying: int = 0
    cost: int = 0


@dataclass(slots=True)
class Tally:
    """Running sums; `forecast()` writes them down."""

    orders: int = 0
    qualifying: int = 0
    revenue_before: int = 0
    revenue_after: int = 0
    margin_before: int = 0
    margin_after: int = 0
    goods: int = 0
    known: int = 0
    knows_cost: bool = False
    points: int = 0
    used_up_on: date | None = None
    buyers: set[int] = field(default_factory=set)
    months: dict[date, _MonthTally] = field(default_factory=dict)
    missed: Counter[str] = field(default_factory=Counter)
    nearest: dict[str, int] = field(default_factory=dict)

    def saw(self, on: date) -> None:
        self.orders += 1
        self._month(on).orders += 1

    def missed_by(self, refusal: str, missing: int | None) -> None:
        self.missed[refusal] += 1
        if missing is not None:
            self.nearest[refusal] = min(missing, self.nearest.get(refusal, missing))

    def joined(
        self, past: PastOrder, on: date, *, before: Quote, after: Quote, without: Earned, with_it: Earned
    ) -> None:
        self.qualifying += 1
        if past.customer_id is not None:
            self.buyers.add(past.customer_id)
        self.revenue_before += before.payable
        self.revenue_after += after.payable
        self.points += after.points_to_earn - before.points_to_earn
        self.goods += without.goods
        self.known += without.known
        self.knows_cost = self.knows_cost or without.known > 0
        self.margin_before += without.margin
        self.margin_after += with_it.margin
        month = self._month(on)
        month.qualifying += 1
        month.cost += before.payable - after.payable

    def _month(self, on: date) -> _MonthTally:
        return self.months.setdefault(on.replace(day=1), _MonthTally())

    def forecast(
        self,
        *,
        since: datetime,
        until: datetime,
        point_value: int,
        taken_as_met: Sequence[str],
        needs_code: bool,
        tiers_began_on: date | None = None,
        by_segments_now: bool = False,
    ) -> Forecast:
        return Forecast(
            since=since,
            until=until,
            orders=self.orders,
            qualifying=self.qualifying,
            buyers=len(self.buyers),
            revenue_before=self.revenue_before,
            revenue_after=self.revenue_after,
            margin_before=self.margin_before if self.knows_cost else None,
            margin_after=self.margin_after if self.knows_cost else None,
            cost_known_bp=self.known * WHOLE_BP // self.goods if self.goods else 0,
            points=self.points,
            points_cost=self.points * point_value,
            months=tuple(
                Month(starts_on, month.orders, month.qualifying, month.cost)
                for starts_on, month in sorted(self.months.items())
            ),
            missed=tuple(
                Missed(refusal, orders, self.nearest.get(refusal))
                for refusal, orders in self.missed.most_common(MISSED_MAX)
            ),
            taken_as_met=tuple(taken_as_met),
            used_up_on=self.used_up_on,
            needs_code=needs_code,
            tiers_began_on=tiers_began_on,
            by_segments_now=by_segments_now,
        )
