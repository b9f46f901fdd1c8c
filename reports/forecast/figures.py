"""What a forecast says. It is kept as the result of its job, so it is read and written as JSON."""

from datetime import date, datetime

from msgspec import Struct

WHOLE_BP = 10_000


class Month(Struct, frozen=True):
    """One month of the store's calendar: orders in all, orders that the offer would have joined, and its cost."""

    starts_on: date
    orders: int
    qualifying: int
    cost: int


class Missed(Struct, frozen=True):
    """How many orders the offer would not have joined for one reason. `missing`: by how little, at the least."""

    refusal: str
    orders: int
    missing: int | None = None


class Forecast(Struct, frozen=True, kw_only=True):
    """The offer replayed on orders placed in [since, until). Money in minor units of the store's currency.

    `revenue_before` and `revenue_after`: what the qualifying orders would have paid by the offers that run today,
    without and with this one. `cost` is the difference. Margins are net of tax, of the goods whose cost is known; None
    where none is; `cost_known_bp` is these goods' share of the goods paid for. `points`: what the offer would have
    given on top, and their worth is `points_cost`.
    `taken_as_met` names the kinds of conditions that past orders cannot tell. `used_up_on`: the day on which the
    offer's limit or budget would have been reached. `tiers_began_on`: orders before that day count by the tier that
    their buyers have now, since there were no tiers yet; None where none did. `by_segments_now`:
    the offer asks for a segment, and counts whoever is in it today.
    """

    since: datetime
    until: datetime
    orders: int
    qualifying: int
    buyers: int
    revenue_before: int
    revenue_after: int
    margin_before: int | None
    margin_after: int | None
    cost_known_bp: int
    points: int
    points_cost: int
    months: tuple[Month, ...]
    missed: tuple[Missed, ...]
    taken_as_met: tuple[str, ...] = ()
    used_up_on: date | None = None
    needs_code: bool = False
    tiers_began_on: date | None = None
    by_segments_now: bool = False

    @property
    def cost(self) -> int:
        return self.revenue_before - self.revenue_after

    @property
    def margin_left(self) -> int | None:
        """The margin after the offer, its points paid."""
        return None if self.margin_after is None else self.margin_after - self.points_cost

    @property
    def uplift_bp(self) -> int | None:
        """How much more must be sold, at the margin that is left, to earn what was earned without the offer.

        margin before / margin left - 1, in basis points, rounded up. None where the margin is not known, or where
        nothing is left (`is_never`) and no sales make up for it.
        """
        before, left = self.margin_before, self.margin_left
        if before is None or left is None or left <= 0:
            return None
        return max(0, -(-before * WHOLE_BP // left) - WHOLE_BP)

    @property
    def is_never(self) -> bool:
        """The qualifying orders would have earned nothing at all, so no number of them is enough."""
        return self.margin_left is not None and self.margin_left <= 0 < self.qualifying

    @property
    def share_bp(self) -> int:
        """Qualifying orders as a share of all, rounded half up."""
        return (self.qualifying * 2 * WHOLE_BP + self.orders) // (2 * self.orders) if self.orders else 0
