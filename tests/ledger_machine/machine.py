"""The state machine: rules that do the same to the product, on a real database, and to the model; then both must say
the same of every customer.

An example is one transaction, rolled back at its end, after the constraints that wait for a commit were asked.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import ClassVar

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from checkout.merge import MergeRefused
from loyalty.adjust import AdjustmentRefused
from loyalty.hand_on import MoveRefused
from loyalty.referrals.join import JoinRefused
from loyalty.verify import verify_ledger
from tests.factories import number
from tests.ledger_machine.model import Club
from tests.ledger_machine.model_days import day_is_over, day_of
from tests.ledger_machine.model_merges import People, Person
from tests.ledger_machine.programmes import FIRST, LAST, Programme
from tests.ledger_machine.rules_of_orders import ANY, BACK, DAY, GOODS, PEOPLE, WHO, RulesOfOrders, refusal
from tests.ledger_machine.shop_side import ShopSide

HAD = st.lists(st.tuples(WHO, st.integers(1, 200), st.integers(0, 60)), max_size=3)
BROUGHT = st.lists(st.tuples(WHO, WHO), max_size=3)
MINUTES = st.one_of(st.integers(1, 600), st.integers(1, 9).map(lambda days: days * 1440))
MINUTE = timedelta(minutes=1)


class LedgerMachine(RulesOfOrders):
    """`programmes` is set by whoever runs it."""

    programmes: ClassVar[list[Programme]] = []

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

    @initialize(
        which=ANY, begins=st.integers(0, 365), joined=st.integers(1, PEOPLE), brought=BROUGHT, had=HAD
    )
    def begin(
        self,
        which: int,
        begins: int,
        joined: int,
        brought: list[tuple[int, int]],
        had: list[tuple[int, int, int]],
    ) -> None:
        """Some of the people are members for long, the others may join; some were brought by others; some have points,
        and orders."""
        programme = self.programmes[which % len(self.programmes)]
        self.shop = ShopSide(programme, FIRST + begins * DAY)
        people: list[Person] = []
        for who in range(PEOPLE):
            joined_at = self.shop.at - 200 * DAY if who < joined else None
            self.shop.add_customer(joined_at=joined_at)
            people.append(Person(who, joined_at, who))
        self.club = Club(programme.terms, People(people))
        for friend, by in brought:
            self.bring(friend, by)
        for who, points, days in had:
            self.give(who, points, days)
            self.order(who, [(2, 5 * points), (1, 995)], points // 2, "delivered")

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
            take = partial(self.shop.adjust, who, points, key=key, ends_at=None)
            self.repeats.append(self.told_of([who], take, AdjustmentRefused, "key_taken"))

    @rule(giver=WHO, receiver=WHO, points=st.integers(1, 100))
    def move(self, giver: int, receiver: int, points: int) -> None:
        self.count("move")
        ref = f"move-{number()}"
        refused = refusal(lambda: self.shop.move(giver, receiver, points, ref=ref), MoveRefused)
        assert refused == self.club.move(giver, receiver, points, self.now)
        if refused is None:
            move = partial(self.shop.move, giver, receiver, points, ref=ref)
            self.repeats.append(self.told_of([giver, receiver], move, MoveRefused, "move_conflict"))

    # --- people

    @precondition(lambda self: any(self.club.people.joined_at(who) is None for who in range(PEOPLE)))
    @rule(which=ANY)
    def join(self, which: int) -> None:
        self.count("join")
        strangers = [who for who in range(PEOPLE) if self.club.people.joined_at(who) is None]
        who = strangers[which % len(strangers)]
        self.shop.join(who)
        self.club.join(who, self.now)

    @rule(kept=WHO, merged=WHO, fits=st.sampled_from([True, True, False]))
    def merge(self, kept: int, merged: int, fits: bool) -> None:
        """`fits`: of those who are left, as far as two are."""
        self.count("merge")
        left = sorted({each.head for each in self.club.people.numbers})
        if fits:
            kept, merged = left[kept % len(left)], left[(kept + 1 + merged) % len(left)]
        key = f"merge-{number()}"
        refused = self.club.people.merge(kept, merged, self.now)
        if refused is not None:
            assert refused == refusal(lambda: self.shop.merge(kept, merged, key=key), MergeRefused)
            return
        self.notes["two merged"] += 1
        self.shop.merges.append(self.shop.merge(kept, merged, key=key))
        self.compare_tiers_of(kept, merged)
        self.repeats.append(lambda: self.shop.merge(kept, merged, key=key))

    @precondition(lambda self: self.shop.merges)
    @rule(which=ANY)
    def undo(self, which: int) -> None:
        self.count("undo")
        place = which % len(self.shop.merges)
        row, mine = self.shop.merges[place], self.club.people.merges[place]
        refused = self.club.people.undo(mine, self.now)
        assert refused == refusal(lambda: self.shop.undo(row), MergeRefused)
        if refused is None:
            self.notes["merge undone"] += 1
            self.compare_tiers_of(mine.kept, mine.merged)

    @precondition(
        lambda self: any(not self.club.friends.is_tied(each.head) for each in self.club.people.numbers)
    )
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

    @precondition(lambda self: any(each.has_news for each in self.club.people.numbers))
    @rule()
    def earn_late(self) -> None:
        self.count("earn_late")
        self.shop.earn_late()
        self.club.earn_late(self.now)

    @precondition(lambda self: any(order.news for order in self.club.orders))
    @rule()
    def friends_and_tiers(self) -> None:
        self.follow_friends()
        self.follow_tiers()

    @precondition(lambda self: self.some("rewarded"))
    @rule(which=ANY, most=st.integers(1, 3), back=BACK)
    def refund_of_what_friends_were_rewarded_for(self, which: int, most: int, back: int | None) -> None:
        self.bring_back_some("rewarded", which, most, back)
        self.friends_and_tiers()

    @precondition(lambda self: self.club.friends.ties)
    @rule(which=ANY, goods=GOODS, most=st.integers(1, 3))
    def friend_buys_and_returns(self, which: int, goods: list[tuple[int, int]], most: int) -> None:
        ties = self.club.friends.ties
        self.place(ties[which % len(ties)].friend, goods, asked=0, state="paid", days=None)
        mine = self.club.orders[-1]
        self.friends_and_tiers()
        self.bring_back(mine, [(0, min(most, mine.lines[0].left))], None)
        self.friends_and_tiers()

    def follow_friends(self) -> None:
        self.count("follow_friends")
        before = sum(each.taken_back for each in self.club.friends.rewards if each.given_at)
        self.shop.follow_friends()
        self.club.follow_friends(self.now)
        after = sum(each.taken_back for each in self.club.friends.rewards if each.given_at)
        self.notes["friend's reward taken back"] += before != after
        rewards = [
            (each.order.number, each.level, each.points, each.taken_back, each.state)
            for each in self.club.friends.rewards
        ]
        assert self.shop.read_rewards() == sorted(rewards)

    def follow_tiers(self) -> None:
        self.count("follow_tiers")
        self.shop.follow_tiers()
        self.compare_tiers_of(*range(PEOPLE))

    def compare_tiers_of(self, *people: int) -> None:
        stored = self.shop.read_tiers()
        assert [(who, stored[who]) for who in people] == [
            (who, self.club.tier(who, self.now)) for who in people
        ]

    @rule(minutes=MINUTES, expires=st.booleans())
    def some_time(self, minutes: int, expires: bool) -> None:
        self.wait(minutes * MINUTE, expires=expires)

    @rule(days=st.integers(7, 40), expires=st.booleans())
    def some_weeks(self, days: int, expires: bool) -> None:
        self.wait(days * DAY, expires=expires)

    def wait(self, long: timedelta, *, expires: bool) -> None:
        """After which the job may come by that books what is over."""
        self.count("time passes")
        if self.now + long < LAST:
            self.shop.at += long
        if expires:
            self.count("expire")
            self.shop.expire()
            self.follow_tiers()

    @invariant()
    def both_say_the_same(self) -> None:
        if hasattr(self, "club"):
            assert self.shop.read_lots() == [
                (
                    sorted((each.left, each.active_at, each.ends_at) for each in purse.alive(self.now)),
                    purse.owed,
                )
                for purse in self.club.people.purses
            ]

    # --- between the rules

    def told_of(
        self, people: list[int], verb: Callable[[], object], kind: type[Exception], conflict: str
    ) -> Callable[[], None]:
        """To be told again. Where a number means another person by then, because a merge was undone, it is refused."""
        head = self.club.people.head
        meant = [head(who) for who in people]

        def tell_again() -> None:
            is_same = [head(who) for who in meant] == [head(who) for who in people]
            assert refusal(verb, kind) == (None if is_same else conflict)

        return tell_again
