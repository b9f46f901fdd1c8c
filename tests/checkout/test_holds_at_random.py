"""Whatever carts do, in whatever order: counters are what held quotes say, and the books add up."""

import random
from datetime import datetime, timedelta

import pytest

from checkout.errors import CheckoutError
from checkout.lapse import let_lapse
from checkout.reserve import Reserved
from loyalty.expire import expire_due
from loyalty.verify import verify_ledger
from shop.models import Customer, Order, Store
from tests.checkout.ask import order
from tests.checkout.hold import assert_counters_are_reservations, held, order_of, release, reserve
from tests.checkout.reverse import cancel, give, member, mugs, points_store
from tests.factories import AT, DAY
from tests.factories.offers_that_run import named_coupon, public_coupon

pytestmark = pytest.mark.django_db

CARTS = ("c1", "c2", "c3")
STEPS = 40


class Shop:
    """Two customers, a few limited offers, three carts."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.at = chance, AT
        self.store: Store = points_store()
        self.people: list[Customer] = [member(self.store), member(self.store)]
        for person in self.people:
            give(person, 300, ends_at=AT + timedelta(minutes=chance.randrange(20, 200)))
            give(person, 100, ends_at=AT + 90 * DAY)
        self.codes = [
            public_coupon(self.store, limits={"uses_max": 3, "uses_per_day": 2, "uses_per_customer": 2}).code
        ]
        self.codes += [named_coupon(self.store, one, limits={"budget_max": 500}).code for one in self.people]
        self.reserved: list[Reserved] = []

    def step(self) -> None:
        self.at += timedelta(minutes=self.chance.randrange(0, 12))
        act = self.chance.choice(
            [
                self._reserve,
                self._reserve,
                self._reserve,
                self._order_it,
                self._let_go,
                self._order,
                self._tick,
            ]
        )
        act(self.at)

    def _asked(self) -> dict[str, object]:
        person = self.chance.choice([*self.people, None])
        points = 0 if person is None else self.chance.choice([0, 50, 250, 1000])
        return {
            "cart": self.chance.choice(CARTS),
            "customer": person and person.ref,
            "codes": tuple(self.chance.sample(self.codes, self.chance.randrange(3))),
            "lines": mugs(self.chance.randrange(1, 4)),
            "points_to_spend": points,
        }

    def _reserve(self, at: datetime) -> None:
        self.reserved.append(reserve(self.store, **self._asked(), at=at))

    def _order_it(self, at: datetime) -> None:
        if self.reserved:
            changed = self.chance.choice([{}, {}, {"lines": mugs(2), "accept_changes": True}])
            order_of(self.chance.choice(self.reserved[-4:]), at=at, **changed)

    def _let_go(self, at: datetime) -> None:
        if self.reserved:
            release(self.chance.choice(self.reserved[-4:]), at=at)

    def _order(self, at: datetime) -> None:
        done = order(self.store, **self._asked(), at=at)
        if self.chance.random() < 0.5:
            cancel(done.order, at=at)

    def _tick(self, at: datetime) -> None:
        let_lapse(at=at)
        expire_due(at=at)


@pytest.mark.parametrize("seed", range(6))
def test_counters_and_books_add_up_after_every_step(seed: int) -> None:
    shop = Shop(random.Random(seed))
    refused = 0
    for _ in range(STEPS):
        try:
            shop.step()
        except CheckoutError:
            refused += 1
        assert_counters_are_reservations()
    assert verify_ledger(shop.store) == []
    assert refused < STEPS // 2
    assert Order.objects.count() > 0
    let_lapse(at=shop.at + DAY)
    assert_counters_are_reservations()
    assert held() == {}
    assert verify_ledger(shop.store) == []
