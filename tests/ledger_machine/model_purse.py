"""The model of one customer's points: portions with their times, and what is owed. Lists and sums, nothing else."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

RETURNED_LIVE = timedelta(days=14)
_numbers = count(1)


class Short(Exception):
    """There are not enough points that can be spent."""


@dataclass(slots=True, eq=False)
class Portion:
    """`left` points that can be spent in [active_at, ends_at). `came_back`: opened by a return."""

    left: int
    active_at: datetime
    ends_at: datetime
    came_back: bool = False
    number: int = field(default_factory=lambda: next(_numbers))

    def in_order(self) -> tuple[datetime, int]:
        return self.ends_at, self.number


@dataclass(slots=True)
class Purse:
    portions: list[Portion] = field(default_factory=list)
    owed: int = 0

    def alive(self, now: datetime) -> list[Portion]:
        """Not over, earliest expiry first, be it pending or active."""
        there = [each for each in self.portions if each.left and each.ends_at > now]
        return sorted(there, key=Portion.in_order)

    def spendable(self, now: datetime, *, since: datetime | None = None) -> list[Portion]:
        """Active now and, where something is told late, at the moment told as well."""
        return [each for each in self.alive(now) if each.active_at <= (since or now)]

    def active(self, now: datetime, *, since: datetime | None = None) -> int:
        return sum(each.left for each in self.spendable(now, since=since))

    def pending(self, now: datetime) -> int:
        return sum(each.left for each in self.alive(now) if each.active_at > now)

    def spend(
        self, points: int, now: datetime, *, since: datetime | None = None
    ) -> list[tuple[Portion, int]]:
        """Earliest expiry first. Raises Short."""
        found = self.spendable(now, since=since)
        if sum(each.left for each in found) < points:
            raise Short
        return take(found, points)

    def credit(
        self, points: int, active_at: datetime, ends_at: datetime, *, came_back: bool = False
    ) -> Portion:
        """Every credit repays debt first."""
        repaid = min(points, self.owed)
        self.owed -= repaid
        portion = Portion(points - repaid, active_at, ends_at, came_back)
        self.portions.append(portion)
        return portion

    def give_back(self, origin: Portion, points: int, now: datetime) -> None:
        """To a portion that ends at the later of the origin's end and 14 days from now, once only."""
        ends_at = origin.ends_at if origin.came_back else max(origin.ends_at, now + RETURNED_LIVE)
        self.credit(points, origin.active_at, ends_at, came_back=True)

    def take_back(self, own: Portion, points: int, now: datetime) -> None:
        """From their own portion, pending or active, then from the earliest expiry; the rest is a debt."""
        alive = self.alive(now)
        found = [each for each in alive if each is own] + [each for each in alive if each is not own]
        taken = sum(part for _, part in take(found, points))
        self.owed += points - taken


def take(portions: list[Portion], points: int) -> list[tuple[Portion, int]]:
    """Up to `points`, in the order given."""
    taken = []
    for portion in portions:
        part = min(points, portion.left)
        if part:
            portion.left -= part
            points -= part
            taken.append((portion, part))
    return taken


def move_between(giver: Purse, receiver: Purse, points: int, now: datetime) -> None:
    """What arrives keeps its end. All arrives before the receiver's debt is repaid, out of what ends first."""
    taken = giver.spend(points, now)
    owed, receiver.owed = receiver.owed, 0
    arrived = [receiver.credit(part, origin.active_at, origin.ends_at) for origin, part in taken]
    repaid = sum(part for _, part in take(sorted(arrived, key=Portion.in_order), owed))
    receiver.owed = owed - repaid
