"""The model of friends who bring friends: who brought whom, and what their orders bring those above."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.ledger_machine.model_orders import Order, part, shared
from tests.ledger_machine.model_purse import Portion, Purse
from tests.ledger_machine.terms import Terms

COUNTS_FOR = timedelta(days=365)
LIFE_DAYS = 365
WHOLE = 10_000


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
class Friends:
    terms: Terms
    ties: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    rewards: list[Reward] = field(default_factory=list)

    def above(self, who: int) -> list[int]:
        """The nearest first."""
        line: list[int] = []
        while who in self.ties:
            who = self.ties[who][0]
            line.append(who)
        return line

    def refusals(self, friend: int, by: int, *, has_bought: bool) -> set[str]:
        """Nobody is brought by himself or his ancestor; only new customers are. Where several hold, any may be told."""
        reasons = {"own_code": friend == by, "not_new": has_bought, "circle": friend in self.above(by)}
        return {code for code, holds in reasons.items() if holds}

    def decide(self, order: Order, *, is_first: bool, members: set[int], now: datetime) -> None:
        """Once, when the order is heard of."""
        tie = self.ties.get(order.buyer)
        if order.is_decided or tie is None:
            return
        order.is_decided = True
        counts = is_first or not self.terms.first_order_only
        if not counts or order.placed_at - tie[1] >= COUNTS_FOR:
            return
        for level, (who, rate) in enumerate(
            zip(self.above(order.buyer), self.terms.levels, strict=False), start=1
        ):
            points = self.worth(order, rate)
            if who in members and points:
                self.rewards.append(Reward(order, level, who, points))

    def worth(self, order: Order, rate: int) -> int:
        if not self.terms.is_share:
            return rate if order.paid else 0
        whole = WHOLE * self.terms.value
        return (2 * order.paid * rate + whole) // (2 * whole)

    def settle(self, order: Order, purses: list[Purse], now: datetime) -> None:
        """Given once the order is paid, moved with its return window, taken back for what came back."""
        if not (order.paid_at or order.fulfilled_at or order.cancelled_at):
            return
        for reward in self.rewards:
            if reward.order is order and reward.state in ("waiting", "granted"):
                self.settle_one(reward, purses[reward.who], now)

    def settle_one(self, reward: Reward, purse: Purse, now: datetime) -> None:
        due = self.due_back(reward)
        active_at, ends_at = reward.order.window(self.terms, life_days=LIFE_DAYS)
        if reward.portion is None:
            if due == reward.points:
                reward.state, reward.taken_back = "withdrawn", due
                return
            reward.state, reward.given_at = "granted", now
            reward.portion = purse.credit(reward.points, active_at, ends_at)
        if reward.portion.active_at > now:
            reward.portion.active_at, reward.portion.ends_at = active_at, ends_at
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
