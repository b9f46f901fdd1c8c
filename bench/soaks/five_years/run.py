"""One run of the script: facts, bells and looks in the order of their moments."""

import random
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import time_machine

from bench.soaks.five_years.bells import ALL_JOBS, Bell, disturbed_bells, jobs_waited_for, next_due
from bench.soaks.five_years.look import Seen, look_at
from bench.soaks.five_years.open_shops import open_shops
from bench.soaks.five_years.play import World, close_connection
from bench.soaks.five_years.script import SHOPS, Fact, Person, Span
from bench.soaks.five_years.wall import date_on, days_between, first_moment, rich_days

INSTANT, HOUR, DAY, SETTLES = (
    timedelta(microseconds=1),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=3),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Of a run: what its shops' codes begin with; `at_once`: jobs may be run by two connections at once."""

    name: str
    customers: int
    at_once: bool = False
    with_messages: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """At a shop's customers, before whatever else happens at that moment if it is one instant early."""

    at: datetime
    shop: int


@dataclass(slots=True)
class Ran:
    """What a run saw: by moment, shop and customer. `bells` is how often jobs came by; `now`, what it has come to."""

    world: World
    now: datetime
    looks: list[Look] = field(default_factory=list)
    seen: dict[tuple[datetime, int, int], Seen] = field(default_factory=dict)
    bells: int = 0


def planned_looks(span: Span, *, seed: int, share: float) -> list[Look]:
    """On the edges of a `share` of the days that have something about them, and at any moment now and then."""
    dice = random.Random(seed)
    found: list[Look] = []
    for place, shop in enumerate(SHOPS):
        for day in rich_days(shop.zone, span.first, span.last):
            if dice.random() < share:
                edge = first_moment(shop.zone, day)
                found += [Look(edge + off, place) for off in (-INSTANT, timedelta(0), 90 * HOUR / 60)]
        months = int((span.ends - span.begins) / (30 * DAY))
        whole = (span.ends - span.begins).total_seconds()
        found += [Look(span.begins + timedelta(seconds=dice.random() * whole), place) for _ in range(months)]
    return found


def run_ideal(script: Sequence[Fact], span: Span, looks: Sequence[Look], run: Settings) -> Ran:
    """Jobs come right after every fact, at every moment at which something is due, and each morning."""
    with _world(span, run) as world:
        ran = Ran(world, span.begins)
        stores = [opened.store.pk for opened in world.shops]
        waiting = _merged(script, looks, _mornings(span))
        after = span.begins - DAY
        while waiting:
            due = next_due(stores, after=after)
            if due is not None and due.at <= waiting[-1].at:
                waiting = _look_around(ran, due, waiting)
                after = due.at
                continue
            event = waiting.pop()
            _meet(ran, event)
            _follow(ran, stores, at=event.at)
        _settle(ran, stores, after=after, ends=span.ends + SETTLES)
        return ran


def run_disturbed(
    script: Sequence[Fact], span: Span, looks: Sequence[Look], run: Settings, *, seed: int
) -> Ran:
    """The same facts and looks, but jobs as it comes."""
    with _world(span, run) as world:
        ran = Ran(world, span.begins)
        bells = disturbed_bells(span.begins, span.ends + SETTLES, seed=seed, at_once=run.at_once)
        waiting = _merged(script, looks, bells)
        while waiting:
            _meet(ran, waiting.pop())
        return ran


Event = Fact | Look | Bell


def _meet(ran: Ran, event: Event) -> None:
    ran.now = event.at
    if isinstance(event, Fact):
        ran.world.tell(event)
    elif isinstance(event, Bell):
        ran.world.ring(event)
        ran.bells += 1
    else:
        _look(ran, event)


def _look(ran: Ran, look: Look) -> None:
    ran.world.move_to(look.at)
    ran.looks.append(look)
    opened = ran.world.shops[look.shop]
    for who in range(len(opened.customers)):
        ran.seen[look.at, look.shop, who] = look_at(opened, who, at=look.at)


def _follow(ran: Ran, stores: list[int], *, at: datetime) -> None:
    """Until no fact waits."""
    while jobs := jobs_waited_for(stores, at=at):
        ran.world.ring(Bell(at, jobs))
        ran.bells += 1


def _look_around(ran: Ran, due: Bell, waiting: list[Event]) -> list[Event]:
    """An instant before it, and when all of that moment has been done. Returns what waits then."""
    shops = [place for place, shop in enumerate(SHOPS) if _begins_a_day(shop.zone, due.at)]
    # What is due at once, because something has just happened, had no moment before it.
    for place in shops if due.at > ran.now else ():
        _look(ran, Look(due.at - INSTANT, place))
    ran.now = due.at
    ran.world.ring(due)
    ran.bells += 1
    later = [event for event in waiting if event.at > due.at]
    return [*later, *(Look(due.at, place) for place in shops), *waiting[len(later) :]]


def _begins_a_day(zone: str, at: datetime) -> bool:
    return first_moment(zone, date_on(zone, at)) == at


def _settle(ran: Ran, stores: list[int], *, after: datetime, ends: datetime) -> None:
    while (due := next_due(stores, after=after)) is not None and due.at <= ends:
        ran.world.ring(due)
        after = due.at
    ran.world.ring(Bell(ends, ALL_JOBS))


def _merged(*parts: Iterable[Event]) -> list[Event]:
    """Descending: the next one is popped off the end. At one moment facts come first, then bells, then looks."""
    rank = {Fact: 0, Bell: 1, Look: 2}
    events = [event for part in parts for event in part]
    return sorted(events, key=lambda event: (event.at, rank[type(event)]), reverse=True)


def _mornings(span: Span) -> Iterator[Bell]:
    """When birthdays begin in each zone, and messages fall due."""
    born = {Person(place, who).born for place in range(len(SHOPS)) for who in range(4)}
    kept = {(day.month, day.day) for day in born if day} | {(2, 28)}
    for day in days_between(span.first, span.last):
        yield Bell(datetime(day.year, day.month, day.day, 0, 5, tzinfo=UTC), ("occasions",))
        if (day.month, day.day) in kept:
            yield from (Bell(first_moment(shop.zone, day), ("birthdays",)) for shop in SHOPS)


@contextmanager
def _world(span: Span, run: Settings) -> Iterator[World]:
    with (
        time_machine.travel(span.begins - 90 * DAY, tick=False) as traveller,
        ThreadPoolExecutor(2) as pool,
    ):
        shops = open_shops(
            run.name, customers=run.customers, begins=span.begins, with_messages=run.with_messages
        )
        yield World(shops, traveller.move_to, pool)
        for _ in range(2):
            pool.submit(close_connection)
