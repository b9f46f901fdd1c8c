"""Whatever happens to points, in whatever order: what is owed on any day is what its movements add up to."""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from checkout.errors import CheckoutError
from loyalty.adjust import AdjustmentRefused, Hand, Wish, adjust
from loyalty.expire import expire_due
from loyalty.hand_on import MoveRefused, hand_on
from loyalty.models import Account, Debt, Lot, LotUse, Transfer
from loyalty.verify import verify_ledger
from pricing.allocate import allocate
from reports.queries.breakage import AGES
from reports.queries.liability import CLOCKS, By, Liability, liability
from shop.models import Order, Store
from tests.checkout.ask import order
from tests.checkout.merging import merge
from tests.checkout.reverse import give, member, mugs, points_store, refund
from tests.factories import AT, DAY, make_points_limits, make_user

pytestmark = pytest.mark.django_db

STEPS = 40
ZONE = "America/New_York"


class History:
    """Three customers of a shop, and a year of what customers do; jobs come late."""

    def __init__(self, seed: int) -> None:
        self.chance, self.at = random.Random(seed), AT
        self.store: Store = points_store(time_zone=ZONE)
        make_points_limits(self.store, may_move=True)
        self.people = [member(self.store) for _ in range(3)]
        self.clerk = make_user()
        self.orders: list[Order] = []
        for person in self.people:
            give(person, 200, ends_at=AT + 40 * DAY)

    def live(self) -> None:
        acts = (self._buy, self._buy, self._buy, self._send_back, self._correct, self._pass_on, self._tick)
        for step in range(STEPS):
            self.at += timedelta(hours=self.chance.randrange(1, 400))
            try:
                self.chance.choice(acts)()
            except (AdjustmentRefused, CheckoutError, MoveRefused):
                continue
            finally:
                if step == STEPS // 2:
                    kept, merged = self.people[0], self.people.pop()
                    merge(kept, merged, at=self.at)

    def _buy(self) -> None:
        points = self.chance.choice([0, 0, 30, 150])
        made = order(
            self.store,
            customer=self.chance.choice(self.people).ref,
            lines=mugs(self.chance.randrange(1, 30)),
            points_to_spend=points,
            paid_at=self.at,
            at=self.at,
        )
        self.orders.append(made.order)

    def _send_back(self) -> None:
        if self.orders:
            refund(self.chance.choice(self.orders), (1, self.chance.randrange(1, 10)), at=self.at)

    def _correct(self) -> None:
        way = self.chance.choice(["give", "take"])
        ends_at = self.at + self.chance.randrange(5, 60) * DAY if way == "give" else None
        wish = Wish(way, self.chance.randrange(1, 80), "by the way", ends_at)
        hand = Hand(self.clerk, "owner", self.at, self.at)
        adjust(self.chance.choice(self.people), wish, key=f"c{self.at}", hand=hand)

    def _pass_on(self) -> None:
        giver, taker = self.chance.sample(self.people, 2)
        hand_on(
            giver, taker, self.chance.randrange(1, 60), ref=f"m{self.at}", at=self.at, at_recorded=self.at
        )

    def _tick(self) -> None:
        late = timedelta(hours=self.chance.randrange(0, 48))
        while expire_due(at=self.at + late):
            pass


class Plain:
    """All movements of a store, read once, and added up without SQL."""

    def __init__(self, store: Store, by: By) -> None:
        clock = CLOCKS[by]
        self.store = store
        self.transfers = {row.pk: row for row in Transfer.objects.filter(store=store)}
        self.at = {pk: getattr(row, clock) for pk, row in self.transfers.items()}
        self.holders = set(Account.objects.filter(store=store, kind="customer").values_list("pk", flat=True))
        self.lots = list(Lot.objects.filter(account__store=store))
        self.uses = list(LotUse.objects.filter(lot__account__store=store))
        self.debts = list(Debt.objects.filter(store=store))

    def outstanding(self, at: datetime) -> int:
        known = [row for pk, row in self.transfers.items() if self.at[pk] <= at]
        came = sum(row.amount for row in known if row.target_id in self.holders)
        return came - sum(row.amount for row in known if row.source_id in self.holders)

    def of_kind(self, kind: str, at: datetime) -> int:
        rows = self.transfers.items()
        return sum(row.amount for pk, row in rows if row.kind == kind and self.at[pk] <= at)

    def ages(self, at: datetime) -> Counter[int]:
        """Points by the age at which their bucket begins; -1 pending, -2 ended."""
        found: Counter[int] = Counter()
        for lot in self.lots:
            if self.at[lot.transfer_id] > at:
                continue
            points = lot.amount - self._used(lot, at)
            if lot.ends_at <= at:
                found[-2] += points
            elif lot.active_at > at:
                found[-1] += points
            else:
                found[max(days for days in AGES if lot.active_at <= at - days * DAY)] += points
        return found

    def _used(self, lot: Lot, at: datetime) -> int:
        mine = (use for use in self.uses if use.lot_id == lot.pk)
        return sum(use.amount for use in mine if self.at[use.transfer_id] <= at)

    def owed(self, at: datetime) -> int:
        repaid = (
            row for pk, row in self.transfers.items() if self.at[pk] <= at and row.key.startswith("debt:")
        )
        return sum(debt.amount for debt in self.debts if debt.at <= at) - sum(row.amount for row in repaid)

    def breakage(self, points: int, days: int, at: datetime) -> int | None:
        """What of `points` of that age will never be used, if the past repeats itself."""
        left = expired = 0
        for lot in self.lots:
            old = lot.active_at + days * DAY
            if not at - timedelta(days=1096) < lot.ends_at <= at or old >= lot.ends_at:
                continue
            left += lot.amount
            for use in self.uses:
                taken = self.transfers[use.transfer_id]
                if use.lot_id != lot.pk or taken.effective_at > at:
                    continue
                if taken.kind in ("move", "merge") or taken.effective_at < old:
                    left -= use.amount
                if taken.kind == "expiry":
                    expired += use.amount
        if not points:
            return 0
        return allocate(points, [expired, left - expired])[0] if left else None


def days_between(since: datetime, until: datetime, *, every: int) -> Iterable[datetime]:
    """The ends of days by the store's calendar."""
    day = since.astimezone(ZoneInfo(ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
    while day < until:
        day += timedelta(days=every)
        yield day


def assert_is_what_movements_say(found: Liability, plain: Plain, at: datetime) -> None:
    ages = plain.ages(at)
    assert found.outstanding == plain.outstanding(at) == ages.total()
    assert (found.pending, found.ended) == (ages[-1], ages[-2])
    assert [bucket.points for bucket in found.ages] == [ages[days] for days in AGES]
    assert found.owed == plain.owed(at)
    flows = found.flows
    assert (flows.issued, flows.spent) == (plain.of_kind("accrual", at), plain.of_kind("redemption", at))
    assert flows.expired == plain.of_kind("expiry", at)
    assert [bucket.breakage.points for bucket in found.ages] == [
        plain.breakage(ages[days], days, at) for days in AGES
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_owed_on_any_day_is_what_its_movements_add_up_to(seed: int) -> None:
    history = History(seed)
    history.live()
    kinds = set(Transfer.objects.values_list("kind", flat=True))
    assert kinds >= {"accrual", "redemption", "expiry", "adjustment", "reversal", "merge"}
    store = history.store
    by_effect, by_record = Plain(store, "effective"), Plain(store, "recorded")
    for at in days_between(AT - 2 * DAY, history.at + 3 * DAY, every=14):
        assert_is_what_movements_say(liability(store, at=at), by_effect, at)
        assert_is_what_movements_say(liability(store, at=at, by="recorded"), by_record, at)
    now = history.at + 3 * DAY
    balances = Account.objects.filter(store=store, kind="customer").values_list("balance", "owed")
    found = liability(store, at=now)
    assert (found.outstanding, found.owed) == (sum(b for b, _ in balances), sum(o for _, o in balances))
    assert verify_ledger(store) == []
