"""The product's side of the machine: its verbs as the edges call them, and what it says after. Those that may refuse
half-way, and do not take back what they have written themselves, have a savepoint."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db import connection, transaction

from checkout.acquire import acquire_waiting
from checkout.cancel import Cancelled, cancel_order
from checkout.commit import Committed, commit_order
from checkout.merge import merge_customers
from checkout.models import Merge
from checkout.refund import Refunded, RefundLineRequest, RefundRequest, refund_order
from checkout.report_order import report_fulfilment, report_payment
from checkout.request import LineRequest, OrderRequest
from checkout.unmerge import undo_merge
from loyalty.adjust import Adjusted, Hand, Wish, adjust
from loyalty.earn import earn_waiting
from loyalty.expire import expire_due
from loyalty.hand_on import Moved, hand_on
from loyalty.models import ReferralReward, TierStatus
from loyalty.referrals.join import join
from loyalty.tiers.follow import end_due, follow_facts
from shop.keep_customer import keep_customer
from shop.models import Customer, Order, Outbox
from tests.factories import number
from tests.ledger_machine.programmes import Programme

Result = TypeVar("Result")
# What is left of a portion, and when it can be spent.
Lot = tuple[int, datetime, datetime]


@dataclass(slots=True)
class ShopSide:
    programme: Programme
    at: datetime
    customers: list[Customer] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)

    def meant(self, who: int) -> Customer:
        """As the edges find a customer by a reference."""
        one = self.customers[who]
        return one.merged_into or one

    def add_customer(self, *, joined_at: datetime | None) -> None:
        ref = f"customer-{number()}"
        fresh = Customer(store=self.programme.store, ref=ref, joined_at=joined_at)
        fresh.save(force_insert=True)
        self.customers.append(fresh)

    def place(
        self,
        ref: str,
        who: int,
        goods: Sequence[tuple[int, int]],
        *,
        asked: int,
        placed_at: datetime | None,
        paid_at: datetime | None,
        fulfilled_at: datetime | None,
    ) -> Committed:
        lines = tuple(
            LineRequest(sku=f"S-{place}", quantity=quantity, unit_price=price)
            for place, (quantity, price) in enumerate(goods)
        )
        request = OrderRequest(
            ref=ref,
            customer=self.customers[who].ref,
            lines=lines,
            points_to_spend=asked,
            placed_at=placed_at,
            paid_at=paid_at,
            fulfilled_at=fulfilled_at,
        )
        store = self.programme.store
        return commit_order(store, request, at=self.at, at_recorded=self.at)

    def pay(self, order: Order, told: datetime | None) -> None:
        report_payment(self.programme.store, order.ref, told=told, at=self.at)

    def fulfil(self, order: Order, told: datetime | None) -> None:
        report_fulfilment(self.programme.store, order.ref, told=told, at=self.at)

    def refund(
        self, order: Order, units: Sequence[tuple[int, int]], *, ref: str, told: datetime | None
    ) -> Refunded:
        """`units` are (place, quantity)."""
        lines = tuple(RefundLineRequest(place + 1, quantity) for place, quantity in units)
        request = RefundRequest(ref=ref, lines=lines, at=told)
        store = self.programme.store
        return once(lambda: refund_order(store, order.ref, request, at=self.at, at_recorded=self.at))

    def cancel(self, order: Order, told: datetime | None) -> Cancelled:
        store = self.programme.store
        return cancel_order(store, order.ref, told=told, at=self.at, at_recorded=self.at)

    def adjust(self, who: int, points: int, *, key: str, ends_at: datetime | None) -> Adjusted:
        wish = Wish("give" if ends_at else "take", points, "Says the machine", ends_at)
        hand = Hand(self.programme.owner, "owner", self.at, self.at)
        return adjust(self.meant(who), wish, key=key, hand=hand)

    def move(self, giver: int, receiver: int, points: int, *, ref: str) -> Moved:
        source, target = self.meant(giver), self.meant(receiver)
        return hand_on(source, target, points, ref=ref, at=self.at, at_recorded=self.at)

    def join(self, who: int) -> None:
        ref, at = self.customers[who].ref, self.at
        keep_customer(self.programme.store, ref, profile={}, person={}, joined_at=at, at=at)
        self.look_at_customers()

    def bring(self, friend: int, by: int) -> None:
        """Raises JoinRefused."""
        once(lambda: join(self.meant(friend), self.meant(by), how="code", at=self.at))

    def merge(self, kept: int, merged: int, *, key: str) -> Merge:
        """Raises MergeRefused."""
        pair = self.customers[kept], self.customers[merged]
        done = once(lambda: merge_customers(*pair, key=key, by=None, at=self.at, at_recorded=self.at))
        self.look_at_customers()
        return done

    def undo(self, merge: Merge) -> None:
        """Raises MergeRefused."""
        once(lambda: undo_merge(merge, by=None, at=self.at, at_recorded=self.at))
        self.look_at_customers()

    def look_at_customers(self) -> None:
        """What became of their references."""
        rows = Customer.objects.select_related("merged_into").in_bulk([each.pk for each in self.customers])
        self.customers = [rows[each.pk] for each in self.customers]
        for each in self.customers:
            each.store = self.programme.store
            if each.merged_into is not None:
                each.merged_into.store = self.programme.store

    def expire(self) -> None:
        drain(lambda: expire_due(at=self.at))

    def earn_late(self) -> None:
        self.hear("loyalty.earn")
        drain(lambda: earn_waiting(at=self.at))

    def follow_friends(self) -> None:
        self.hear("checkout.acquirer")
        drain(lambda: acquire_waiting(at=self.at))

    def follow_tiers(self) -> None:
        self.hear("loyalty.tiers")
        drain(lambda: follow_facts(at=self.at))
        drain(lambda: end_due(at=self.at))

    def hear(self, consumer: str) -> None:
        """Facts are due by the wall clock, which the machine does not go by."""
        Outbox.objects.filter(consumer=consumer).update(due_at=self.at)

    def read_lots(self) -> list[tuple[list[Lot], int]]:
        """What each customer has that is not over, earliest end first, and owes."""
        found: dict[int, tuple[list[Lot], int]] = {each.pk: ([], 0) for each in self.customers}
        with connection.cursor() as cursor:
            cursor.execute(READ_LOTS, {"at": self.at, "customers": list(found)})
            for customer_id, owed, left, active_at, ends_at in cursor.fetchall():
                found[customer_id] = found[customer_id][0], owed
                if left is not None:
                    found[customer_id][0].append((left, active_at, ends_at))
        return [(sorted(lots), owed) for lots, owed in found.values()]

    def read_tiers(self) -> list[str | None]:
        rows = TierStatus.objects.filter(customer__in=self.customers).values_list("customer_id", "tier__code")
        found = dict(rows)
        return [found.get(each.pk) for each in self.customers]

    def read_rewards(self) -> list[tuple[int, int, int, int, str]]:
        """(order, level, points, taken back, state)."""
        places = {order.pk: place for place, order in enumerate(self.orders)}
        rows = ReferralReward.objects.filter(store=self.programme.store).values_list(
            "order_id", "level", "points", "taken_back", "status"
        )
        return sorted(
            (places[order], level, points, back, state) for order, level, points, back, state in rows
        )


READ_LOTS = """
SELECT account.customer_id, account.owed, lot."left", lot.active_at, lot.ends_at
FROM loyalty_account account
LEFT JOIN loyalty_lot lot ON lot.account_id = account.id AND lot."left" > 0 AND lot.ends_at > %(at)s
WHERE account.customer_id = ANY(%(customers)s) AND account.kind = 'customer' AND account.asset = 'points'
"""
BATCHES_MAX = 50
FULL_BATCH_MIN = 100


def once(verb: Callable[[], Result]) -> Result:
    with transaction.atomic():
        return verb()


def drain(job: Callable[[], int]) -> None:
    """A batch that is not full was the last one."""
    for _ in range(BATCHES_MAX):
        if job() < FULL_BATCH_MIN:
            return
    raise AssertionError("a job that always finds work never ends")
