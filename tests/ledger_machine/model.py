"""The model of a programme: everything that happens to it, in plain lists. Written from the handbook alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.ledger_machine.model_days import DAY, day_is_over, day_of
from tests.ledger_machine.model_friends import Friends, Tie
from tests.ledger_machine.model_merges import People
from tests.ledger_machine.model_orders import Line, Order, shared
from tests.ledger_machine.model_purse import Portion, Short, move_between
from tests.ledger_machine.model_tiers import Fact, tier_of
from tests.ledger_machine.terms import Terms

JOINING_GRACE = timedelta(days=30)
# What comes back can be spent so long at least, and to the end of that day.
RETURNED_LIVE = timedelta(days=14)


@dataclass(slots=True)
class Club:
    """Rows keep the number that they were made under; whatever is asked of a person is asked of all their numbers."""

    terms: Terms
    people: People
    orders: list[Order] = field(default_factory=list)
    friends: Friends = field(init=False)

    def __post_init__(self) -> None:
        self.friends = Friends(self.terms, self.people)

    def place(
        self,
        buyer: int,
        goods: Sequence[tuple[int, int]],
        *,
        asked: int,
        now: datetime,
        placed_at: datetime,
        paid_at: datetime | None,
        fulfilled_at: datetime | None,
    ) -> Order:
        """`goods` are (quantity, price)."""
        lines = [Line(quantity, price) for quantity, price in goods]
        order = Order(len(self.orders), self.people.head(buyer), placed_at, lines, paid_at, fulfilled_at)
        total = sum(line.total for line in lines)
        most = (total * self.terms.share_bp + 5_000) // 10_000 // self.terms.value
        purse = self.people.purse(buyer)
        points = min(asked, most, purse.active(now, since=placed_at))
        order.pay_with(purse.spend(points, now, since=placed_at), self.terms.value)
        order.news = {"placed"}
        self.orders.append(order)
        if self.earns(order):
            self.prolong(order, now)
            self.earn(order, now)
        return order

    def earns(self, order: Order) -> bool:
        """Of whoever has joined, or joined within 30 days after."""
        joined_at = self.people.joined_at(order.buyer)
        return joined_at is not None and order.placed_at >= joined_at - JOINING_GRACE

    def earn(self, order: Order, now: datetime) -> None:
        """On what was paid for goods; pending until the return window ends."""
        points = order.paid * self.terms.points // self.terms.per_amount
        joined_at = self.people.joined_at(order.buyer)
        assert joined_at is not None
        if points:
            order.earned, order.earned_at = points, max(order.placed_at, joined_at)
            for line, share in zip(
                order.lines, shared(points, [line.paid for line in order.lines]), strict=True
            ):
                line.earned = share
            active_at, ends_at = order.window(self.terms, life_days=self.terms.life_days)
            order.portion = self.people.purse(order.buyer).credit(points, active_at, ends_at)

    def prolong(self, order: Order, now: datetime) -> None:
        """Sliding: each purchase moves the end of what can be spent."""
        if self.terms.expiry == "sliding":
            ends_at = day_is_over(
                day_of(order.placed_at, self.terms) + self.terms.slide_days * DAY, self.terms
            )
            for portion in self.people.purse(order.buyer).spendable(now, since=order.placed_at):
                portion.ends_at = max(portion.ends_at, ends_at)

    def catch_up(self, order: Order, now: datetime) -> None:
        """Sliding: what was bought before late points were booked prolongs them as if they had been there in time."""
        portion = order.portion
        if self.terms.expiry != "sliding" or portion is None:
            return
        bought = [each.placed_at for each in self.orders if self.people.is_one(each.buyer, order.buyer)]
        for placed_at in sorted(bought):
            if portion.active_at <= placed_at < portion.ends_at and placed_at <= now:
                slid = day_of(placed_at, self.terms) + self.terms.slide_days * DAY
                portion.ends_at = max(portion.ends_at, day_is_over(slid, self.terms))

    def pay(self, order: Order, told: datetime, now: datetime) -> None:
        """The earliest moment counts."""
        if order.paid_at is None or told < order.paid_at:
            order.paid_at = told
            order.news.add("paid")
            self.reschedule(order, now)

    def fulfil(self, order: Order, told: datetime, now: datetime) -> None:
        if order.fulfilled_at is None or told < order.fulfilled_at:
            order.fulfilled_at = told
            order.news.add("fulfilled")
            self.reschedule(order, now)

    def reschedule(self, order: Order, now: datetime) -> None:
        """What can be spent already stays so."""
        if order.portion is not None:
            active_at, ends_at = order.window(self.terms, life_days=self.terms.life_days)
            self.move_in_time(order.portion, active_at, ends_at, now)

    def move_in_time(self, portion: Portion, active_at: datetime, ends_at: datetime, now: datetime) -> None:
        """What is pending, wherever it lies by now."""
        for purse in self.people.purses:
            for each in purse.portions:
                if each.root == portion.root and each.active_at > now:
                    each.active_at, each.ends_at = active_at, ends_at

    def refund(self, order: Order, units: Sequence[tuple[int, int]], now: datetime) -> None:
        """First gives back what the lines spent, then takes back what they earned. `units` are (place, quantity)."""
        for place, quantity in units:
            order.lines[place].refunded += quantity
        self.bring_back(order, now)
        order.news.add("refunded")

    def bring_back(self, order: Order, now: datetime) -> None:
        purse = self.people.purse(order.buyer)
        back: dict[int, int] = {}
        origins = {}
        for origin, points in order.due_back():
            origins[origin.number] = origin
            back[origin.number] = back.get(origin.number, 0) + points
        until = day_is_over(day_of(now + RETURNED_LIVE, self.terms), self.terms)
        for number, points in back.items():
            purse.give_back(origins[number], points, at_least_until=until)
        if order.portion is not None and (due := order.due_to_take()):
            purse.take_back(order.portion, due, now)

    def cancel(self, order: Order, told: datetime, now: datetime) -> None:
        """All that is left comes back."""
        if order.cancelled_at is not None:
            order.cancelled_at = min(order.cancelled_at, told)
            return
        order.cancelled_at = told
        left = [(place, line.left) for place, line in enumerate(order.lines) if line.left]
        if left:
            self.refund(order, left, now)
        order.news.add("cancelled")

    def join(self, who: int, now: datetime) -> None:
        person = self.people.numbers[self.people.head(who)]
        if self.people.joined_at(who) is None:
            person.joined_at, person.has_news = now, True

    def earn_late(self, now: datetime) -> None:
        """What whoever has joined since, or has turned out to be a member, had bought before."""
        told = {each.head for each in self.people.numbers if each.has_news}
        found = [each for each in self.orders if self.people.head(each.buyer) in told and each.earned is None]
        found = [each for each in found if self.earns(each) and each.cancelled_at is None]
        for order in found:
            self.earn(order, now)
        for order in found:
            self.prolong(order, now)
        for order in found:
            self.catch_up(order, now)
        for order in found:
            if any(line.refunded for line in order.lines):
                self.bring_back(order, now)
        for person in self.people.numbers:
            person.has_news = False

    def bring(self, friend: int, by: int, now: datetime) -> set[str]:
        """The refusals; none where the friend is tied now or was before."""
        friend, by = self.people.head(friend), self.people.head(by)
        if self.friends.is_tied(friend):
            return set()
        bought = [each for each in self.orders if self.people.is_one(each.buyer, friend)]
        has_bought = any(each.cancelled_at is None for each in bought)
        refusals = self.friends.refusals(friend, by, has_bought=has_bought)
        if not refusals:
            self.friends.ties.append(Tie(friend, by, now))
        return refusals

    def follow_friends(self, now: datetime) -> None:
        for order in self.orders:
            if "placed" in order.news:
                before = [
                    each
                    for each in self.orders
                    if self.people.is_one(each.buyer, order.buyer)
                    and each.placed_at < order.placed_at
                    and each.cancelled_at is None
                ]
                self.friends.decide(order, is_first=not before)
            if order.news:
                self.friends.settle(order, self.move_in_time, now)
            order.news = set()

    def adjust(self, who: int, points: int, *, ends_at: datetime | None, now: datetime) -> bool:
        """Given until an end, or taken; False where there is not enough to take."""
        if ends_at is not None:
            self.people.purse(who).credit(points, now, ends_at)
            return True
        try:
            self.people.purse(who).spend(points, now)
        except Short:
            return False
        return True

    def move(self, giver: int, receiver: int, points: int, now: datetime) -> str | None:
        """The refusal, if any."""
        if self.people.is_one(giver, receiver):
            return "to_oneself"
        if self.people.joined_at(giver) is None or self.people.joined_at(receiver) is None:
            return "not_a_member"
        try:
            move_between(self.people.purse(giver), self.people.purse(receiver), points, now)
        except Short:
            return "not_enough_points"
        return None

    def tier(self, who: int, now: datetime) -> str | None:
        """Of the person; a number that was merged away has nothing of its own."""
        return tier_of(self.counted(who), self.terms, now) if self.people.head(who) == who else None

    def counted(self, who: int) -> list[Fact]:
        """Earned points or spend or orders, net of what came back; never the balance."""
        numbers, joined_at = self.people.numbers_of(who), self.people.joined_at(who)
        if joined_at is None:
            return []
        if self.terms.measure == "points":
            return [fact for fact in self.points_of(numbers) if fact[0] >= joined_at - JOINING_GRACE]
        mine = [each for each in self.orders if each.buyer in numbers and self.earns(each)]
        if self.terms.measure == "orders":
            return [(each.placed_at, 0 if each.cancelled_at or each.is_all_back else 1) for each in mine]
        return [(each.placed_at, _kept(each)) for each in mine]

    def points_of(self, numbers: Collection[int]) -> list[Fact]:
        """What was given to these numbers, by their orders or for those of friends."""
        earned = [
            (each.earned_at, (each.earned or 0) - sum(line.taken_back for line in each.lines))
            for each in self.orders
            if each.portion is not None and each.portion.owner in numbers and each.earned_at is not None
        ]
        given = [
            (each.given_at, each.points - each.taken_back)
            for each in self.friends.rewards
            if each.portion is not None and each.portion.owner in numbers and each.given_at is not None
        ]
        return earned + given


def _kept(order: Order) -> int:
    """What was paid for goods and not given back; rounded half up, line by line."""
    back = sum((2 * line.paid * line.refunded + line.quantity) // (2 * line.quantity) for line in order.lines)
    return 0 if order.cancelled_at else order.paid - back
