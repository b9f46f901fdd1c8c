"""The state machine: rules that do the same to the product, on a real database, and to the model; then both must say
the same of every customer.

An example is one transaction, rolled back at its end, after the constraints that wait for a commit were asked.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from checkout.errors import RefundRefused
from loyalty.adjust import AdjustmentRefused
from loyalty.hand_on import MoveRefused
from loyalty.referrals.join import JoinRefused
from loyalty.verify import verify_ledger
from tests.factories import number
from tests.ledger_machine.model import Club, Person
from tests.ledger_machine.model_days import day_is_over, day_of
from tests.ledger_machine.model_orders import Order
from tests.ledger_machine.programmes import FIRST, LAST, Programme
from tests.ledger_machine.shop_side import ShopSide

PEOPLE = 4
WHO = st.integers(0, PEOPLE - 1)
ANY = st.integers(0, 10_000)
GOODS = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 900).map(lambda n: n * 5)), min_size=1, max_size=3
)
ASKED = st.sampled_from([0, 1, 20, 150, 10_000, 10_000])
BACK = st.sampled_from([None, None, 0, 1, 3, 10, 25])
STATE = st.sampled_from(["", "", "paid", "delivered"])
HAD = st.lists(st.tuples(WHO, st.integers(1, 200), st.integers(0, 60)), max_size=3)
UNITS = st.lists(st.integers(0, 2), min_size=1, max_size=3)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class LedgerMachine(RuleBasedStateMachine):
    """`programmes` is set by whoever runs it; `done` counts the rules of all examples."""

    programmes: ClassVar[list[Programme]] = []
    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.repeats: list[Callable[[], object]] = []

    def teardown(self) -> None:
        try:
            if hasattr(self, "shop"):
                assert verify_ledger(self.shop.programme.store) == []
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    @initialize(which=ANY, begins=st.integers(0, 365), joined=st.integers(1, PEOPLE), had=HAD)
    def begin(self, which: int, begins: int, joined: int, had: list[tuple[int, int, int]]) -> None:
        """Some of the people are members for long, the others may join; some have points, and orders."""
        programme = self.programmes[which % len(self.programmes)]
        self.shop = ShopSide(programme, FIRST + begins * DAY)
        people: list[Person] = []
        for who in range(PEOPLE):
            joined_at = self.shop.at - 200 * DAY if who < joined else None
            self.shop.add_customer(joined_at=joined_at)
            people.append(Person(joined_at))
        self.club = Club(programme.terms, people)
        for who, points, days in had:
            self.give(who, points, days)
            self.order(who, [(2, 5 * points), (1, 995)], points // 2, "delivered")

    @property
    def now(self) -> datetime:
        return self.shop.at

    # --- orders

    @rule(who=WHO, goods=GOODS, asked=ASKED, state=STATE)
    def order(self, who: int, goods: list[tuple[int, int]], asked: int, state: str) -> None:
        self.place(who, goods, asked=asked, state=state, days=None)

    @rule(who=WHO, goods=GOODS, asked=ASKED, state=STATE, days=st.integers(0, 40))
    def order_told_late(
        self, who: int, goods: list[tuple[int, int]], asked: int, state: str, days: int
    ) -> None:
        self.place(who, goods, asked=asked, state=state, days=days)

    def place(
        self, who: int, goods: list[tuple[int, int]], *, asked: int, state: str, days: int | None
    ) -> None:
        self.count("order" if days is None else "order_told_late")
        told = None if days is None else self.now - days * DAY
        placed_at = told or self.now
        paid_at = placed_at if state == "paid" else None
        fulfilled_at = placed_at if state == "delivered" else None
        ref = f"order-{number()}"

        def place() -> object:
            return self.shop.place(
                ref, who, goods, asked=asked, placed_at=told, paid_at=paid_at, fulfilled_at=fulfilled_at
            )

        if told is not None:
            self.repeats.append(place)
        committed = self.shop.place(
            ref, who, goods, asked=asked, placed_at=told, paid_at=paid_at, fulfilled_at=fulfilled_at
        )
        self.shop.orders.append(committed.order)
        mine = self.club.place(
            who,
            goods,
            asked=asked,
            now=self.now,
            placed_at=placed_at,
            paid_at=paid_at,
            fulfilled_at=fulfilled_at,
        )
        spent = sum(line.spent for line in mine.lines)
        assert (committed.order.points_spent, committed.points) == (spent, mine.earned or 0)
        assert committed.order.payable == mine.paid

    @precondition(lambda self: self.shop.orders)
    @rule(which=ANY, back=BACK)
    def payment(self, which: int, back: int | None) -> None:
        self.count("payment")
        place = self.pick(which)
        order, mine = self.shop.orders[place], self.club.orders[place]
        told = self.told(mine, back)
        self.shop.pay(order, told)
        self.club.pay(mine, told or max(self.now, mine.placed_at), self.now)
        self.repeats.append(lambda: self.shop.pay(order, told))

    @precondition(lambda self: self.shop.orders)
    @rule(which=ANY, back=BACK)
    def delivery(self, which: int, back: int | None) -> None:
        self.count("delivery")
        place = self.pick(which)
        order, mine = self.shop.orders[place], self.club.orders[place]
        told = self.told(mine, back)
        self.shop.fulfil(order, told)
        self.club.fulfil(mine, told or max(self.now, mine.placed_at), self.now)
        self.repeats.append(lambda: self.shop.fulfil(order, told))

    @precondition(lambda self: self.shop.orders)
    @rule(which=ANY, units=UNITS, back=BACK)
    def refund(self, which: int, units: list[int], back: int | None) -> None:
        self.count("refund")
        place = self.pick(which)
        order, mine = self.shop.orders[place], self.club.orders[place]
        asked = [(at, units[at % len(units)]) for at in range(len(mine.lines)) if units[at % len(units)]]
        if not asked:
            asked = [(0, 1)]
        told, ref = self.told(mine, back), f"refund-{number()}"
        if any(quantity > mine.lines[at].left for at, quantity in asked):
            self.count("refund of too much")
            refused = refusal(lambda: self.shop.refund(order, asked, ref=ref, told=told), RefundRefused)
            assert refused == "refunded_more_than_bought"
            return
        before = money_back(mine)
        done = self.shop.refund(order, asked, ref=ref, told=told)
        self.club.refund(mine, asked, self.now)
        assert (done.created, done.refund.amount) == (True, money_back(mine) - before)
        self.repeats.append(lambda: self.shop.refund(order, asked, ref=ref, told=told))

    @precondition(lambda self: self.shop.orders)
    @rule(which=ANY, back=BACK)
    def cancellation(self, which: int, back: int | None) -> None:
        self.count("cancellation")
        place = self.pick(which)
        order, mine = self.shop.orders[place], self.club.orders[place]
        told = self.told(mine, back)
        self.shop.cancel(order, told)
        self.club.cancel(mine, told or max(self.now, mine.placed_at), self.now)
        self.repeats.append(lambda: self.shop.cancel(order, told))

    # --- points by hand

    @rule(who=WHO, points=st.integers(1, 200), days=st.integers(0, 60))
    def give(self, who: int, points: int, days: int) -> None:
        self.count("give")
        ends_at = day_is_over(day_of(self.now, self.club.terms) + days * DAY, self.club.terms)
        key = f"key-{number()}"
        self.shop.adjust(who, points, key=key, ends_at=ends_at)
        self.club.adjust(who, points, ends_at=ends_at, now=self.now)

    @rule(who=WHO, points=st.integers(1, 200))
    def take(self, who: int, points: int) -> None:
        self.count("take")
        key = f"key-{number()}"
        refused = refusal(lambda: self.shop.adjust(who, points, key=key, ends_at=None), AdjustmentRefused)
        taken = self.club.adjust(who, points, ends_at=None, now=self.now)
        assert refused == (None if taken else "not_enough_points")
        if taken:
            self.repeats.append(lambda: self.shop.adjust(who, points, key=key, ends_at=None))

    @rule(giver=WHO, receiver=WHO, points=st.integers(1, 100))
    def move(self, giver: int, receiver: int, points: int) -> None:
        self.count("move")
        ref = f"move-{number()}"
        refused = refusal(lambda: self.shop.move(giver, receiver, points, ref=ref), MoveRefused)
        assert refused == self.club.move(giver, receiver, points, self.now)
        if refused is None:
            self.repeats.append(lambda: self.shop.move(giver, receiver, points, ref=ref))

    # --- people

    @precondition(lambda self: any(each.joined_at is None for each in self.club.people))
    @rule(who=WHO)
    def join(self, who: int) -> None:
        self.count("join")
        self.shop.join(who)
        self.club.join(who, self.now)

    @rule(friend=WHO, by=WHO)
    def bring(self, friend: int, by: int) -> None:
        self.count("bring")
        refused = refusal(lambda: self.shop.bring(friend, by), JoinRefused)
        expected = self.club.bring(friend, by, self.now)
        assert refused in expected if expected else refused is None

    # --- what happens by itself, and again

    @precondition(lambda self: self.repeats)
    @rule(which=ANY)
    def repeat(self, which: int) -> None:
        """What was told before is told again: nothing changes."""
        self.count("repeat")
        self.repeats[which % len(self.repeats)]()

    @rule()
    def expire(self) -> None:
        self.count("expire")
        self.shop.expire()

    @precondition(lambda self: any(each.has_news for each in self.club.people))
    @rule()
    def earn_late(self) -> None:
        self.count("earn_late")
        self.shop.earn_late()
        self.club.earn_late(self.now)

    @rule()
    def follow_friends(self) -> None:
        self.count("follow_friends")
        self.shop.follow_friends()
        self.club.follow_friends(self.now)
        rewards = [
            (each.order.number, each.level, each.points, each.taken_back, each.state)
            for each in self.club.friends.rewards
        ]
        assert self.shop.read_rewards() == sorted(rewards)

    @rule()
    def follow_tiers(self) -> None:
        self.count("follow_tiers")
        self.shop.follow_tiers()
        assert self.shop.read_tiers() == [self.club.tier(who, self.now) for who in range(PEOPLE)]

    @rule(minutes=st.integers(1, 600))
    def some_hours(self, minutes: int) -> None:
        self.wait(minutes * MINUTE)

    @rule(days=st.integers(1, 6))
    def some_days(self, days: int) -> None:
        self.wait(days * DAY)

    @rule(days=st.integers(7, 40))
    def some_weeks(self, days: int) -> None:
        self.wait(days * DAY)

    def wait(self, long: timedelta) -> None:
        self.count("time passes")
        if self.now + long < LAST:
            self.shop.at += long

    @invariant()
    def both_say_the_same(self) -> None:
        if hasattr(self, "club"):
            assert self.shop.read_lots() == [
                (
                    sorted((each.left, each.active_at, each.ends_at) for each in purse.alive(self.now)),
                    purse.owed,
                )
                for purse in self.club.purses
            ]

    # --- between the rules

    def count(self, name: str) -> None:
        self.done[name] += 1

    def pick(self, which: int) -> int:
        return which % len(self.shop.orders)

    def told(self, order: Order, back: int | None) -> datetime | None:
        """None: it is said to have happened now."""
        return None if back is None else max(order.placed_at, self.now - back * DAY)


def money_back(order: Order) -> int:
    return sum((2 * line.paid * line.refunded + line.quantity) // (2 * line.quantity) for line in order.lines)


def refusal(verb: Callable[[], object], kind: type[Exception]) -> str | None:
    """The code of what refused it; None where it was done."""
    try:
        verb()
    except kind as refused:
        return str(refused.code.value)  # type: ignore[attr-defined]
    return None
