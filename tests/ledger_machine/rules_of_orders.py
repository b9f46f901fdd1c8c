"""The rules about orders: placed, paid, delivered, called off; refunds aim at the orders of which they tell most."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from checkout.errors import RefundRefused
from tests.factories import number
from tests.ledger_machine.model import Club
from tests.ledger_machine.model_orders import Order
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
UNITS = st.lists(st.integers(0, 2), min_size=1, max_size=3)
DAY = timedelta(days=1)


class RulesOfOrders(RuleBasedStateMachine):
    """`done` counts the rules of all examples, `notes` what some of them came to."""

    done: ClassVar[Counter[str]] = Counter()
    notes: ClassVar[Counter[str]] = Counter()
    shop: ShopSide
    club: Club
    # What was told, to be told again.
    repeats: list[Callable[[], object]]

    @property
    def now(self) -> datetime:
        return self.shop.at

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
        mine = self.club.orders[self.pick(which)]
        asked = [(at, units[at % len(units)]) for at in range(len(mine.lines)) if units[at % len(units)]]
        self.bring_back(mine, asked or [(0, 1)], back)

    @precondition(lambda self: self.some("spent"))
    @rule(which=ANY, most=st.integers(1, 3), back=BACK)
    def refund_of_what_was_paid_with_points(self, which: int, most: int, back: int | None) -> None:
        """Of whoever owes points, if there is one."""
        self.bring_back_some("spent", which, most, back)

    @precondition(lambda self: self.some("earned"))
    @rule(which=ANY, most=st.integers(1, 3), back=BACK)
    def refund_of_what_has_earned(self, which: int, most: int, back: int | None) -> None:
        """And what it earned was spent since, if there is one."""
        self.bring_back_some("earned", which, most, back)

    @rule(who=WHO, goods=GOODS, late=st.integers(1, 18), most=st.integers(1, 3))
    def refund_after_points_were_spent(
        self, who: int, goods: list[tuple[int, int]], late: int, most: int
    ) -> None:
        """What an order of a while ago has earned pays for another one, and then the first one comes back."""
        self.place(who, goods, asked=0, state="delivered", days=self.club.terms.return_days + late)
        mine = self.club.orders[-1]
        if points := self.club.people.purse(who).active(self.now):
            price = points * self.club.terms.value * 10_000 // self.club.terms.share_bp
            self.place(who, [(1, price)], asked=points, state="paid", days=None)
        self.bring_back(mine, [(0, min(most, mine.lines[0].left))], None)

    def some(self, kind: str) -> list[Order]:
        """Orders with units left: the more telling ones, or else all that fit."""
        with_units = [each for each in self.club.orders if not each.is_all_back]
        owing = [each for each in with_units if self.club.people.purse(each.buyer).owed]
        if kind == "spent":
            paid_so = [each for each in with_units if any(line.spent for line in each.lines)]
            return [each for each in paid_so if each in owing] or paid_so
        if kind == "earned":
            earned = [each for each in with_units if each.portion is not None]
            return [each for each in earned if each.portion is not None and not each.portion.left] or earned
        granted = [reward for reward in self.club.friends.rewards if reward.state == "granted"]
        return [each for each in with_units if any(reward.order is each for reward in granted)]

    def bring_back_some(self, kind: str, which: int, most: int, back: int | None) -> None:
        found = self.some(kind)
        mine = found[which % len(found)]
        asked = [(at, min(most, line.left)) for at, line in enumerate(mine.lines) if line.left]
        self.bring_back(mine, asked if most > 1 else asked[:1], back)

    def bring_back(self, mine: Order, asked: list[tuple[int, int]], back: int | None) -> None:
        """`asked` are (place, units)."""
        self.count("refund")
        order = self.shop.orders[mine.number]
        told, ref = self.told(mine, back), f"refund-{number()}"
        if any(quantity > mine.lines[at].left for at, quantity in asked):
            self.notes["refund of too much"] += 1
            refused = refusal(lambda: self.shop.refund(order, asked, ref=ref, told=told), RefundRefused)
            assert refused == "refunded_more_than_bought"
            return
        before, owed = money_back(mine), self.club.people.purse(mine.buyer).owed
        done = self.shop.refund(order, asked, ref=ref, told=told)
        self.club.refund(mine, asked, self.now)
        assert (done.created, done.refund.amount) == (True, money_back(mine) - before)
        if (owes := self.club.people.purse(mine.buyer).owed) != owed:
            self.notes["refund into debt" if owes > owed else "refund out of debt"] += 1
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
