"""The model of friends who bring friends: who brought whom, and what their orders bring those above."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.ledger_machine.model_merges import People
from tests.ledger_machine.model_orders import Order, part, shared
from tests.ledger_machine.model_purse import Portion
from tests.ledger_machine.terms import Terms

COUNTS_FOR = timedelta(days=365)
LIFE_DAYS = 365
WHOLE = 10_000
# A portion, when it begins and ends by what is known now, and now.
MoveInTime = Callable[[Portion, datetime, datetime, datetime], None]


@dataclass(slots=True)
class Reward:
    """`state`: waiting for the payment, granted, or withdrawn."""

    order: Order
    level: int
    who: int
    points: int
    state: str = "waiting"
    taken_back: int = 0
    given_at: datetime | None = None
    portion: Portion | None = None


@dataclass(slots=True)
class Tie:
    """Both numbers are those of then."""

    friend: int
    by: int
    at: datetime


@dataclass(slots=True)
class Friends:
    terms: Terms
    people: People
    ties: list[Tie] = field(default_factory=list)
    rewards: list[Reward] = field(default_factory=list)

    def is_tied(self, head: int) -> bool:
        return any(self.people.head(tie.friend) == head for tie in self.ties)

    def tie_of(self, head: int) -> Tie | None:
        """The first one under any of their numbers; nobody was brought by himself."""
        ties = [tie for tie in self.ties if self.people.head(tie.friend) == head]
        return next((tie for tie in ties if self.people.head(tie.by) != head), None)

    def above(self, head: int) -> list[int]:
        """The nearest first; nobody twice, and never the person again."""
        line: list[int] = []
        at = head
        while (tie := self.tie_of(at)) is not None:
            at = self.people.head(tie.by)
            if at == head or at in line:
                break
            line.append(at)
        return line

    def refusals(self, friend: int, by: int, *, has_bought: bool) -> set[str]:
        """Nobody is brought by himself or his ancestor; only new customers are. Where several hold, any may be told."""
        is_circle = friend in self.above(by) or friend in self.above_by_number(by)
        reasons = {"own_code": friend == by, "not_new": has_bought, "circle": is_circle}
        return {code for code, holds in reasons.items() if holds}

    def above_by_number(self, number: int) -> list[int]:
        """As it would be if no merge had been: it may be undone, and then there is a circle."""
        line: list[int] = []
        while found := [tie.by for tie in self.ties if tie.friend == number]:
            (number,) = found
            line.append(number)
        return line

    def decide(self, order: Order, *, is_first: bool) -> None:
        """Once, when the order is heard of."""
        buyer = self.people.head(order.buyer)
        tie = self.tie_of(buyer)
        if order.is_decided or tie is None:
            return
        order.is_decided = True
        counts = is_first or not self.terms.first_order_only
        if not counts or order.placed_at - tie.at >= COUNTS_FOR:
            return
        for level, (who, rate) in enumerate(zip(self.above(buyer), self.terms.levels, strict=False), start=1):
            points = self.worth(order, rate)
            if self.people.joined_at(who) is not None and points:
                self.rewards.append(Reward(order, level, who, points))

    def worth(self, order: Order, rate: int) -> int:
        if not self.terms.is_share:
            return rate if order.paid else 0
        whole = WHOLE * self.terms.value
        return (2 * order.paid * rate + whole) // (2 * whole)

    def settle(self, order: Order, move_in_time: MoveInTime, now: datetime) -> None:
        """Given once the order is paid, moved with its return window, taken back for what came back."""
        if not (order.paid_at or order.fulfilled_at or order.cancelled_at):
            return
        for reward in self.rewards:
            if reward.order is order and reward.state in ("waiting", "granted"):
                self.settle_one(reward, move_in_time, now)

    def settle_one(self, reward: Reward, move_in_time: MoveInTime, now: datetime) -> None:
        due, purse = self.due_back(reward), self.people.purse(reward.who)
        active_at, ends_at = reward.order.window(self.terms, life_days=LIFE_DAYS)
        if reward.portion is None:
            if due == reward.points:
                reward.state, reward.taken_back = "withdrawn", due
                return
            reward.state, reward.given_at = "granted", now
            reward.portion = purse.credit(reward.points, active_at, ends_at)
        move_in_time(reward.portion, active_at, ends_at, now)
        if due > reward.taken_back:
            purse.take_back(reward.portion, due - reward.taken_back, now)
            reward.taken_back = due
            reward.state = "withdrawn" if due == reward.points else "granted"

    def due_back(self, reward: Reward) -> int:
        lines = reward.order.lines
        if not reward.order.paid:
            return reward.points if reward.order.is_all_back else 0
        shares = shared(reward.points, [line.paid for line in lines])
        return sum(
            part(share, line.refunded, line.quantity) for share, line in zip(shares, lines, strict=True)
        )
