"""The model of one customer's points: portions with their times, and what is owed. Lists and sums, nothing else."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

_numbers = count(1)


class Short(Exception):
    """There are not enough points that can be spent."""


@dataclass(slots=True, eq=False)
class Portion:
    """`left` points that can be spent in [active_at, ends_at). `came_back`: opened by a return. `owner`: whose it was
    when it was opened. Moved by a merge it goes on as another one of the same `root`, which names the merges."""

    left: int
    active_at: datetime
    ends_at: datetime
    owner: int
    came_back: bool = False
    number: int = field(default_factory=lambda: next(_numbers))
    root: int = 0
    merges: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        self.root = self.root or self.number

    def in_order(self) -> tuple[datetime, int]:
        return self.ends_at, self.number


@dataclass(slots=True)
class Debt:
    """What is owed of what `owner` had earned and could not give back."""

    left: int
    owner: int
    number: int = field(default_factory=lambda: next(_numbers))


@dataclass(slots=True)
class Purse:
    owner: int
    portions: list[Portion] = field(default_factory=list)
    debts: list[Debt] = field(default_factory=list)

    @property
    def owed(self) -> int:
        return sum(debt.left for debt in self.debts)

    def alive(self, now: datetime) -> list[Portion]:
        """Not over, earliest expiry first, be it pending or active."""
        there = [each for each in self.portions if each.left and each.ends_at > now]
        return sorted(there, key=Portion.in_order)

    def spendable(self, now: datetime, *, since: datetime | None = None) -> list[Portion]:
        """Active now and, where something is told late, at the moment told as well."""
        return [each for each in self.alive(now) if each.active_at <= (since or now)]

    def active(self, now: datetime, *, since: datetime | None = None) -> int:
        return sum(each.left for each in self.spendable(now, since=since))

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
        portion = Portion(points, active_at, ends_at, self.owner, came_back)
        self.portions.append(portion)
        self.repay([portion])
        return portion

    def repay(self, portions: list[Portion]) -> None:
        """The oldest debts first, as far as `portions` go, in the order given."""
        for debt in self.debts:
            debt.left -= sum(points for _, points in take(portions, debt.left))
        self.debts = [debt for debt in self.debts if debt.left]

    def give_back(self, origin: Portion, points: int, *, at_least_until: datetime) -> None:
        """To a portion that ends at the later of the origin's end and that day's, once only."""
        ends_at = origin.ends_at if origin.came_back else max(origin.ends_at, at_least_until)
        self.credit(points, origin.active_at, ends_at, came_back=True)

    def take_back(self, own: Portion, points: int, now: datetime) -> None:
        """From their own portion, pending or active, then from the earliest expiry; the rest is a debt."""
        alive = self.alive(now)
        mine = [each for each in alive if each.root == own.root]
        found = mine + [each for each in alive if each.root != own.root]
        taken = sum(part for _, part in take(found, points))
        if taken < points:
            self.debts.append(Debt(points - taken, own.owner))

    def hand_over(self, portions: list[Portion], other: "Purse", merge: int) -> None:
        """All that is in these of mine; each keeps its times."""
        for portion in portions:
            merges = portion.merges | {merge}
            moved = Portion(
                portion.left,
                portion.active_at,
                portion.ends_at,
                portion.owner,
                portion.came_back,
                root=portion.root,
                merges=merges,
            )
            portion.left = 0
            other.portions.append(moved)

    def hand_over_debts(self, other: "Purse", owners: Collection[int] | None = None) -> None:
        """All of them, or those of these owners."""
        moved = [debt for debt in self.debts if owners is None or debt.owner in owners]
        self.debts = [debt for debt in self.debts if debt not in moved]
        other.debts = sorted(other.debts + moved, key=lambda debt: debt.number)


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
    arrived = [Portion(part, origin.active_at, origin.ends_at, receiver.owner) for origin, part in taken]
    receiver.portions += arrived
    receiver.repay(sorted(arrived, key=Portion.in_order))
