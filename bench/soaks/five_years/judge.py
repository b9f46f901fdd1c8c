"""What does not hold: a disturbed run against the ideal one, and each run against the calendar on the wall."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bench.soaks.five_years.look import LotStory, Rows, Seen, Written, read_written, stories_of
from bench.soaks.five_years.open_shops import Opened
from bench.soaks.five_years.run import Ran
from bench.soaks.five_years.script import Person, Shop
from bench.soaks.five_years.tier_oracle import Counts, earned_tier
from bench.soaks.five_years.wall import date_on, end_of, last_of_period
from loyalty.models import Lot, TierGrant
from loyalty.verify import verify_ledger
from shop.models import Customer, Order

PERIOD_MONTHS = {"year": 12, "quarter": 3}
# Points of a full stamp card live as long as those of a new rule.
STAMP_POINTS_LIVE_DAYS = 365
SAID_MAX = 200
# The longest that a job is late, and the night of the one before it.
LATE_MAX = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Whose:
    """One customer of one shop, in one run."""

    ran: Ran
    place: int
    who: int

    @property
    def opened(self) -> Opened:
        return self.ran.world.shops[self.place]

    @property
    def customer(self) -> Customer:
        return self.opened.customers[self.who]

    @property
    def is_saver(self) -> bool:
        return Person(self.place, self.who).is_saver

    @property
    def name(self) -> str:
        return f"{self.opened.shop.zone} customer {self.who}"

    def seen(self) -> Iterator[tuple[datetime, Seen]]:
        mine = (self.place, self.who)
        return ((at, seen) for (at, place, who), seen in self.ran.seen.items() if (place, who) == mine)


def everybody(ran: Ran) -> list[Whose]:
    return [
        Whose(ran, place, who)
        for place, opened in enumerate(ran.world.shops)
        for who in range(len(opened.customers))
    ]


def judge_run(ran: Ran) -> list[str]:
    """Against the calendar and against its own books."""
    found = [
        f"{opened.store.code}: {finding}"
        for opened in ran.world.shops
        for finding in verify_ledger(opened.store)
    ]
    for whose in everybody(ran):
        stories = stories_of(whose.customer)
        found += [
            f"{whose.name}: {fault}"
            for story in stories
            for fault in _faults_of_lot(whose.opened.shop, story)
        ]
        found += [f"{whose.name}: {fault}" for fault in _faults_of_points(whose, stories)]
        if whose.opened.shop.ladder[0] != "points":
            found += [f"{whose.name}: {fault}" for fault in _faults_of_tiers(whose)]
    return found


def judge_both(ideal: Ran, late: Ran) -> list[str]:
    """The same end, and on the way the same for everybody whose points do not come by jobs."""
    found: list[str] = []
    for one, other in zip(everybody(ideal), everybody(late), strict=True):
        wrote, wrote_late = read_written(one.opened, one.who), read_written(other.opened, other.who)
        if one.is_saver and one.opened.shop.ladder[0] == "points":
            wrote, wrote_late = _corrected(wrote), _corrected(wrote_late)
        found += [f"{one.name}: {fault}" for fault in _differences(wrote, wrote_late, is_saver=one.is_saver)]
        for at, seen in one.seen():
            seen_late = late.seen[at, one.place, one.who]
            if _comparable(one, seen) != _comparable(other, seen_late):
                found.append(f"{one.name} at {at}: {seen_late}, ideally {seen}")
    return found


def _comparable(whose: Whose, seen: Seen) -> tuple[Any, ...]:
    if not whose.is_saver:
        return (seen,)
    # What a saver has of points depends on how soon jobs bring them; each run is held against its own books instead.
    tier = seen.tier if whose.opened.shop.ladder[0] != "points" else None
    return (tier, seen.gifts, seen.cards, seen.visits)


def _corrected(wrote: Written) -> Written:
    """Tiers where points come by jobs: a step that late points corrected within days counts as what it was corrected
    to. History is never rewritten, so it keeps both; what counts is where they lead, and until when."""
    steps: list[tuple[Any, ...]] = []
    last_at: datetime | None = None
    for cause, tier, at, until in wrote.tiers:
        if cause == "corrected" and last_at is not None and at - last_at <= LATE_MAX:
            steps.pop()
        steps.append((tier, until))
        last_at = at
    return replace(wrote, tiers=tuple(steps))


def _differences(wrote: Written, late: Written, *, is_saver: bool) -> Iterator[str]:
    for name in ("transfers", "lots", "cards", "gifts"):
        ours, theirs = Counter(getattr(wrote, name)), Counter(getattr(late, name))
        if ours != theirs:
            missing, extra = list((ours - theirs).elements()), list((theirs - ours).elements())
            yield f"{name}: missing {_said(missing)}, instead {_said(extra)}"
    for name in ("tiers", "status"):
        if getattr(wrote, name) != getattr(late, name):
            yield f"{name}: {_said(getattr(late, name))}, ideally {_said(getattr(wrote, name))}"
    yield from _differences_in_messages(wrote.messages, late.messages, is_saver=is_saver)


def _differences_in_messages(ideal: Rows, late: Rows, *, is_saver: bool) -> Iterator[str]:
    """None that an ideal run does not find, and all birthdays. A tier reached may be too long ago to be spoken of; what
    ends may be spent between two looks, by those who spend."""
    if extra := [one for one in late - ideal if is_saver or one[0] != "points_expiring"]:
        yield f"messages that nobody should get: {_said(extra)}"
    if missing := [
        one for one in ideal - late if one[0] == "birthday" or (is_saver and one[0] == "points_expiring")
    ]:
        yield f"messages missing: {_said(missing)}"


def _said(rows: Any) -> str:
    return "; ".join(" ".join(map(str, row)) if isinstance(row, tuple) else str(row) for row in rows)[
        :SAID_MAX
    ]


def _faults_of_lot(shop: Shop, story: LotStory) -> Iterator[str]:
    lot = story.lot
    if lot.transfer.kind == "accrual":
        yield from _faults_of_end(shop, story)
    ended = [(when, amount) for when, amount, kind in story.uses if kind == "expiry"]
    if any(when != lot.ends_at for when, _ in ended):
        yield f"lot {lot.pk} ended {ended}, not at {lot.ends_at}"


def _faults_of_end(shop: Shop, story: LotStory) -> Iterator[str]:
    """The first end by the shop's policy, and each later one by the purchase that moved it."""
    lot = story.lot
    first = story.moves[0][1] if story.moves else lot.ends_at
    if first != (expected := policy_end(shop, lot)):
        yield f"lot {lot.pk}, spendable since {lot.active_at}, was to end {first}, not {expected}"
    end = first
    for _, from_at, to_at, bought in story.moves:
        expected = end_of(shop.zone, date_on(shop.zone, bought) + timedelta(days=shop.days))
        if (from_at, to_at) != (end, expected) or not lot.active_at <= bought < from_at:
            yield f"lot {lot.pk}: a purchase of {bought} moved its end from {from_at} to {to_at}, not {expected}"
        end = to_at
    if end != lot.ends_at:
        yield f"lot {lot.pk} ends {lot.ends_at}, its last move says {end}"


def policy_end(shop: Shop, lot: Lot) -> datetime:
    """Where points that can be spent from `lot.active_at` on end, unless a purchase moves that."""
    day = date_on(shop.zone, lot.active_at)
    if shop.expiry in PERIOD_MONTHS:
        last = last_of_period(day, PERIOD_MONTHS[shop.expiry]) + timedelta(days=shop.days)
    elif shop.expiry == "rolling" and lot.transfer.key.startswith("stamps:"):
        last = day + timedelta(days=STAMP_POINTS_LIVE_DAYS)
    else:
        last = day + timedelta(days=shop.days)
    return end_of(shop.zone, last)


def _faults_of_points(whose: Whose, stories: list[LotStory]) -> Iterator[str]:
    """What could be spent at each look is what the lots say that were there, neither more nor a moment shorter."""
    for at, seen in whose.seen():
        there = [story for story in stories if story.recorded_at <= at]
        active = sum(story.left_at(at) for story in there if story.lot.active_at <= at < story.end_at(at))
        pending = sum(story.left_at(at) for story in there if at < story.lot.active_at)
        if (seen.points.active, seen.points.pending, seen.payable_with) != (active, pending, active):
            yield f"at {at} told {seen.points}, payable {seen.payable_with}; there were {active} and {pending} to come"


def _faults_of_tiers(whose: Whose) -> Iterator[str]:
    """Where nothing was given by hand."""
    given = [grant.at for grant in TierGrant.objects.filter(customer=whose.customer)]
    counts = list(_counts(whose.customer, measure=whose.opened.shop.ladder[0]))
    for at, seen in whose.seen():
        if any(moment <= at for moment in given):
            continue
        expected = earned_tier(whose.opened.shop, counts, at=at)
        if (seen.tier.code, seen.tier.until) != expected:
            yield f"at {at} in {seen.tier.code} until {seen.tier.until}, not {expected[0]} until {expected[1]}"


def _counts(customer: Customer, *, measure: str) -> Iterator[Counts]:
    for order in Order.objects.filter(customer=customer).prefetch_related("lines", "refunds__lines"):
        lines, refunds = list(order.lines.all()), list(order.refunds.all())
        spent = sum(line.total - line.points_amount for line in lines)
        cuts = [(refund.at, sum(part.amount for part in refund.lines.all())) for refund in refunds]
        if measure == "orders":
            all_back = all(line.refunded_quantity == line.quantity for line in lines)
            spent, cuts = 1, [(max(at for at, _ in cuts), 1)] if cuts and all_back else []
        if order.cancelled_at:
            cuts.append((order.cancelled_at, spent))
        yield Counts(order.placed_at, spent, tuple(cuts))
