"""The model of people with several numbers: who is who, and what a merge and its undoing move."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.ledger_machine.model_purse import Purse


@dataclass(slots=True)
class Person:
    """A number of the storefront. `joined_at`: under this number alone; `head`: the number of who is left."""

    number: int
    joined_at: datetime | None
    head: int
    has_news: bool = False


@dataclass(slots=True)
class Merge:
    """`family`: the numbers that went along."""

    number: int
    kept: int
    merged: int
    family: list[int]
    is_undone: bool = False


@dataclass(slots=True)
class People:
    numbers: list[Person]
    purses: list[Purse] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.purses = [Purse(each.number) for each in self.numbers]

    def head(self, who: int) -> int:
        return self.numbers[who].head

    def numbers_of(self, head: int) -> list[int]:
        return [each.number for each in self.numbers if each.head == head]

    def is_one(self, one: int, other: int) -> bool:
        return self.head(one) == self.head(other)

    def purse(self, who: int) -> Purse:
        return self.purses[self.head(who)]

    def joined_at(self, who: int) -> datetime | None:
        """Whoever has joined under one number has joined."""
        told = [self.numbers[each].joined_at for each in self.numbers_of(self.head(who))]
        return min((at for at in told if at is not None), default=None)

    def merge(self, kept: int, merged: int, now: datetime) -> str | None:
        """The refusal, if any. Moves balances: portions with their ends, debts; what is owed is repaid out of both."""
        if kept == merged:
            return "merge_with_oneself"
        if self.head(kept) != kept or self.head(merged) != merged:
            return "merged_already"
        done = Merge(len(self.merges), kept, merged, self.numbers_of(merged))
        self.merges.append(done)
        theirs, mine = self.purses[merged], self.purses[kept]
        theirs.hand_over(theirs.alive(now), mine, done.number)
        theirs.hand_over_debts(mine)
        mine.repay(mine.alive(now))
        for number in done.family:
            self.numbers[number].head = kept
        self.numbers[kept].has_news = True
        return None

    def undo(self, done: Merge, now: datetime) -> str | None:
        """The refusal, if any. Returns what is left of each portion, and what is owed of what they had earned."""
        if done.is_undone:
            return "merge_undone_already"
        if self.head(done.merged) != done.kept:
            return "merged_on"
        done.is_undone = True
        theirs, mine = self.purses[done.merged], self.purses[done.kept]
        left = [each for each in mine.alive(now) if done.number in each.merges]
        mine.hand_over(left, theirs, done.number)
        mine.hand_over_debts(theirs, done.family)
        theirs.repay(theirs.alive(now))
        for number in done.family:
            self.numbers[number].head = done.merged
        return None
