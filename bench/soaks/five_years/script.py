"""What happens in the eight shops: a script of facts, made of a seed alone. The same for every run of it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bench.soaks.five_years.wall import first_moment, rich_days

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """[first, last) in days; what is told of an order comes within it, too."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        return datetime(self.last.year, self.last.month, self.last.day, tzinfo=UTC)


# Two leap days; Samoa without its 30 December; Newfoundland, which put its clocks back at one minute past midnight;
# Egypt and Paraguay, which change them at midnight, Egypt four times in one year; Russia, which stopped doing so.
FIVE_YEARS = Span(date(2008, 1, 1), date(2013, 1, 1))


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop's settings. `ladder`: measure, period, months of a rolling one, days of grace."""

    zone: str
    expiry: str
    days: int
    ladder: tuple[str, str, int | None, int]
    window_days: int = 3


SHOPS = (
    Shop("Europe/Moscow", "rolling", 60, ("spend", "rolling", 3, 10)),
    Shop("Europe/London", "year", 31, ("spend", "year", None, 60)),
    Shop("America/St_Johns", "sliding", 40, ("orders", "rolling", 2, 0)),
    Shop("Australia/Lord_Howe", "rolling", 30, ("points", "rolling", 6, 30)),
    Shop("Asia/Kathmandu", "quarter", 10, ("spend", "quarter", None, 10)),
    Shop("Pacific/Apia", "rolling", 20, ("orders", "quarter", None, 5), window_days=0),
    Shop("America/Asuncion", "sliding", 25, ("spend", "rolling", 1, 3)),
    Shop("Africa/Cairo", "quarter", 0, ("points", "rolling", 4, 0), window_days=14),
)


# What silver and gold ask for.
THRESHOLDS = {"spend": (8_000, 25_000), "orders": (2, 4), "points": (60, 200)}


@dataclass(frozen=True, slots=True)
class Fact:
    """`act` is told of customer `who` of shop `shop` at `at`. What the rest means, the act says."""

    at: datetime
    shop: int
    who: int
    act: str
    ref: str
    lines: tuple[tuple[int, int], ...] = ()
    points: int = 0
    days: int = 0
    is_paid: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Savers have birthdays, write reviews and visit; their points come by jobs, and they never spend any. Spenders
    spend, and send back what they bought."""

    shop: int
    who: int

    @property
    def is_saver(self) -> bool:
        return (self.shop + self.who) % 2 == 1

    @property
    def born(self) -> date | None:
        return (date(1980, 2, 29) if self.who % 4 < 2 else date(1981, 3, 31)) if self.is_saver else None


def write_script(span: Span, *, customers: int, seed: int, gap_days: int = 16) -> list[Fact]:
    """Ascending. `customers` of each shop, one of whom buys about every `gap_days`."""
    facts: list[Fact] = []
    for shop in range(len(SHOPS)):
        for who in range(customers):
            dice = random.Random(f"{seed}:{shop}:{who}")
            facts += _life_of(Person(shop, who), span, dice=dice, gap_days=gap_days)
    inside = [fact for fact in facts if span.begins <= fact.at < span.ends]
    return sorted(inside, key=lambda fact: (fact.at, fact.shop, fact.who, fact.ref, fact.act))


def _life_of(person: Person, span: Span, *, dice: random.Random, gap_days: int) -> Iterator[Fact]:
    for number, at in enumerate(_moments(person, span, dice=dice, gap_days=gap_days)):
        yield from _order(person, at, f"o{number}", dice=dice)
        if person.is_saver:
            yield from _other_deeds(person, at, f"o{number}", dice=dice)
        elif dice.random() < 0.15:
            yield Fact(
                at + 2 * HOUR, person.shop, person.who, "grant", f"o{number}", days=dice.randint(1, 70)
            )


def _moments(person: Person, span: Span, *, dice: random.Random, gap_days: int) -> Iterator[datetime]:
    """Of purchases: half of them on the edge of a day that has something about it."""
    zone = SHOPS[person.shop].zone
    rich = rich_days(zone, span.first, span.last)
    at = span.begins + dice.random() * 5 * DAY
    while at < span.ends:
        yield at.replace(microsecond=0)
        at += timedelta(hours=dice.randint(6, gap_days * 48))
        near = [day for day in rich if abs(first_moment(zone, day) - at) < 3 * DAY]
        if near and dice.random() < 0.5:
            edge = first_moment(zone, dice.choice(near))
            at = max(
                at - 3 * DAY, edge + dice.choice((-HOUR, -SECOND, timedelta(0), SECOND, 30 * 60 * SECOND))
            )


def _order(person: Person, at: datetime, ref: str, *, dice: random.Random) -> Iterator[Fact]:
    lines = tuple((dice.randint(1, 3), dice.randint(5, 60) * 100) for _ in range(dice.randint(1, 2)))
    points = 0 if person.is_saver else dice.choice((0, 0, 20, 90, 100_000))
    is_paid, shop, who = dice.random() < 0.6, person.shop, person.who
    act = "import" if person.is_saver and dice.random() < 0.2 else "order"
    yield Fact(at, shop, who, act, ref, lines, points, is_paid=is_paid)
    if act == "import":
        return
    if not is_paid and dice.random() < 0.1:
        yield Fact(at + dice.random() * 2 * DAY, shop, who, "cancel", ref)
        return
    if not is_paid:
        yield Fact(at + dice.random() * 2 * DAY, shop, who, "pay", ref)
    arrives = at + 2 * DAY + dice.random() * 6 * DAY
    if dice.random() < 0.8:
        yield Fact(arrives, shop, who, "fulfil", ref)
    if not person.is_saver and dice.random() < 0.3:
        yield from _returns(person, arrives, ref, lines, dice=dice)


def _returns(
    person: Person, arrives: datetime, ref: str, lines: tuple[tuple[int, int], ...], *, dice: random.Random
) -> Iterator[Fact]:
    """One unit of each line, one after the other."""
    at = arrives
    for ordinal in range(1, len(lines) + 1):
        at += dice.random() * 15 * DAY
        yield Fact(at, person.shop, person.who, "refund", ref, points=ordinal)


def _other_deeds(person: Person, at: datetime, ref: str, *, dice: random.Random) -> Iterator[Fact]:
    zone = SHOPS[person.shop].zone
    shop, who = person.shop, person.who
    later = at + dice.random() * 9 * DAY
    midnight = first_moment(zone, (later + DAY).date())
    yield Fact(later, shop, who, "visit", f"{ref}a")
    yield Fact(midnight - SECOND, shop, who, "visit", f"{ref}b")
    if dice.random() < 0.4:
        yield Fact(midnight, shop, who, "review", ref)
    if dice.random() < 0.3:
        yield Fact(later, shop, who, "gift", ref, points=dice.randint(500, 9_000), days=dice.randint(1, 60))
    if dice.random() < 0.2:
        yield Fact(later, shop, who, "card", ref, days=dice.randint(1, 3))
