"""Play the script: facts are told at their moments by the product's own verbs, jobs come by when the bells say."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction

from bench.soaks.five_years.bells import Bell
from bench.soaks.five_years.open_shops import COFFEE, Opened
from bench.soaks.five_years.script import Fact, Person
from bench.soaks.five_years.wall import date_on, end_of, months_later
from checkout.request import LineRequest
from clubcards.give import give
from config.jobs import job_named, run_job
from coupons.issue_balance import GiftTerms, issue_balance
from loyalty.earn_events import Reported, earn_for_reported
from loyalty.models import Tier
from loyalty.stamps.visit import stamp_visit
from loyalty.tiers.grant import grant_tier
from loyalty.transfer_gifts import Booking
from shop.models import Customer, Order, Store
from shop.record import enqueue
from tests.checkout.ask import order
from tests.checkout.reverse import cancel, fulfil, pay, refund
from tests.factories import make_order, make_order_line

IMPORT_IS_LATE = timedelta(hours=2)
TO_IMPORT = ("loyalty.earn", "loyalty.tiers", "checkout.stamps", "loyalty.events")


@dataclass(frozen=True, slots=True)
class Told:
    """A fact, of whom it is told, and where."""

    fact: Fact
    store: Store
    customer: Customer
    zone: str

    @property
    def at(self) -> datetime:
        return self.fact.at

    @property
    def ref(self) -> str:
        """The order's, within its store."""
        return f"{self.fact.who}-{self.fact.ref}"

    def order(self) -> Order:
        return Order.objects.select_related("store").get(store=self.store, ref=self.ref)


@dataclass(slots=True)
class World:
    """The shops of one run. `move_to` sets the clock of this host."""

    shops: tuple[Opened, ...]
    move_to: Callable[[datetime], None]
    pool: ThreadPoolExecutor
    done: dict[str, int] = field(default_factory=dict)
    gave_way: int = 0

    def tell(self, fact: Fact) -> None:
        self.move_to(fact.at)
        opened = self.shops[fact.shop]
        told = Told(fact, opened.store, opened.customers[fact.who], opened.shop.zone)
        ACTS[fact.act](told, opened)
        self.done[fact.act] = self.done.get(fact.act, 0) + 1

    def ring(self, bell: Bell) -> None:
        """The jobs of one bell, in its order; of two hosts at once where it says so. Their clocks are wrong by
        `off`, but they are told the time."""
        self.move_to(bell.at + bell.off)
        if bell.at_once:
            futures = [self.pool.submit(_run_apart, names, bell.at) for names in (bell.jobs, bell.jobs[::-1])]
            self.gave_way += sum(future.result() for future in futures)
            return
        for name in bell.jobs:
            run_job(job_named(name), at=bell.at)


def _run_apart(names: tuple[str, ...], at: datetime) -> int:
    """By a connection of its own. Returns how many jobs gave way to the other host; a later bell finds their work."""
    gave_way = 0
    for name in names:
        try:
            run_job(job_named(name), at=at)
        except OperationalError:
            gave_way += 1
    return gave_way


def close_connection() -> None:
    connection.close()


def _order(told: Told, opened: Opened) -> None:
    fact = told.fact
    asked: dict[str, Any] = {"paid_at": fact.at} if fact.is_paid else {}
    lines = tuple(
        LineRequest(sku=sku, quantity=quantity, unit_price=price)
        for sku, (quantity, price) in zip(_skus(fact), fact.lines, strict=False)
    )
    order(
        told.store,
        ref=told.ref,
        customer=told.customer.ref,
        lines=lines,
        points_to_spend=fact.points,
        at=fact.at,
        **asked,
    )


def _skus(fact: Fact) -> tuple[str, str]:
    return (COFFEE if Person(fact.shop, fact.who).is_saver else "TEA", "CUP")


def _import(told: Told, opened: Opened) -> None:
    """Placed and delivered two hours before the file was read."""
    placed_at = told.at - IMPORT_IS_LATE
    amounts = [quantity * price for quantity, price in told.fact.lines]
    moments = {"placed_at": placed_at, "paid_at": placed_at, "fulfilled_at": placed_at}
    imported = make_order(
        told.store,
        ref=told.ref,
        customer=told.customer,
        source=Order.Source.IMPORT,
        status=Order.Status.FULFILLED,
        goods=sum(amounts),
        payable=sum(amounts),
        **moments,
    )
    for ordinal, (quantity, price) in enumerate(told.fact.lines, start=1):
        sku = _skus(told.fact)[ordinal - 1]
        make_order_line(
            imported, ordinal=ordinal, sku=sku, quantity=quantity, unit_price=price, total=quantity * price
        )
    enqueue("order.imported", consumers=TO_IMPORT, store=told.store, subject_id=imported.pk, at=told.at)


def _refund(told: Told, opened: Opened) -> None:
    refund(told.order(), (told.fact.points, 1), ref=f"{told.ref}-{told.fact.points}", at=told.at)


def _cancel(told: Told, opened: Opened) -> None:
    cancel(told.order(), at=told.at)


def _visit(told: Told, opened: Opened) -> None:
    with transaction.atomic():
        stamp_visit(told.customer, told.ref, visited_at=told.at, at=told.at, at_recorded=told.at)


def _review(told: Told, opened: Opened) -> None:
    with transaction.atomic():
        said = [Reported("review.written", told.customer.ref, told.ref, told.at)]
        earn_for_reported(told.store, said, at_recorded=told.at)


def _gift(told: Told, opened: Opened) -> None:
    terms = GiftTerms(amount=told.fact.points, key=told.ref, days=told.fact.days, customer=told.customer)
    with transaction.atomic():
        issue_balance(told.store, terms, Booking(told.store, told.at, told.at))


def _grant(told: Told, opened: Opened) -> None:
    """Gold, to the end of a day."""
    until = end_of(told.zone, date_on(told.zone, told.at) + timedelta(days=told.fact.days))
    gold = Tier.objects.get(store=told.store, code="gold")
    with transaction.atomic():
        grant_tier(
            told.customer, gold, until=until, reason="A friend", by=None, at=told.at, at_recorded=told.at
        )


def _card(told: Told, opened: Opened) -> None:
    """For some months, unless it is held already."""
    if opened.plan.memberships.filter(customer=told.customer, ends_at__gt=told.at).exists():
        return
    last = months_later(date_on(told.zone, told.at), told.fact.days)
    with transaction.atomic():
        give(opened.plan, told.customer, at=told.at, ends_at=end_of(told.zone, last))


ACTS: Mapping[str, Callable[[Told, Opened], None]] = {
    "order": _order,
    "import": _import,
    "pay": lambda told, _: _report(pay, told),
    "fulfil": lambda told, _: _report(fulfil, told),
    "refund": _refund,
    "cancel": _cancel,
    "visit": _visit,
    "review": _review,
    "gift": _gift,
    "grant": _grant,
    "card": _card,
}


def _report(verb: Callable[..., Order], told: Told) -> None:
    verb(told.order(), at=told.at)
